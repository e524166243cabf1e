"""What something costs: tiers, whose discount counts, promotions, coupons, each step kept."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from config.errors import InputError
from finance.models import Order
from finance.months import add_months, begun_days_left, days_left, months_between
from finance.pricing import Contract, CouponTerms, Offer, at_list_price, best_rate, list_steps, reduced, tiered
from finance.services.pricing import CouponUnusable, NoPrice
from finance.services.rating import AT_LIST_PRICE, PRICE_FITS, draft_usage
from tests.finance.bills import make_category, make_product, set_price
from tests.finance.buying import DAY, NOON, coupon, discount, inherit, make_pair, prepaid, price_of, promotion, trust
from tests.finance.funds import D

numbers = st.decimals(min_value=0, max_value=10**6, places=4)


@pytest.mark.django_db
@given(st.dictionaries(numbers, numbers, min_size=1, max_size=6), numbers)
def test_tiers_cost_the_same_in_python_and_in_the_database(tiers, quantity):
    product = make_product()
    set_price(product, tiers, since=NOON)
    with transaction.atomic(), connection.cursor() as cursor:
        draft_usage(shards=[], until=NOON, since=NOON)
        cursor.execute(
            f"SELECT {AT_LIST_PRICE} FROM (SELECT %s AS product_id, %s AS cycle_start, %s::numeric AS quantity) u"
            f" JOIN bill_price c ON {PRICE_FITS}",
            [product.pk, NOON, quantity],
        )
        assert cursor.fetchall() == [(tiered(tiers.items(), quantity),)]


def test_each_part_of_a_quantity_costs_the_price_of_its_tier():
    tiers = [(D(0), D("10")), (D(5), D("8")), (D(100), D("1"))]
    assert [tiered(tiers, D(n)) for n in (1, 5, 6, 101)] == [10, 50, 58, 50 + 95 * 8 + 1]
    steps = list_steps(tiers, D(6), D(2))
    assert [(one["units"], one["unit_price"], D(one["amount"])) for one in steps] == [("5", "10", 100), ("1", "8", 16)]


@given(
    st.decimals(min_value=0, max_value=10**9, places=8),
    st.decimals(min_value="0.0001", max_value=1, places=4),
    st.lists(st.tuples(st.decimals(min_value="0.0001", max_value=1, places=4), st.booleans()), max_size=4),
    st.one_of(st.none(), st.decimals(min_value="0.01", max_value=1000, places=2)),
    st.booleans(),
)
def test_the_steps_of_a_price_add_up_and_nothing_costs_less_than_nothing(gross, contract, offers, off, together):
    listed = at_list_price(D(1), D(1), [{"kind": "list", "amount": str(gross)}])
    terms = None if off is None else CouponTerms(off=off, with_discount=together)
    found = reduced(
        listed, contract=Contract(contract), offers=[Offer("x", rate, on_top) for rate, on_top in offers], coupon=terms
    )
    assert sum(D(step["amount"]) for step in found.steps) == found.gross - found.discount - found.coupon
    assert 0 <= found.payable <= found.list_amount
    assert abs(found.payable - (found.gross - found.discount - found.coupon)) <= D("0.005")


def test_a_promotion_goes_on_top_or_counts_if_it_is_better():
    top, instead = Offer("a", D("0.9"), True), Offer("b", D("0.7"), False)
    assert best_rate(D("0.8"), [top]) == (D("0.72"), top)
    assert best_rate(D("0.8"), [top, instead]) == (D("0.7"), instead)
    assert best_rate(D("0.6"), [instead]) == (D("0.6"), None)
    assert best_rate(D(1), []) == (D(1), None)


def test_months_are_calendar_months_and_parts_of_them_days():
    end_of_january = datetime(2026, 1, 31, 4, tzinfo=UTC)
    assert add_months(end_of_january, 1) == datetime(2026, 2, 28, 4, tzinfo=UTC)
    assert add_months(end_of_january, 13) == datetime(2027, 2, 28, 4, tzinfo=UTC)
    assert months_between(NOON, add_months(NOON, 3)) == 3
    assert months_between(NOON, NOON + timedelta(days=31 + 15)) == D("1.5")  # April has thirty days
    assert months_between(NOON, NOON) == 0
    assert (days_left(NOON, NOON + 1.5 * DAY), begun_days_left(NOON, NOON + 1.5 * DAY)) == (1, 2)
    assert (days_left(NOON, NOON - DAY), begun_days_left(NOON, NOON - DAY)) == (0, 0)


@pytest.mark.django_db
@pytest.mark.parametrize("months", [1, 12])
def test_prepaid_prices_are_per_unit_and_month(manager, months):
    product = prepaid("100")
    set_price(product, {"0": "60", "10": "50"}, since=NOON - DAY)
    assert price_of(manager, product, "12", months).payable == (600 + 100) * months
    assert price_of(manager, product, "12", months, at=NOON - 2 * DAY).payable == 1200 * months  # the price of then


@pytest.mark.django_db
@pytest.mark.rule("A4.3")
def test_the_narrowest_contract_counts_and_the_lowest_among_equals(manager):
    product = prepaid("100")
    discount(manager, "0.5")
    assert price_of(manager, product).payable == 50
    discount(manager, "0.7", category=product.category)
    assert price_of(manager, product).payable == 70
    discount(manager, "0.9", product=product)
    discount(manager, "0.85", product=product)
    discount(manager, "0.1", product=product, valid_until=NOON)
    discount(manager, "0.1", product=prepaid())
    found = price_of(manager, product)
    assert (found.payable, found.rate) == (85, D("0.85"))
    assert found.steps[-1] == {"kind": "contract", "rate": "0.85", "of": "", "amount": "-15.00000000"}


@pytest.mark.django_db
@pytest.mark.rule("K1.3", "A1.3", "A4.3")
def test_who_inherits_has_the_lower_of_its_own_and_the_managers_inheritable_discount():
    pair, product = make_pair(), prepaid("100")
    discount(pair.member, "0.8")
    discount(pair.manager, "0.6", inheritable=False)
    discount(pair.manager, "0.7")
    assert price_of(pair.member, product).payable == 80
    inherit(pair)
    found = price_of(pair.member, product)
    assert (found.payable, found.steps[-1]["of"]) == (70, pair.manager.name)
    discount(pair.member, "0.65")
    assert price_of(pair.member, product).payable == 65


@pytest.mark.django_db
@pytest.mark.rule("K8.11")
def test_after_the_relationship_discounts_are_what_they_were():
    pair, product = make_pair(), prepaid("100")
    discount(pair.member, "0.9")
    discount(pair.manager, "0.5")
    inherit(pair, until=NOON)
    assert price_of(pair.member, product, at=NOON - DAY).payable == 50
    assert price_of(pair.member, product, at=NOON).payable == 90


@pytest.mark.django_db
@pytest.mark.rule("A2.9", "A4.3")
def test_a_trusteed_member_has_its_managers_discount_and_not_its_own():
    pair, product = make_pair(), prepaid("100")
    discount(pair.member, "0.4")
    trust(pair)
    assert price_of(pair.member, product).payable == 100
    discount(pair.manager, "0.7", inheritable=False)
    assert price_of(pair.member, product).payable == 70


@pytest.mark.django_db
@pytest.mark.rule("A2.13")
def test_some_categories_keep_the_members_own_discount():
    pair, product = make_pair(), prepaid("100", category=make_category(keeps_own_discount=True))
    discount(pair.manager, "0.5")
    discount(pair.member, "0.95")
    inherit(pair)
    assert price_of(pair.member, product).payable == 95
    trust(pair)
    assert price_of(pair.member, product).payable == 95


@pytest.mark.django_db
def test_promotions_fit_by_scope_payment_and_time(manager):
    product = prepaid("100")
    discount(manager, "0.8")
    promotion("0.1", pay_mode="postpaid")
    promotion("0.1", product=prepaid())
    promotion("0.1", valid_until=NOON)
    promotion("0.9")
    assert price_of(manager, product).payable == 80
    promotion("0.9", with_contract=True, category=product.category)
    found = price_of(manager, product)
    assert (found.payable, [step["kind"] for step in found.steps]) == (72, ["list", "contract", "promotion"])
    promotion("0.6", name="清仓")
    found = price_of(manager, product)
    assert (found.payable, found.steps[-1]["instead"], found.steps[-1]["name"]) == (60, "0.8", "清仓")


@pytest.mark.django_db
def test_a_coupon_takes_an_amount_or_a_share_off_what_is_left(manager):
    product = prepaid("99.99")
    discount(manager, "0.5")
    found = price_of(manager, product, coupon=coupon(manager, off=D("20.00"), least=D("49.99")))
    assert (found.coupon, found.payable) == (20, D("30.00"))  # 49.995 less 20, rounded once
    assert price_of(manager, product, coupon=coupon(manager, rate=D("0.9"))).payable == D("45.00")
    assert price_of(manager, product, coupon=coupon(manager, off=D("500.00"))).payable == D("0.01")


@pytest.mark.django_db
def test_a_coupon_without_discount_replaces_it_where_that_is_cheaper(manager):
    product = prepaid("100")
    discount(manager, "0.9")
    alone = {"with_discount": False}
    assert price_of(manager, product, coupon=coupon(manager, off=D("20.00"), **alone)).payable == 80
    with pytest.raises(CouponUnusable):
        price_of(manager, product, coupon=coupon(manager, off=D("10.00"), **alone))


@pytest.mark.django_db
@pytest.mark.rule("A2.16")
def test_coupons_that_do_not_fit_are_refused_with_the_reason(english, manager, stranger):
    product = prepaid("100")
    wrong = {
        "This coupon is for other products.": coupon(manager, product=prepaid()),
        "This coupon is for orders from 100.01 yuan on.": coupon(manager, least=D("100.01")),
        "This coupon was used already.": coupon(manager, used_at=NOON),
        "This coupon is not valid now.": coupon(manager, valid_until=NOON),
        "This coupon belongs to another account.": coupon(stranger),
    }
    for sentence, one in wrong.items():
        with pytest.raises(CouponUnusable) as refused:
            price_of(manager, product, coupon=one)
        assert str(refused.value) == sentence
    pair = make_pair()
    trust(pair)
    with pytest.raises(CouponUnusable) as refused:
        price_of(pair.member, product, coupon=coupon(pair.member))
    assert "its own coupons cannot be used" in str(refused.value)


@pytest.mark.django_db
@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "NaN", "sNaN", "Infinity", "1e400", "1000001", "0.00000001"])
def test_quantities_that_are_none(manager, quantity):
    with pytest.raises(InputError) as refused:
        price_of(manager, prepaid(), quantity)
    assert refused.value.field == "quantity"


@pytest.mark.django_db
@pytest.mark.parametrize("months", [0, -1, 61, 1000])
def test_months_that_are_none(manager, months):
    with pytest.raises(InputError) as refused:
        price_of(manager, prepaid(), months=months)
    assert refused.value.field == "months"


@pytest.mark.django_db
def test_what_no_column_can_hold_is_refused(manager):
    dear = prepaid("9999999999.99999999")
    with pytest.raises(InputError):
        price_of(manager, dear, "1000000", 60)
    assert price_of(manager, dear, "1", 1).payable == D("10000000000.00")


@pytest.mark.django_db
def test_without_a_price_nothing_is_sold(manager):
    product = make_product(pay_mode="prepaid")
    with pytest.raises(NoPrice):
        price_of(manager, product, at=datetime(2019, 1, 1, tzinfo=UTC))
    assert Order.objects.count() == 0
