"""What ends a trusteeship from outside: a dissolved relationship, another enterprise."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.preflight import digest
from accounts.services.relationships import dissolve_relationship, rehearse_dissolution
from finance.models import Trust
from finance.services import trust_effects
from finance.services.credit import grant_credit
from finance.services.trusts import payer_of
from tests.factories import EnterpriseFactory
from tests.finance.funds import D, funds, mover, staff
from tests.finance.trusting import add_member, agree, make_pair, make_resource, propose

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(cheap_hashes):
    """A manager with credit and a member of one enterprise."""
    return make_pair()


def rules(found):
    return [finding.rule for finding in found]


def dissolve(relationship, **more):
    return dissolve_relationship(actor=mover(relationship.manager), relationship_id=relationship.pk, **more)


@pytest.mark.rule("A2.15", "A2.21", "K8.9", "K8.10")
def test_dissolving_ends_it_at_once_and_says_so_before(pair):
    agree(pair)
    resource = make_resource(pair.member)
    rehearsed = rehearse_dissolution(actor=mover(pair.manager), relationship_id=pair.pk)
    assert {"A2.15", "K8.9", "A2.21"} <= set(rules(rehearsed))
    assert Trust.objects.get().state == "agreed"
    done = dissolve(pair, seen=digest(rehearsed))
    trust = Trust.objects.get()
    assert (trust.state, trust.ends_at) == ("ended", done.ended_at)
    resource.refresh_from_db()
    assert resource.worthless_since is not None
    cycle_that_runs = trust.starts_at + (done.ended_at - trust.starts_at) / 2
    assert payer_of(account=pair.member, at=cycle_that_runs).account == pair.manager
    assert payer_of(account=pair.member, at=done.ended_at).account == pair.member


@pytest.mark.rule("A4.1", "K8.10")
def test_after_dissolving_the_members_own_credit_counts_again(pair):
    grant_credit(actor=staff(), account=pair.member, limit=D("500.00"))
    agree(pair)
    assert funds(pair.member).credit_limit == 0
    dissolve(pair)
    assert funds(pair.member).credit_limit == 500


@pytest.mark.parametrize("later", [True, False])
def test_what_has_not_begun_becomes_void_with_the_relationship(pair, later):
    if later:
        agree(pair, starts_on=timezone.localdate() + timedelta(days=5))
    else:
        propose(pair)
    found = rehearse_dissolution(actor=mover(pair.manager), relationship_id=pair.pk)
    assert "Q-20" in rules(found)
    assert "A2.21" not in rules(found)
    dissolve(pair)
    assert Trust.objects.get().state == "withdrawn"
    assert Event.objects.get(kind="trust.withdrawn").facts["reason"] == "dissolved"


def test_a_relationship_without_one_is_dissolved_as_ever(pair):
    found = rehearse_dissolution(actor=mover(pair.manager), relationship_id=pair.pk)
    assert not {"A2.15", "Q-20", "K8.9"} & set(rules(found))


@pytest.mark.rule("A2.18")
def test_it_ends_where_the_two_are_no_longer_one_enterprise(pair):
    other = add_member(pair.manager)
    agree(pair)
    agree(other)
    pair.member.enterprise = EnterpriseFactory.create()
    pair.member.save(update_fields=["enterprise"])
    assert trust_effects.end_unequal(account=pair.member) == 1
    assert trust_effects.end_unequal(account=pair.member) == 0
    now = timezone.now()
    assert payer_of(account=pair.member, at=now).account == pair.member
    assert payer_of(account=other.member, at=now).account == pair.manager
