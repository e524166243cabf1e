"""Whose discounts count: own, inherited, or those of whoever pays."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.services.relationships import dissolve_relationship, request_change
from accounts.terms import Terms
from finance.models import Category, Inheritance
from finance.services.inheritances import FOLLOWED, Way, discount_source, follow_account, follow_event
from tests.factories import EnterpriseFactory, make_account, make_relationship
from tests.finance.funds import mover
from tests.finance.trusting import agree, make_pair

pytestmark = pytest.mark.django_db
SECOND = timedelta(seconds=1)


@pytest.fixture
def category():
    """Ordinary products."""
    return Category.objects.create(code="compute", name="计算")


@pytest.fixture
def heir(cheap_hashes):
    """A member that has taken over its manager's discounts."""
    pair = make_pair(inherits=["discount"])
    follow()
    return pair


def follow():
    """As the job does, for every event so far."""
    return [follow_event(event_id=event.pk) for event in Event.objects.filter(kind__in=FOLLOWED).order_by("pk")]


def way(account, category, at=None):
    return discount_source(account=account, category=category, at=at or timezone.now()).way


@pytest.mark.rule("K1.3", "A4.3", "A1.3", "A3.3")
def test_a_member_that_inherits_has_its_own_and_its_managers_discounts(heir, category):
    source = discount_source(account=heir.member, category=category, at=timezone.now())
    assert (source.way, source.manager) == (Way.INHERITED, heir.manager)


@pytest.mark.rule("K1.3")
def test_who_has_not_agreed_inherits_nothing(cheap_hashes, category):
    pair = make_pair()
    assert follow() == [False]
    assert way(pair.member, category) == Way.OWN


@pytest.mark.rule("A4.3", "A2.9")
def test_a_trusteed_member_has_its_managers_discounts_and_not_its_own(heir, category):
    agree(heir)
    source = discount_source(account=heir.member, category=category, at=timezone.now())
    assert (source.way, source.manager) == (Way.TRUSTED, heir.manager)


@pytest.mark.rule("A2.13")
def test_some_categories_keep_the_members_own_discounts_whoever_pays(heir):
    phone = Category.objects.create(code="phone", name="通信", keeps_own_discount=True)
    assert way(heir.member, phone) == Way.OWN
    agree(heir)
    assert way(heir.member, phone) == Way.OWN


@pytest.mark.rule("K1.3")
def test_it_holds_from_the_time_of_the_event_and_once(heir, category):
    began = Inheritance.objects.get().starts_at
    assert began == Event.objects.get(kind="invitation.accepted").at
    assert follow() == [False]
    assert Inheritance.objects.count() == 1
    assert way(heir.member, category, began) == Way.INHERITED
    assert way(heir.member, category, began - SECOND) == Way.OWN


@pytest.mark.rule("K8.11")
def test_dissolving_ends_it_in_the_same_transaction_and_the_past_stays(heir, category):
    ended = dissolve_relationship(actor=mover(heir.manager), relationship_id=heir.pk).ended_at
    assert Inheritance.objects.get().ends_at == ended
    assert way(heir.member, category, ended) == Way.OWN
    assert way(heir.member, category, ended - (ended - heir.established_at) / 2) == Way.INHERITED
    assert not any(follow())


def test_a_changed_link_ends_it_and_a_new_change_begins_it_again(heir, category):
    container = heir.member  # nobody is asked there, so a change applies at once
    container.kind = "resource"
    container.save(update_fields=["kind"])
    change(heir, [])
    follow_event(event_id=Event.objects.latest("pk").pk)
    assert way(heir.member, category) == Way.OWN
    change(heir, ["discount"])
    follow_event(event_id=Event.objects.latest("pk").pk)
    assert way(heir.member, category) == Way.INHERITED
    assert Inheritance.objects.count() == 2


def change(relationship, inherits):
    terms = Terms.asked(relationship.points, inherits, "")
    request_change(actor=mover(relationship.manager), relationship_id=relationship.pk, terms=terms)


@pytest.mark.rule("K1.3")
def test_it_ends_where_the_two_are_no_longer_one_enterprise(heir, category):
    heir.member.enterprise = EnterpriseFactory.create()
    heir.member.save(update_fields=["enterprise"])
    assert follow_account(account=heir.member) == 1
    assert follow_account(account=heir.member) == 0
    assert way(heir.member, category) == Way.OWN


def test_the_place_in_a_group_before_does_not_linger(heir, category):
    Inheritance.objects.update(relationship=make_relationship(make_account(), make_account(), kind="partner"))
    assert any(follow())
    assert Inheritance.objects.filter(ends_at=None).get().relationship == heir
