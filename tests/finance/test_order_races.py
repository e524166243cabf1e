"""Orders at the same moment, each on a connection of its own: the last money, one coupon, one key, one resource."""

import pytest

from finance.models import BillLine, Order, Resource
from finance.services.billing import Run
from finance.services.caps import AboveCap
from finance.services.credit import grant_credit
from finance.services.drawing import AccountShort
from finance.services.order_payments import ManagerShort, ResourceChanged
from finance.services.orders import NotPayable
from finance.services.pricing import CouponUnusable
from tests.factories import make_account
from tests.finance.billing_runs import run
from tests.finance.bills import make_product, use
from tests.finance.buying import DAY, NOON, buy, coupon, give_back, make_pair, order, pay, prepaid, resize, trust
from tests.finance.funds import D, books_sum, funds, mover, staff, top_up
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


def kinds(results) -> dict[type, int]:
    return {kind: sum(type(one) is kind for one in results) for kind in {type(one) for one in results}}


def test_the_last_money_pays_one_of_two_orders():
    account = make_account()
    top_up(account, "150.00")
    waiting = [order(account, prepaid("100")) for _ in range(2)]
    assert kinds(race(2, lambda n: pay(waiting[n]))) == {Order: 1, AccountShort: 1}
    assert (funds(account).cash, Resource.objects.count(), books_sum()) == (50, 1, 0)


def test_one_order_paid_many_times_at_once_is_paid_once():
    account = make_account()
    top_up(account, "1000.00")
    waiting = order(account, prepaid("100"))
    assert kinds(race(6, lambda _n: pay(waiting))) == {Order: 6}
    assert (funds(account).cash, Resource.objects.count(), BillLine.objects.count()) == (900, 1, 1)


def test_one_coupon_serves_one_of_two_orders():
    account, product = make_account(), prepaid("100")
    top_up(account, "1000.00")
    used = coupon(account)
    waiting = [order(account, product, coupon_id=used.pk) for _ in range(2)]
    assert kinds(race(2, lambda n: pay(waiting[n]))) == {Order: 1, CouponUnusable: 1}
    assert funds(account).cash == 920


def test_one_key_many_times_at_once_is_one_order():
    account, product = make_account(), prepaid("100")
    actor = mover(account)
    results = race(8, lambda _n: order(account, product, key="one-key-1", actor=actor).pk)
    assert len(set(results)) == 1
    assert Order.objects.count() == 1


def test_a_resource_is_given_back_once_and_not_made_smaller_meanwhile():
    account = make_account()
    top_up(account, "1000.00")
    bought = buy(account, prepaid("100"), "4")
    smaller = resize(bought.resource, "1", at=NOON)
    results = race(3, lambda n: pay(smaller) if n == 0 else give_back(bought))
    assert kinds(results) in ({Order: 2, NotPayable: 1}, {Order: 1, NotPayable: 1, ResourceChanged: 1})
    assert funds(account).cash == 1000


@pytest.mark.rule("A2.17")
def test_members_of_one_manager_never_draw_more_than_its_credit():
    first = make_pair()
    grant_credit(actor=staff(), account=first.manager, limit=D("250.00"), now=NOON - DAY)
    trust(first)
    waiting = [order(first.member, prepaid("100")) for _ in range(4)]
    assert kinds(race(4, lambda n: pay(waiting[n]))) == {Order: 2, ManagerShort: 2}
    assert funds(first.manager).credit_used == 200


def test_an_order_and_the_billing_run_at_once_never_pass_the_cap_together():
    pair = make_pair()
    grant_credit(actor=staff(), account=pair.manager, limit=D("1000.00"), now=NOON - DAY)
    top_up(pair.member, "1000.00")
    terms = trust(pair, cap=D("150.00"))
    waiting = [order(pair.member, prepaid("100")) for _ in range(2)]
    use(pair.member, make_product(price="1"), NOON, "120")
    results = race(3, lambda n: pay(waiting[n]) if n < 2 else run(NOON + DAY))
    assert kinds(results) in ({Order: 1, AboveCap: 1, Run: 1}, {AboveCap: 2, Run: 1})
    paid = sum(line.payable for line in BillLine.objects.filter(payer=pair.manager))
    assert (terms.months.get().spent, funds(pair.manager).credit_used) == (paid, paid)
    assert paid == (150 if Order in kinds(results) else 120)
    assert funds(pair.member).cash == 1000 - (sum(line.payable for line in BillLine.objects.all()) - paid)


def test_the_cap_of_a_month_holds_for_orders_at_once():
    pair = make_pair()
    grant_credit(actor=staff(), account=pair.manager, limit=D("1000.00"), now=NOON - DAY)
    trust(pair, cap=D("250.00"))
    waiting = [order(pair.member, prepaid("100")) for _ in range(4)]
    assert kinds(race(4, lambda n: pay(waiting[n]))) == {Order: 2, AboveCap: 2}
