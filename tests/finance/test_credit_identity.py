"""Who has taken over its manager's credit identity runs on, on unpaid bills that the manager's credit covers."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import Event, Relationship
from accounts.permissions import Inherit
from accounts.services.relationships import dissolve_relationship
from finance.models import Inheritance, Suspension
from finance.services.credit import grant_credit
from finance.services.dissolution import InArrears, settle_dissolved
from finance.services.inheritances import FOLLOWED, follow_account, follow_event, inheritance_of
from finance.services.means import means_of
from finance.services.suspensions import is_suspended, review_payers
from tests.factories import EnterpriseFactory, make_account, make_relationship, owner_of
from tests.finance.bills import make_product
from tests.finance.funds import D, funds, mover, staff
from tests.finance.limiting import DAY, MAY, bill, entrust
from tests.finance.pages import at

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def pair():
    """A manager with 100.00 of credit, and a member without anything that has taken over its credit identity."""
    manager = make_account()
    grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    return heir_of(manager)


def heir_of(manager):
    link = make_relationship(manager, make_account(enterprise=manager.enterprise), inherits=["credit"])
    for event in Event.objects.filter(kind__in=FOLLOWED).order_by("pk"):
        follow_event(event_id=event.pk)
    return link


@pytest.fixture
def hourly():
    return make_product(cycle="hour", grace_hours=0)


@pytest.mark.rule("K1.3", "A4.1")
def test_services_run_on_as_far_as_the_managers_unused_credit_covers_what_is_unpaid(pair, hourly):
    bill(pair.member, "100.00", product=hourly)
    assert review_payers(now=MAY) == 0
    assert (means_of(account=pair.member, at=MAY).are_short, funds(pair.member).arrears) == (False, 100)
    assert funds(pair.manager).credit_used == 0  # the member settles its bills itself (A4.4)
    bill(pair.member, "0.01", product=hourly)
    assert review_payers(now=MAY) > 0
    assert is_suspended(account=pair.member, product=hourly, at=MAY)
    grant_credit(actor=staff(), account=pair.manager, limit=D("1.00"))
    assert not is_suspended(account=pair.member, product=hourly, at=MAY)
    assert review_payers(now=MAY) > 0
    assert Suspension.objects.get().state == "resumed"


@pytest.mark.rule("K1.3")
def test_all_who_share_a_credit_identity_share_its_credit(pair, hourly):
    other = heir_of(pair.manager)
    bill(pair.member, "60.00", product=hourly)
    assert review_payers(now=MAY) == 0
    bill(other.member, "60.00", product=hourly)
    assert review_payers(now=MAY) > 0
    bill(pair.manager, "100.00")
    bill(pair.manager, "1.00")  # a debtor backs nobody
    assert not means_of(account=other.member, at=MAY).backed


@pytest.mark.rule("K1.3")
def test_who_has_not_agreed_stops_as_before(hourly):
    manager = make_account()
    grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    member = make_relationship(manager, make_account(enterprise=manager.enterprise), inherits=["discount"]).member
    bill(member, "1.00", product=hourly)
    assert review_payers(now=MAY) > 0


@pytest.mark.rule("A4.1")
def test_a_trusteed_member_has_no_use_for_it(pair, hourly):
    entrust(pair)
    bill(pair.manager, "101.00", owner=pair.member, product=hourly)
    assert review_payers(now=MAY) > 0
    assert is_suspended(account=pair.member, product=hourly, at=MAY)


@pytest.mark.rule("K1.3", "K8.11")
def test_it_counts_from_the_agreement_on_and_ends_with_the_relationship(pair, hourly):
    row = inheritance_of(account=pair.member, at=MAY, what=Inherit.CREDIT)
    assert row.starts_at == Event.objects.get(kind="invitation.accepted").at
    assert inheritance_of(account=pair.member, at=MAY) is None  # its discounts are its own
    assert not means_of(account=pair.member, at=row.starts_at - timedelta(seconds=1)).backed
    ended = dissolve_relationship(actor=mover(pair.manager), relationship_id=pair.pk).ended_at
    assert Inheritance.objects.get().ends_at == ended
    bill(pair.member, "1.00", product=hourly)
    assert review_payers(now=MAY) > 0


@pytest.mark.rule("K1.3")
def test_it_ends_where_the_two_are_no_longer_one_enterprise(pair):
    pair.member.enterprise = EnterpriseFactory.create()
    pair.member.save(update_fields=["enterprise"])
    follow_account(account=pair.member)
    assert not means_of(account=pair.member, at=MAY + DAY).backed


@pytest.mark.rule("K8.6")
def test_what_ran_up_on_it_is_settled_before_the_link_is_dissolved(pair, hourly):
    bill(pair.member, "5.00", product=hourly)
    way_out = browser(pair.manager).get(reverse("accounts:member-dissolve", args=[pair.pk]))
    assert "5.00" in next(one.sentence for one in way_out.context["blockers"] if one.rule == "K8.6")
    Relationship.objects.filter(pk=pair.pk).update(state="dissolved", ended_at=MAY)  # while the question was asked
    with pytest.raises(InArrears):
        settle_dissolved(relationship_id=pair.pk)


@pytest.mark.rule("K1.3")
def test_both_sides_read_what_it_means(pair, hourly):
    bill(pair.member, "5.00", product=hourly)
    assert "taken over your credit identity" in browser(pair.manager).get(at("mode-detail", pair.pk)).text
    assert "taken over the credit identity of" in browser(pair.member).get(at("mode-own")).text
    assert "Your services run on" in browser(pair.member).get(at("suspension-list")).text


def browser(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner_of(account))
    return client
