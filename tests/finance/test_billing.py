"""The billing run: what usage costs, who pays, and out of what."""

from datetime import timedelta

import pytest

from finance.models import BillingShard, BillLine, Discount, Entry, Inheritance, Promotion, Statement, Voucher
from finance.models.usage import SHARDS
from tests.factories import make_relationship
from tests.finance.billing_runs import DAY, HOUR, NOON, lend, parts, run, trusteed
from tests.finance.bills import make_category, make_product, set_price, use
from tests.finance.funds import D, books_sum, funds, top_up

pytestmark = pytest.mark.django_db


def test_usage_of_a_cycle_becomes_one_line_paid_and_posted(manager):
    product = make_product("0.5")
    top_up(manager, "10.00")
    use(manager, product, NOON, "3")
    use(manager, product, NOON + HOUR / 2, "4")
    use(manager, product, NOON + HOUR, "1", instance="other")
    assert (run().lines, run().lines) == (2, 0)
    first, second = BillLine.objects.order_by("cycle_start")
    assert (first.quantity, first.gross, first.cycle_start, first.cycle_end) == (D("7"), D("3.5"), NOON, NOON + HOUR)
    assert (parts(first), second.payable) == ((D("3.50"), 0, D("3.50"), 0, 0), D("0.50"))
    assert funds(manager).cash == D("6.00")
    assert Entry.objects.filter(transfer_id=first.transfer_id, book__kind="cash").get().amount == D("-4.00")
    statement = Statement.objects.get()
    assert (statement.lines, statement.payable, statement.cash, statement.due) == (2, D("4.00"), D("4.00"), 0)
    assert books_sum() == 0


def test_a_cycle_is_billed_when_it_is_over(manager):
    use(manager, make_product(), NOON, "1")
    assert run(NOON + HOUR - timedelta(seconds=1)).lines == 0
    assert run(NOON + HOUR).lines == 1
    assert set(BillingShard.objects.values_list("billed_until", flat=True)) == {NOON + HOUR}


def test_shards_are_billed_by_themselves(manager, member):
    for account in (manager, member):
        use(account, make_product(), NOON, "1")
    assert run(shards=[manager.pk % SHARDS]).lines == 1
    assert run().lines == 1


def test_tiers_discount_and_rounding(manager):
    product = make_product()
    set_price(product, {"0": "1", "10": "0.5", "20": "0.333"}, since=NOON - DAY)
    Discount.objects.create(account=manager, rate=D("0.9"), valid_from=NOON - DAY)
    top_up(manager, "100.00")
    use(manager, product, NOON, "25")
    run()
    line = BillLine.objects.get()
    assert (line.gross, line.rate, line.discount) == (D("16.665"), D("0.9"), D("1.6665"))
    assert (line.payable, line.rounding) == (D("15.00"), D("-0.0015"))


def test_the_price_is_that_of_the_start_of_the_cycle(manager):
    product = make_product("1", cycle="day")
    set_price(product, {"0": "9"}, since=NOON)
    use(manager, product, NOON + HOUR, "1")
    use(manager, product, NOON + DAY, "1")
    run(NOON + 3 * DAY)
    assert list(BillLine.objects.order_by("cycle_start").values_list("payable", flat=True)) == [D("1.00"), D("9.00")]


def test_the_narrowest_discount_counts_and_offers_come_on_top_or_instead(manager):
    category = make_category()
    product, other, third = (
        make_product("100", category=category),
        make_product("100", category=category),
        make_product("100"),
    )
    since = {"valid_from": NOON - DAY}
    Discount.objects.create(account=manager, rate=D("0.5"), **since)
    Discount.objects.create(account=manager, category=category, rate=D("0.8"), **since)
    Discount.objects.create(account=manager, product=product, rate=D("0.9"), **since)
    Discount.objects.create(account=manager, product=product, rate=D("0.1"), valid_from=NOON + HOUR)
    Promotion.objects.create(
        name="p", product=product, rate=D("0.5"), with_contract=True, valid_until=NOON + DAY, **since
    )
    Promotion.objects.create(name="q", product=other, rate=D("0.7"), valid_until=NOON + DAY, **since)
    Promotion.objects.create(name="r", rate=D("0.6"), valid_until=NOON, **since)
    for one in (product, other, third):
        use(manager, one, NOON, "1")
    run()
    rates = dict(BillLine.objects.values_list("product", "rate"))
    assert rates == {product.pk: D("0.45"), other.pk: D("0.7"), third.pk: D("0.5")}


@pytest.mark.rule("K1.3", "A4.3")
def test_who_inherits_pays_the_lower_of_both_rates_while_it_does(manager, member):
    own, inherited, closed = make_product("100"), make_product("100"), make_product("100")
    since = {"valid_from": NOON - DAY}
    Discount.objects.create(account=member, product=own, rate=D("0.6"), **since)
    Discount.objects.create(account=manager, rate=D("0.8"), **since)
    Discount.objects.create(account=manager, product=closed, rate=D("0.1"), inheritable=False, **since)
    Inheritance.objects.create(
        relationship=make_relationship(manager, member),
        manager=manager,
        member=member,
        starts_at=NOON,
        ends_at=NOON + HOUR,
    )
    for product in (own, inherited, closed):
        for hour in (-1, 0, 1):
            use(member, product, NOON + hour * HOUR, "1")
    run()
    rates = {(line.product_id, line.cycle_start): line.rate for line in BillLine.objects.all()}
    assert [rates[own.pk, NOON + hour * HOUR] for hour in (-1, 0, 1)] == [D("0.6")] * 3
    for product in (inherited, closed):
        assert [rates[product.pk, NOON + hour * HOUR] for hour in (-1, 0, 1)] == [1, D("0.8"), 1]


@pytest.mark.rule("A2.15", "A2.4", "A2.6")
def test_who_pays_is_decided_at_the_start_of_each_cycle(manager, member):
    hourly, daily, monthly = make_product(), make_product(cycle="day"), make_product(cycle="month")
    trusteed(manager, member, since=NOON + HOUR / 2, until=NOON + 3 * DAY)
    for product in (hourly, daily, monthly):
        for moment in (NOON, NOON + HOUR, NOON + DAY, NOON + 3 * DAY, NOON + 31 * DAY):
            use(member, product, moment, "1")
    run(NOON + 90 * DAY)

    def payers(product):
        lines = BillLine.objects.filter(product=product).order_by("cycle_start")
        return [line.payer_id == manager.pk for line in lines]

    assert payers(hourly) == [False, True, True, False, False]
    assert payers(daily) == [False, True, True, False]  # the day on which it ended began under it
    assert payers(monthly) == [False, False]
    assert Statement.objects.of(manager).get().lines == 4


@pytest.mark.rule("A2.17", "A2.5")
def test_trusteed_usage_draws_on_the_managers_credit_and_then_it_owes(manager, member):
    top_up(manager, "5.00")
    top_up(member, "100.00")
    lend(manager, "3.00")
    product = make_product()
    trusteed(manager, member, since=NOON - DAY)
    use(manager, product, NOON, "1")
    use(member, product, NOON, "4")
    run()
    mine, other = (BillLine.objects.get(owner=account) for account in (manager, member))
    assert parts(mine) == (1, 0, 1, 0, 0)
    assert parts(other) == (4, 0, 0, 3, 1)
    assert (funds(manager).cash, funds(manager).credit_used, funds(manager).arrears) == (4, 3, 1)
    assert funds(member).cash == 100


@pytest.mark.rule("A2.9", "A2.13")
def test_trusteed_usage_has_the_managers_discount_but_for_categories_that_keep_their_own(manager, member):
    plain, kept = make_product("100"), make_product("100", category=make_category(keeps_own_discount=True))
    since = {"valid_from": NOON - DAY}
    Discount.objects.create(account=manager, rate=D("0.8"), inheritable=False, **since)
    Discount.objects.create(account=member, rate=D("0.5"), **since)
    trusteed(manager, member, since=NOON - DAY)
    for product in (plain, kept):
        use(member, product, NOON, "1")
    run()
    assert dict(BillLine.objects.values_list("product", "rate")) == {plain.pk: D("0.8"), kept.pk: D("0.5")}


def test_cash_then_credit_then_arrears_over_several_lines(manager):
    top_up(manager, "5.00")
    lend(manager, "4.00")
    product = make_product()
    for hour, quantity in enumerate(("3", "3", "4", "2")):
        use(manager, product, NOON + hour * HOUR, quantity)
    run()
    lines = BillLine.objects.order_by("cycle_start")
    assert [parts(line)[2:] for line in lines] == [(3, 0, 0), (2, 1, 0), (0, 3, 1), (0, 0, 2)]
    assert Statement.objects.get().due == D("7.00")


@pytest.mark.rule("A2.16", "A4.6")
def test_vouchers_pay_first_and_a_trusteed_members_own_not_at_all(manager, member):
    product, end = make_product(), NOON + 10 * DAY
    trusteed(manager, member, since=NOON - DAY)
    facts = {"face": D("5.00"), "balance": D("5.00"), "valid_until": end, "valid_from": NOON - DAY}
    own, his = Voucher.objects.create(account=member, **facts), Voucher.objects.create(account=manager, **facts)
    use(member, product, NOON, "2")
    use(manager, product, NOON, "3")
    use(manager, product, NOON + HOUR, "3")
    run()
    assert BillLine.objects.get(owner=member).voucher == 0
    assert list(BillLine.objects.filter(owner=manager).order_by("cycle_start").values_list("voucher", flat=True)) == [
        3,
        2,
    ]
    own.refresh_from_db()
    his.refresh_from_db()
    assert (own.balance, his.balance, his.uses.count()) == (5, 0, 2)
