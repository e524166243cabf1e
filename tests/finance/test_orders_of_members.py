"""Orders of members: trusteed ones are paid by the manager; managers stop purchases, staff set another price."""

import pytest

from config.errors import InputError, NotAllowed
from finance import policy
from finance.models import BillLine, PurchaseStop, Statement
from finance.services.caps import AboveCap
from finance.services.credit import grant_credit
from finance.services.order_payments import ManagerShort, PayerChanged
from finance.services.orders import BuyingStopped, NotPayable
from finance.services.repricing import NoRepricing, reprice_order
from tests.finance.buying import (
    DAY,
    NOON,
    buy,
    coupon,
    discount,
    make_pair,
    order,
    pay,
    prepaid,
    renew,
    resize,
    trust,
    voucher,
)
from tests.finance.funds import D, funds, mover, staff, top_up

pytestmark = pytest.mark.django_db


def test_a_manager_stops_new_purchases_and_says_why(english):
    pair = make_pair()
    top_up(pair.member, "1000.00")
    resource, waiting = buy(pair.member, quantity="2").resource, order(pair.member)
    larger = resize(resource, "3")
    stop = PurchaseStop.objects.create(relationship=pair, reason="季度预算用完")
    acts = [lambda: order(pair.member), lambda: pay(waiting), lambda: resize(resource, "3"), lambda: pay(larger)]
    for act in acts:
        with pytest.raises(BuyingStopped) as refused:
            act()
        assert str(refused.value) == (
            f"{pair.manager.name} has stopped new purchases of this account. Its reason: 季度预算用完"
        )
    assert pay(renew(resource)).state == "paid"
    assert pay(resize(resource, "1", at=NOON + DAY)).state == "paid"
    stop.lift(at=NOON)
    stop.save(update_fields=["state", "ended_at"])
    assert buy(pair.member).state == "paid"


@pytest.mark.rule("A2.4", "A2.6", "A2.17")
def test_a_trusteed_members_order_is_paid_by_the_managers_credit_alone(english):
    pair = make_pair()
    trust(pair)
    top_up(pair.manager, "5000.00")
    top_up(pair.member, "5000.00")
    placed = order(pair.member, prepaid("100"), months=3)
    assert placed.payer == pair.manager
    with pytest.raises(ManagerShort) as refused:
        pay(placed)
    assert "available" not in refused.value.facts
    grant_credit(actor=staff(), account=pair.manager, limit=D("300.00"), now=NOON - DAY)
    pay(placed)
    line = BillLine.objects.get()
    assert (line.payer, line.owner, line.credit, line.cash) == (pair.manager, pair.member, 300, 0)
    assert Statement.objects.get().account == pair.manager
    assert (funds(pair.member).cash, funds(pair.manager).cash) == (5000, 5000)


@pytest.mark.rule("A2.16", "A4.6")
@pytest.mark.parametrize(("shares", "by_voucher"), [(False, 0), (True, 40)])
def test_under_trusteeship_only_the_managers_general_vouchers_pay_if_at_all(shares, by_voucher):
    pair, product = make_pair(), prepaid("100")
    trust(pair, shares_vouchers=shares)
    grant_credit(actor=staff(), account=pair.manager, limit=D("300.00"), now=NOON - DAY)
    own = voucher(pair.member, "50.00")
    voucher(pair.manager, "30.00", product=product)
    voucher(pair.manager, "40.00")
    buy(pair.member, product)
    own.refresh_from_db()
    assert (BillLine.objects.get().voucher, own.balance) == (by_voucher, 50)


@pytest.mark.rule("A2.16", "A4.6")
def test_a_member_that_pays_for_itself_uses_its_own_vouchers_again():
    pair = make_pair()
    trust(pair, since=NOON - 9 * DAY, state="ended", ends_at=NOON)
    voucher(pair.member, "50.00")
    top_up(pair.member, "50.00")
    buy(pair.member, prepaid("100"))
    assert BillLine.objects.get().voucher == 50


def test_a_month_costs_the_manager_no_more_than_agreed():
    pair, product = make_pair(), prepaid("100")
    trust(pair, cap=D("250.00"))
    grant_credit(actor=staff(), account=pair.manager, limit=D("3000.00"), now=NOON - DAY)
    buy(pair.member, product, "2")
    with pytest.raises(AboveCap) as refused:
        buy(pair.member, product)
    assert refused.value.facts | {"manager": ""} == {"manager": "", "cap": 250, "spent": 200, "amount": 100}
    assert buy(pair.member, product, "2", at=NOON + 31 * DAY).state == "paid"


@pytest.mark.rule("A2.9")
def test_an_order_from_before_the_payer_changed_is_not_paid():
    pair = make_pair()
    top_up(pair.member, "1000.00")
    placed = order(pair.member)
    trust(pair, since=NOON)
    with pytest.raises(PayerChanged):
        pay(placed)


def test_staff_set_another_price_that_stands_in_the_breakdown(manager):
    top_up(manager, "1000.00")
    discount(manager, "0.9")
    placed = order(manager, prepaid("100"), coupon_id=coupon(manager).pk)
    changed = reprice_order(actor=staff(), order_id=placed.pk, amount=D("55.55"), reason="补偿", now=NOON)
    assert changed.payable == D("55.55")
    assert changed.price["steps"][-1] == {"kind": "repriced", "note": "补偿", "amount": "-14.45"}
    pay(placed)
    line = BillLine.objects.get()
    assert (line.payable, line.gross, line.discount, line.coupon) == (D("55.55"), 100, D("24.45"), 20)


@pytest.mark.parametrize("amount", ["-0.01", "100.01", "1.001", "NaN", "Infinity", "1e400"])
def test_prices_that_staff_cannot_set(manager, amount):
    placed = order(manager, prepaid("100"))
    with pytest.raises(InputError):
        reprice_order(actor=staff(), order_id=placed.pk, amount=D(amount), reason="x", now=NOON)


def test_who_may_reprice_and_when(manager):
    placed = order(manager)
    with pytest.raises(NotAllowed):
        reprice_order(actor=mover(manager), order_id=placed.pk, amount=D("1"), reason="x", now=NOON)
    with pytest.raises(InputError):
        reprice_order(actor=staff(), order_id=placed.pk, amount=D("1"), reason=" ", now=NOON)
    with pytest.raises(NotPayable):
        reprice_order(actor=staff(), order_id=placed.pk, amount=D("1"), reason="x", now=NOON + policy.ORDER_LIFE)


@pytest.mark.rule("A2.22")
def test_a_trusteed_members_order_is_not_repriced():
    pair = make_pair()
    trust(pair)
    placed = order(pair.member)
    with pytest.raises(NoRepricing):
        reprice_order(actor=staff(), order_id=placed.pk, amount=D("1.00"), reason="x", now=NOON)
