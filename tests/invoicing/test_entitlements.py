"""Rights assigned to tax numbers: never more than ordered, undone while fresh, looked up with their use."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from invoicing import policy
from invoicing.entitlement_reports import Standing, holdings_of, seen_by, standing, standing_of, uses_by_day
from invoicing.models import Entitlement, EntitlementUse
from invoicing.services.consuming import consume
from invoicing.services.entitlements import (
    AlreadyAssigned,
    NotActivated,
    NotUndoable,
    OrderOver,
    TooManyTaxNumbers,
    assign,
    undo,
)
from tests.factories import acting, make_operator
from tests.finance.funds import mover
from tests.invoicing.clouding import activated, assigned, credential_of, delivered, give, package
from tests.invoicing.opening import make_taxpayer, make_tenant
from tests.racing import race

pytestmark = pytest.mark.django_db
DAY, MINUTE = timedelta(days=1), timedelta(minutes=1)


def take_back(entitlement, **more):
    account = entitlement.order.account
    fields = {"actor": mover(account), "account": account, "entitlement_id": entitlement.pk} | more
    return undo(**fields)


@pytest.mark.rule("I4.2", "I7.1")
def test_each_ticked_tax_number_has_what_the_package_gives():
    order = activated(of=package(quantity=500, service="receiving", priority=7))
    one, other = make_taxpayer(order.tenant), make_taxpayer(order.tenant)
    rights = give(order, one, other)
    assert {right.taxpayer for right in rights} == {one, other}
    assert {(right.service, right.granted, right.used, right.priority) for right in rights} == {
        ("receiving", 500, 0, 7)
    }
    assert all(right.expires_at == order.order.resource.ends_at for right in rights)


@pytest.mark.rule("I1.1")
def test_nothing_is_assigned_before_the_activation(manager):
    order = delivered(manager)
    fields = {"actor": mover(manager), "account": manager, "order_id": order.pk}
    with pytest.raises(NotActivated):
        assign(**fields, taxpayer_ids=[make_taxpayer(make_tenant(manager)).pk], warned=True)


@pytest.mark.rule("I1.2")
def test_the_warning_must_be_confirmed_and_something_ticked():
    order = activated()
    fields = {"actor": mover(order.account), "account": order.account, "order_id": order.pk}
    with pytest.raises(InputError):
        assign(**fields, taxpayer_ids=[make_taxpayer(order.tenant).pk], warned=False)
    with pytest.raises(InputError):
        assign(**fields, taxpayer_ids=[], warned=True)


@pytest.mark.rule("I4.2")
def test_never_more_tax_numbers_than_ordered_and_none_twice():
    order = activated(tax_numbers=2)
    first, *others = [make_taxpayer(order.tenant) for _number in range(3)]
    give(order, first)
    with pytest.raises(AlreadyAssigned):
        give(order, first)
    with pytest.raises(TooManyTaxNumbers) as refused:
        give(order, *others)
    assert dict(refused.value.facts) == {"ordered": 2, "assigned": 1, "left": 1}
    assert Entitlement.objects.count() == 1


def test_enterprises_of_other_tenants_and_former_ones_are_refused():
    order = activated()
    former = make_taxpayer(order.tenant, released_at=timezone.now())
    for taxpayer in (make_taxpayer(), former):
        with pytest.raises(InputError):
            give(order, taxpayer)


def test_who_may_assign(stranger):
    order = activated()
    taxpayer = make_taxpayer(order.tenant)
    fields = {"account": order.account, "order_id": order.pk, "taxpayer_ids": [taxpayer.pk], "warned": True}
    with pytest.raises(NotAllowed):
        assign(actor=acting(order.account, make_operator(order.account, Role.VIEWER)), **fields)
    with pytest.raises(NotFound):
        assign(actor=acting(stranger), **fields)
    with pytest.raises(NotFound):
        assign(actor=acting(stranger), **fields | {"account": stranger})


def test_what_ran_out_is_not_assigned_any_more():
    order = activated()
    with pytest.raises(OrderOver):
        give(order, at=order.order.resource.ends_at)


@pytest.mark.rule("I1.2")
def test_for_half_an_hour_an_assignment_can_be_undone_and_its_place_is_free():
    right = assigned(tax_numbers=1)
    taken = take_back(right, now=right.assigned_at + policy.ASSIGNMENT_UNDO - MINUTE)
    assert taken.ended_at is not None
    assert take_back(right).ended_at == taken.ended_at  # a repeat changes nothing
    [again] = give(right.order, right.taxpayer)
    with pytest.raises(NotUndoable):
        take_back(again, now=again.assigned_at + policy.ASSIGNMENT_UNDO)


def test_what_was_used_is_not_undone(stranger):
    right = assigned()
    consume(taxpayer=right.taxpayer, service=right.service, serial="A-1")
    with pytest.raises(NotUndoable):
        take_back(right)
    with pytest.raises(NotFound):
        take_back(right, actor=mover(stranger), account=stranger)


@pytest.mark.rule("I5.2")
def test_the_first_assignment_makes_the_keys_and_later_ones_keep_them():
    right = assigned(tax_numbers=3)
    first = credential_of(right)
    give(right.order)
    assert credential_of(right).client_id == first.client_id


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I4.2")
def test_many_at_once_never_pass_what_was_ordered():
    order = activated(tax_numbers=3)
    taxpayers = [make_taxpayer(order.tenant) for _number in range(8)]
    results = race(8, lambda number: give(order, taxpayers[number]))
    assert sum(isinstance(result, list) for result in results) == 3
    assert {type(result) for result in results} == {list, TooManyTaxNumbers}
    assert Entitlement.objects.filter(order=order, ended_at=None).count() == 3


@pytest.mark.django_db(transaction=True)
def test_a_use_and_an_undo_at_once_never_both():
    right = assigned()
    acts = [
        lambda: consume(taxpayer=right.taxpayer, service=right.service, serial="A-1"),
        lambda: take_back(right),
    ]
    race(2, lambda number: acts[number]())
    right.refresh_from_db()
    assert (right.used == 1) != (right.ended_at is not None)


@pytest.mark.rule("I6.1", "I7.1")
def test_how_a_right_stands_is_the_same_for_one_and_for_the_list():
    right = assigned(of=package(quantity=20))
    now = timezone.now()
    cases = {
        Standing.VALID: {"used": 17},
        Standing.LOW: {"used": 18},
        Standing.USED_UP: {"used": 20},
        Standing.COMING: {"used": 0, "starts_at": now + DAY},
        Standing.OVER: {"used": 0, "starts_at": now - 2 * DAY, "expires_at": now - DAY},
        Standing.ENDED: {"ended_at": now},
    }
    for wanted, fields in cases.items():
        Entitlement.objects.filter(pk=right.pk).update(**fields)
        right.refresh_from_db()
        assert standing_of(right, now) == wanted
        listed = {name for name in cases if standing(seen_by(right.order.account), name, now).exists()}
        # What is nearly used up can still be used, so the wider word finds it, too.
        assert listed - {Standing.VALID} == {wanted} - {Standing.VALID}


@pytest.mark.rule("I6.1")
def test_what_a_tax_number_may_still_do_is_summed_by_service():
    right = assigned(of=package(quantity=20))
    now = timezone.now()
    consume(taxpayer=right.taxpayer, service=right.service, serial="A-1")
    [(taxpayer, [held])] = holdings_of([right.taxpayer], now + MINUTE)
    assert (taxpayer, held.service, held.left) == (right.taxpayer, "issuing", 19)


@pytest.mark.rule("I6.1")
def test_uses_are_counted_by_day_without_those_given_back():
    right = assigned()
    now = timezone.now()
    for number, fields in enumerate(({}, {"at": now - 2 * DAY}, {"given_back_at": now}, {"at": now - 40 * DAY})):
        row = {"entitlement": right, "tax_number": right.taxpayer.tax_number, "service": "issuing"} | fields
        EntitlementUse.objects.create(serial=f"A-{number}", **row)
    by_day = uses_by_day(right, now)
    assert len(by_day) == 30
    assert [count for _day, count in by_day if count] == [1, 1]
    assert by_day[-1][1] == 1
