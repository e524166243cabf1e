"""Orders: made at a fixed price, paid whole by whoever pays, repriced or cancelled by those who may."""

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from finance import policy
from finance.models import BillLine, Order, Resource
from finance.months import add_months
from finance.services.drawing import AccountShort
from finance.services.ledger import KeyReused
from finance.services.order_payments import ResourceChanged, pay_order
from finance.services.orders import NotPayable, cancel_order, expire_orders, place_order
from finance.services.pricing import CouponUnusable
from finance.services.resources import make_worthless, release_ended
from tests.factories import acting, make_operator
from tests.finance.bills import make_product, set_price
from tests.finance.buying import (
    DAY,
    MINUTE,
    NOON,
    buy,
    coupon,
    discount,
    order,
    pay,
    prepaid,
    renew,
    resize,
    voucher,
)
from tests.finance.funds import D, books_sum, fresh_key, funds, mover, top_up
from tests.states import every_move, outcome

pytestmark = pytest.mark.django_db


def test_a_new_order_is_paid_and_brings_its_resource(manager):
    top_up(manager, "1000.00")
    discount(manager, "0.8")
    placed = order(manager, prepaid("100"), "2", 3)
    assert (placed.state, placed.list_amount, placed.payable) == ("pending", 600, 480)
    paid = pay(placed)
    resource = Resource.objects.get()
    assert (paid.state, paid.resource, paid.payer) == ("paid", resource, manager)
    assert (resource.quantity, resource.starts_at) == (2, NOON + MINUTE)
    assert resource.ends_at == add_months(NOON + MINUTE, 3)
    line = BillLine.objects.get()
    assert (line.category, line.gross, line.discount, line.payable, line.cash) == ("new", 600, 120, 480, 480)
    assert (line.order, line.revision, line.statement.payable) == (paid, paid.pk, 480)
    assert funds(manager).cash == 520
    assert books_sum() == 0


def test_what_is_paid_is_told_so_that_others_can_deliver(manager):
    top_up(manager, "1000.00")
    paid = buy(manager, months=2)
    facts = Event.objects.get(kind="order.paid").facts
    wanted = {"order": paid.pk, "product": paid.product_id, "kind": "new", "quantity": "1", "months": 2}
    assert wanted.items() <= facts.items()
    assert facts["resource"] == paid.resource_id
    assert facts["instance"] == paid.resource.instance


def test_an_order_is_paid_whole_or_not_at_all(manager):
    top_up(manager, "99.99")
    given, used = voucher(manager, "1.00"), coupon(manager, off=D("0.01"))
    placed = order(manager, prepaid("101.01"), coupon_id=used.pk)
    with pytest.raises(AccountShort) as refused:
        pay(placed)
    assert refused.value.facts == {"available": D("99.99"), "amount": D("100.00")}
    placed.refresh_from_db()
    used.refresh_from_db()
    given.refresh_from_db()
    assert (placed.state, used.used_at, given.balance, funds(manager).cash) == ("pending", None, 1, D("99.99"))
    assert not BillLine.objects.exists()
    assert not Resource.objects.exists()


def test_the_same_key_is_the_same_order_and_paying_twice_pays_once(manager):
    top_up(manager, "1000.00")
    product = prepaid("100")
    first = order(manager, product, key="a-key-1")
    assert order(manager, product, key="a-key-1", at=NOON + MINUTE) == first
    with pytest.raises(KeyReused):
        order(manager, product, "2", key="a-key-1")
    with pytest.raises(KeyReused):
        order(manager, product, months=2, key="a-key-1")
    pay(first)
    assert pay(first).state == "paid"
    assert order(manager, product, key="a-key-1").state == "paid"
    assert (funds(manager).cash, Resource.objects.count()) == (900, 1)


def test_an_order_keeps_its_price_and_is_over_when_its_time_is(manager):
    top_up(manager, "1000.00")
    product = prepaid("100")
    placed = order(manager, product)
    set_price(product, {"0": "500"}, since=NOON)
    late = NOON + policy.ORDER_LIFE
    assert placed.state_at(at=late) == "cancelled"
    with pytest.raises(NotPayable):
        pay(placed, at=late)
    assert expire_orders(now=late - MINUTE) == 0
    assert pay(placed, at=late - MINUTE).payable == 100
    other = order(manager, product)
    assert expire_orders(now=late) == 1
    other.refresh_from_db()
    assert (other.state, Event.objects.get(kind="order.cancelled").facts["why"]) == ("cancelled", "not paid in time")


def test_what_cannot_be_ordered(manager):
    with pytest.raises(InputError):
        order(manager, make_product())
    with pytest.raises(InputError):
        order(manager, prepaid(active=False))
    with pytest.raises(InputError):
        place_order(actor=mover(manager), account=manager, product_id=0, quantity=D(1), months=1, key="x" * 8)
    with pytest.raises(InputError):
        order(manager, coupon_id=2**40)
    assert not Order.objects.exists()


def test_who_may_order_and_pay(manager, stranger):
    placed = order(manager)
    viewer = acting(manager, make_operator(manager, Role.VIEWER))
    for actor, refusal in ((viewer, NotAllowed), (mover(stranger), NotFound)):
        with pytest.raises(refusal):
            order(manager, actor=actor)
        with pytest.raises(refusal):
            pay_order(actor=actor, order_id=placed.pk, now=NOON)
        with pytest.raises(refusal):
            cancel_order(actor=actor, order_id=placed.pk, now=NOON)
    with pytest.raises(NotFound):
        pay_order(actor=mover(manager), order_id=2**40)


def test_a_cancelled_order_is_over(manager):
    top_up(manager, "1000.00")
    placed = order(manager)
    assert cancel_order(actor=mover(manager), order_id=placed.pk, now=NOON).state == "cancelled"
    assert cancel_order(actor=mover(manager), order_id=placed.pk, now=NOON).state == "cancelled"
    with pytest.raises(NotPayable):
        pay(placed)


def test_a_coupon_serves_one_order(manager):
    top_up(manager, "1000.00")
    used = coupon(manager)
    first, second = (order(manager, prepaid("100"), coupon_id=used.pk) for _ in range(2))
    assert pay(first).payable == 80
    with pytest.raises(CouponUnusable):
        pay(second)
    assert BillLine.objects.get().coupon == 20


@pytest.mark.rule("K1.4")
def test_renewing_adds_months_at_the_end(manager):
    top_up(manager, "1000.00")
    resource = buy(manager, prepaid("100")).resource
    assert pay(renew(resource, 2, at=NOON + DAY)).payable == 200
    resource.refresh_from_db()
    assert resource.ends_at == add_months(add_months(NOON, 1), 2)
    with pytest.raises(NotFound):
        renew(resource, at=resource.ends_at)


def test_an_order_about_a_resource_that_changed_meanwhile_is_refused(manager):
    top_up(manager, "1000.00")
    resource = buy(manager, prepaid("10")).resource
    first, second = resize(resource, "3", at=NOON), renew(resource, at=NOON)
    pay(first)
    with pytest.raises(ResourceChanged):
        pay(second)


def test_foreign_resources_are_as_if_they_did_not_exist(manager, stranger):
    top_up(manager, "1000.00")
    resource = buy(manager).resource
    resource.owner = stranger
    with pytest.raises(NotFound):
        renew(resource)
    with pytest.raises(NotFound):
        resize(resource, "2")


def test_a_resource_is_released_when_its_time_is_over(manager):
    top_up(manager, "1000.00")
    resource = buy(manager).resource
    assert release_ended(now=resource.ends_at - MINUTE) == 0
    assert release_ended(now=resource.ends_at) == 1
    ended = resource.ends_at
    resource.refresh_from_db()
    assert (resource.state, resource.ends_at) == ("released", ended)


def test_only_what_still_runs_becomes_worthless(manager):
    top_up(manager, "1000.00")
    short, long = buy(manager).resource, buy(manager, months=6).resource
    assert make_worthless(account=manager, at=short.ends_at) == 1
    short.refresh_from_db()
    long.refresh_from_db()
    assert (short.worthless_since, long.worthless_since) == (None, short.ends_at)


def test_a_free_product_is_ordered_without_money(manager):
    paid = buy(manager, prepaid("0"))
    assert (paid.state, paid.payable, BillLine.objects.get().payable) == ("paid", 0, 0)


ORDER_MOVES = {
    ("pending", "pay"): "paid",
    ("pending", "cancel"): "cancelled",
    ("paid", "refund"): "refunded",
}
RESOURCE_MOVES = {
    ("running", "suspend"): "suspended",
    ("suspended", "resume"): "running",
    ("running", "release"): "released",
    ("suspended", "release"): "released",
}


@pytest.mark.parametrize(("state", "move"), every_move(Order, "state"))
def test_every_move_of_an_order(state, move):
    now = timezone.now()
    arguments = {"pay": {"at": now, "payer": None}}.get(move, {"at": now})
    assert outcome(Order(state=state), "state", move, **arguments) == ORDER_MOVES.get((state, move))


@pytest.mark.parametrize(("state", "move"), every_move(Resource, "state"))
def test_every_move_of_a_resource(state, move):
    now = timezone.now()
    arguments = {"release": {"at": now}}.get(move, {})
    resource = Resource(state=state, starts_at=now, ends_at=now)
    assert outcome(resource, "state", move, **arguments) == RESOURCE_MOVES.get((state, move))


def test_a_key_is_needed(manager):
    with pytest.raises(InputError):
        order(manager, key="")
    assert order(manager, key=fresh_key() * 40).pk
