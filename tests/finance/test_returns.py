"""Giving back and making smaller: the rest's worth by the day, of the money that was paid."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.actors import Actor, Door
from config.errors import InputError, NotAllowed, NotFound
from finance.models import BillLine, Order, Resource, Statement
from finance.services.credit import grant_credit
from finance.services.ledger import KeyReused
from finance.services.orders import NotPayable
from finance.services.resources import make_worthless
from finance.services.returns import NothingToReturn, Worthless, refund_order
from tests.factories import UserFactory, make_account
from tests.finance.bills import set_price
from tests.finance.buying import (
    DAY,
    MINUTE,
    NOON,
    buy,
    coupon,
    give_back,
    make_pair,
    order,
    pay,
    prepaid,
    renew,
    resize,
    trust,
    voucher,
)
from tests.finance.funds import D, books_sum, fresh_key, funds, mover, staff, top_up

pytestmark = pytest.mark.django_db


@pytest.fixture
def rich(manager):
    """Enough for everything."""
    top_up(manager, "100000.00")
    return manager


def powerless():
    """Support staff that may do nothing."""
    return Actor(door=Door.STAFF, user=UserFactory.create(is_staff=True))


def fresh(row):
    row.refresh_from_db()
    return row


def test_the_rest_of_the_time_is_worth_its_share_by_the_day(rich):
    bought = buy(rich, prepaid("310"))  # March has 31 days
    back = give_back(bought, at=NOON + 10 * DAY + MINUTE)  # the eleventh day has begun
    assert (back.kind, back.state, back.payable, back.refunds) == ("refund", "paid", -200, bought)
    assert (fresh(bought).state, fresh(bought.resource).state) == ("refunded", "released")
    line = BillLine.objects.get(category="refund")
    assert (line.payable, line.cash, line.order) == (-200, -200, back)
    assert funds(rich).cash == 100000 - 310 + 200
    assert Statement.objects.get().payable == 110
    assert books_sum() == 0


def test_a_renewal_that_has_not_begun_is_worth_all_of_its_price(rich):
    bought = buy(rich, prepaid("310"))
    pay(renew(bought.resource, 2, at=NOON + DAY))
    assert give_back(bought, at=NOON + 11 * DAY).payable == -(200 + 620)
    assert set(Order.objects.exclude(kind="refund").values_list("state", flat=True)) == {"refunded"}


@pytest.mark.rule("A2.16")
def test_vouchers_and_coupons_do_not_come_back(rich):
    voucher(rich, "110.00")
    used = coupon(rich, off=D("20.00"))
    bought = buy(rich, prepaid("330"), coupon_id=used.pk)  # 20 by coupon, 110 by voucher, 200 of money
    assert give_back(bought, at=NOON).payable == -200
    assert fresh(used).used_at is not None


def test_what_was_paid_by_credit_goes_back_to_credit(manager):
    grant_credit(actor=staff(), account=manager, limit=D("1000.00"), now=NOON - DAY)
    give_back(buy(manager, prepaid("310")), at=NOON + 30 * DAY)
    assert (funds(manager).cash, funds(manager).credit_used) == (0, 300)


def test_a_bigger_size_is_paid_for_the_rest_of_the_time(rich):
    resource = buy(rich, prepaid("310"), months=2).resource  # 1 March to 1 May
    larger = resize(resource, "3", at=NOON + 31 * DAY)
    assert larger.payable == 2 * 310
    assert resize(resource, "2", at=NOON + 46 * DAY + MINUTE).payable == 155  # half of April, the day that began too
    pay(larger)
    assert fresh(resource).quantity == 3


def test_a_smaller_size_gives_back_what_the_rest_is_worth_less(rich):
    bought = buy(rich, prepaid("310"), "4")
    smaller = resize(bought.resource, "1", at=NOON + DAY)
    assert smaller.payable == -900
    pay(smaller)
    assert fresh(bought.resource).quantity == 1
    assert give_back(bought, at=NOON + DAY).payable == -300
    assert funds(rich).cash == 100000 - 40


def test_the_cheap_last_units_of_a_tiered_price_are_given_back_first(rich):
    product = prepaid("0")
    set_price(product, {"0": "100", "10": "1"}, since=NOON - DAY)
    resource = buy(rich, product, "100").resource
    assert resize(resource, "10").payable == -90


def test_the_same_size_is_no_change(rich):
    resource = buy(rich).resource
    with pytest.raises(InputError):
        resize(resource, "1")


@pytest.mark.rule("A2.21")
def test_after_a_change_of_payer_the_rest_can_be_used_and_is_worth_nothing(rich):
    bought = buy(rich, prepaid("310"), "2")
    make_worthless(account=rich, at=NOON + DAY)
    with pytest.raises(Worthless):
        give_back(bought, at=NOON + 2 * DAY)
    smaller = resize(bought.resource, "1", at=NOON + 2 * DAY)
    assert smaller.payable == 0
    pay(smaller)
    assert (fresh(bought.resource).state, fresh(bought.resource).quantity) == ("running", 1)
    assert funds(rich).cash == 100000 - 620


@pytest.mark.rule("A2.21")
def test_what_was_paid_since_the_change_has_worth_again(rich):
    bought = buy(rich, prepaid("310"))
    make_worthless(account=rich, at=NOON + DAY)
    pay(renew(bought.resource, at=NOON + 2 * DAY))
    assert give_back(bought, at=NOON + 3 * DAY).payable == -310


@pytest.mark.rule("A2.21")
def test_what_one_paid_never_goes_back_to_the_other():
    pair = make_pair()
    top_up(pair.member, "1000.00")
    bought = buy(pair.member, prepaid("310"))
    trust(pair, since=NOON + DAY)  # and nobody marked the resource
    assert give_back(bought, at=NOON + 2 * DAY).payable == 0


@pytest.mark.rule("A2.6")
def test_under_trusteeship_the_managers_credit_is_given_back():
    pair = make_pair()
    trust(pair)
    grant_credit(actor=staff(), account=pair.manager, limit=D("1000.00"), now=NOON - DAY)
    back = give_back(buy(pair.member, prepaid("310")), at=NOON)
    assert (back.payer, back.payable, funds(pair.manager).credit_used) == (pair.manager, -310, 0)
    assert funds(pair.member).cash == 0


def test_a_repeated_return_is_one(rich):
    bought, other = buy(rich, prepaid("310")), buy(rich)
    first = give_back(bought, key="once-only-1")
    assert give_back(bought, key="once-only-1") == first
    with pytest.raises(KeyReused):
        give_back(other, key="once-only-1")
    with pytest.raises(NotPayable):
        give_back(bought)
    assert funds(rich).cash == 100000 - 100


def test_what_cannot_be_given_back(rich, stranger):
    bought = buy(rich)
    with pytest.raises(NotPayable):
        give_back(order(rich))
    with pytest.raises(NotFound):
        refund_order(actor=mover(stranger), order_id=bought.pk, key=fresh_key(), now=NOON)
    with pytest.raises(NothingToReturn):
        give_back(bought, at=bought.resource.ends_at)
    with pytest.raises(NotAllowed):
        refund_order(actor=powerless(), order_id=bought.pk, key=fresh_key(), now=NOON)
    assert refund_order(actor=staff(), order_id=bought.pk, key=fresh_key(), now=NOON).payable == -100


steps = st.lists(
    st.tuples(st.sampled_from(["renew", "resize"]), st.integers(1, 5), st.integers(0, 40)), min_size=1, max_size=5
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.decimals("0.01", "999.99", places=2), steps, st.integers(0, 100))
def test_never_more_comes_back_than_was_paid(price, moves, days):
    account = make_account()
    top_up(account, "1000000.00")
    product, now = prepaid(str(price)), NOON
    bought = buy(account, product, "2", 3)
    for what, number, later in moves:
        now += later * DAY
        resource = Resource.objects.get(pk=bought.resource_id)
        if resource.ends_at > now and not (what == "resize" and resource.quantity == number):
            pay(renew(resource, number, at=now) if what == "renew" else resize(resource, str(number), at=now), at=now)
    now += days * DAY
    if Resource.objects.get(pk=bought.resource_id).ends_at > now:
        give_back(bought, at=now)
    assert funds(account).cash <= 1000000
    billed = sum(BillLine.objects.filter(owner=account).values_list("payable", flat=True))
    assert funds(account).cash == 1000000 - billed
