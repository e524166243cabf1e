"""Orders of the invoice cloud: taken once, delivered, re-sent by staff, ended with the refund."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import StaffOnly
from accounts.models import Event
from invoicing.models import CloudOrder, Entitlement
from invoicing.services.cloud_orders import (
    ContactMissing,
    NoSuchOrder,
    NotDelivered,
    choose_contact,
    deliver_order,
    end_order,
    find_order,
    resend_letter,
)
from tests.factories import acting, make_account, make_user, owner_of
from tests.finance.buying import buy, give_back, pay, prepaid, renew, resize
from tests.finance.funds import mover, staff, top_up
from tests.invoicing.clouding import activated, assigned, delivered, give, package, paid, refund, take
from tests.invoicing.opening import make_taxpayer

pytestmark = pytest.mark.django_db
State = CloudOrder.State


@pytest.mark.rule("I1.1")
def test_a_paid_order_of_a_package_is_taken_once_and_delivered(manager):
    order = paid(manager)
    taken = take(order)
    assert (taken.state, taken.tax_numbers, taken.email) == (State.DELIVERED, 2, owner_of(manager).email)
    assert take(order) is None
    assert CloudOrder.objects.count() == 1
    assert Event.objects.filter(kind="cloud_order.delivered").count() == 1


def test_other_products_and_fees_of_changes_are_none(manager):
    top_up(manager, "1000.00")
    assert take(buy(manager, prepaid(), at=timezone.now())) is None
    assert take(paid(manager, package(quantity=0, pays_change=True))) is None


@pytest.mark.rule("I1.3")
def test_one_that_staff_deliver_waits_for_them(manager):
    order = delivered(manager, package(delivers_itself=False))
    assert order.state == State.PAID
    with pytest.raises(StaffOnly):
        deliver_order(actor=acting(manager), order_id=order.pk)
    assert deliver_order(actor=staff(), order_id=order.pk).state == State.DELIVERED


def test_without_an_address_it_waits_until_somebody_names_one():
    account = make_account(email=None, owner=make_user(email=None))
    order = delivered(account)
    assert (order.state, order.email) == (State.PAID, "")
    with pytest.raises(ContactMissing):
        deliver_order(actor=staff(), order_id=order.pk)
    told = choose_contact(actor=mover(account), account=account, order_id=order.pk, email="ERP@Example.com")
    assert (told.state, told.email) == (State.DELIVERED, "erp@example.com")


@pytest.mark.rule("I1.3")
def test_staff_find_an_order_by_full_name_and_number_only(manager):
    order = delivered(manager)
    name, number = manager.enterprise.name, str(order.order_id)
    assert find_order(company=name, number=f" #{number}") == order
    for company, typed in ((name[:-2], number), ("", number), (name, "0"), (name, "一"), (make_account().name, number)):
        with pytest.raises(NoSuchOrder):
            find_order(company=company, number=typed)


@pytest.mark.rule("I1.3")
def test_a_letter_is_sent_again_only_while_the_order_waits_for_its_activation(manager):
    order = delivered(manager, package(delivers_itself=False))
    asked = {"actor": staff(), "company": manager.enterprise.name, "number": str(order.order_id)}
    with pytest.raises(NotDelivered):
        resend_letter(**asked)
    deliver_order(actor=staff(), order_id=order.pk)
    resend_letter(**asked)
    assert Event.objects.filter(kind="cloud_order.letter_resent").count() == 1
    with pytest.raises(StaffOnly):
        resend_letter(**asked | {"actor": acting(manager)})


def test_a_refund_ends_what_the_order_gave():
    entitlement = assigned()
    [order] = refund(entitlement.order)
    entitlement.refresh_from_db()
    assert (order.state, entitlement.ended_at is not None) == (State.REFUNDED, True)
    assert end_order(event_id=Event.objects.get(kind="order.refunded").pk) == []


def test_refunded_before_it_was_taken_it_is_never_taken(manager):
    order = paid(manager)
    give_back(order, at=timezone.now())
    assert take(order) is None


def test_a_renewal_goes_on_for_the_same_tax_numbers_from_the_paid_day_on():
    entitlement = assigned()
    top_up(entitlement.order.account, "1000.00")
    renewed = take(pay(renew(entitlement.order.order.resource, 12, at=timezone.now())))
    [follower] = Entitlement.objects.filter(order=renewed)
    assert (renewed.state, renewed.tenant) == (State.ACTIVATED, entitlement.order.tenant)
    assert (follower.taxpayer, follower.starts_at) == (entitlement.taxpayer, entitlement.expires_at)
    assert follower.expires_at > entitlement.expires_at


def test_another_size_makes_room_or_takes_it_from_the_least_used():
    order = activated(tax_numbers=2)
    used, idle = give(order, make_taxpayer(order.tenant), make_taxpayer(order.tenant))
    Entitlement.objects.filter(pk=used.pk).update(used=1)
    at = timezone.now() + timedelta(minutes=1)
    changed = take(pay(resize(order.order.resource, "1", at=at)))
    used.refresh_from_db()
    idle.refresh_from_db()
    assert changed.tax_numbers == 1
    assert (used.ended_at, idle.ended_at is not None) == (None, True)
