"""What a price preview says is billed, to the fen: for usage by the billing run, for orders when they are paid."""

from decimal import Decimal

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from finance.models import BillLine
from finance.services.pricing import CouponUnusable
from tests.finance.billing_runs import DAY, HOUR, NOON, lend, run
from tests.finance.bills import LONG_AGO, make_category, make_product, set_price, use
from tests.finance.buying import coupon, discount, inherit, make_pair, order, pay, price_of, promotion, trust
from tests.finance.funds import D, top_up

pytestmark = pytest.mark.django_db

unit_price = st.integers(1, 9_999_999_999).map(lambda units: str(Decimal(units) / 100_000_000))
tiers = st.dictionaries(st.sampled_from(["1", "10", "400.5", "2000"]), unit_price, max_size=3)
share = st.integers(1, 10_000).map(lambda part: str(Decimal(part) / 10_000))
scope = st.sampled_from(["", "product", "category"])
discounts = st.lists(st.tuples(st.booleans(), scope, share, st.booleans()), max_size=4)
promotions = st.lists(st.tuples(scope, share, st.booleans()), max_size=3)
ways = st.sampled_from(["alone", "inherits", "trusteed"])
quantities = st.integers(1, 1_000_000).map(str)
worlds = st.tuples(tiers, unit_price, discounts, promotions, ways, st.booleans(), quantities)


def build(world, pay_mode):
    """A member with a product at this price, and what makes it cheaper for it or its manager."""
    found, first, held, offers, way, keeps_own, _quantity = world
    pair = make_pair()
    category = make_category(keeps_own_discount=keeps_own)
    product = make_product(pay_mode=pay_mode, category=category)
    set_price(product, {"0": first} | found, since=LONG_AGO + DAY)
    scopes = {"": {}, "product": {"product": product}, "category": {"category": category}}
    for by_manager, where, rate, inheritable in held:
        account = pair.manager if by_manager else pair.member
        discount(account, rate, inheritable=inheritable, **scopes[where])
    for where, rate, with_contract in offers:
        promotion(rate, with_contract=with_contract, **scopes[where])
    if way == "inherits":
        inherit(pair)
    if way == "trusteed":
        trust(pair, since=NOON - 9 * DAY)
    return pair, product


@pytest.mark.rule("K1.3", "A2.9", "A2.13", "A4.3")
@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds)
@example(world=({}, "0.00500001", [(False, "", "0.5", False)], [("", "0.3333", True)], "alone", False, "3"))
@example(world=({"1": "0.00000001", "400.5": "0.00000001"}, "0.00000001", [], [], "alone", False, "401"))
def test_usage_is_billed_at_the_price_that_was_shown(world, cheap_hashes):
    with transaction.atomic():
        pair, product = build(world, "postpaid")
        shown = price_of(pair.member, product, quantity=world[-1], at=NOON)
        use(pair.member, product, NOON, world[-1])
        run(NOON + HOUR)
        line = BillLine.objects.get()
        assert (line.payable, line.rate) == (shown.payable, shown.rate)
        assert (line.gross, line.discount) == (shown.gross, shown.discount)
        transaction.set_rollback(True)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds, months=st.integers(1, 60), off=st.none() | share)
def test_an_order_costs_what_was_shown(world, months, off, cheap_hashes):
    with transaction.atomic():
        pair, product = build((*world[:4], "alone" if off else world[4], *world[5:-1], "3"), "prepaid")
        for account in (pair.manager, pair.member):
            top_up(account, "90000000.00")
            lend(account, "90000000.00", since=LONG_AGO)
        cut = coupon(pair.member, rate=D(off)) if off and D(off) < 1 else None
        try:
            shown = price_of(pair.member, product, quantity="3", months=months, coupon=cut)
        except CouponUnusable:  # worth nothing here
            cut, shown = None, price_of(pair.member, product, quantity="3", months=months)
        paid = pay(order(pair.member, product, "3", months, coupon_id=cut.pk if cut else None))
        line = BillLine.objects.get(order=paid)
        assert (line.payable, line.gross, line.discount, line.coupon) == (
            shown.payable,
            shown.gross,
            shown.discount,
            shown.coupon,
        )
        assert line.payable == line.voucher + line.cash + line.credit
        transaction.set_rollback(True)
