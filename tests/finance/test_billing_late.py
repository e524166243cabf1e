"""The billing run: commitments, what comes late or has no price yet, and its jobs."""

from datetime import datetime

import pytest
from django.db.models import F, Sum

from config.jobs import run_due
from finance import policy
from finance.models import BillingShard, BillLine, Commitment, CommitmentUse, Coupon, Entry, LateUsage, Statement
from finance.models.usage import SHARDS
from finance.services.billing import bill_next, plan_billing
from tests.finance.billing_runs import DAY, HOUR, NOON, commit, lend, run, trusteed
from tests.finance.bills import make_product, set_price, use
from tests.finance.funds import D, funds, top_up

pytestmark = pytest.mark.django_db


@pytest.mark.rule("A2.2")
def test_a_shared_commitment_covers_the_owner_first_whoever_is_billed_first(manager, member):
    product = make_product("2")
    trusteed(manager, member, since=NOON - DAY)
    Commitment.objects.create(
        account=manager,
        kind="reserved",
        product=product,
        per_cycle=D("5"),
        shared=True,
        valid_from=NOON - DAY,
        valid_until=NOON + DAY,
    )
    use(manager, product, NOON, "3")
    use(member, product, NOON, "4")
    run(shards=[member.pk % SHARDS])
    run()
    covered = dict(BillLine.objects.values_list("owner", "covered"))
    assert covered == {manager.pk: D("6"), member.pk: D("4")}
    assert dict(CommitmentUse.objects.values_list("consumer", "quantity")) == {manager.pk: D("3"), member.pk: D("2")}
    assert BillLine.objects.get(owner=member).payable == D("4.00")


def test_a_commitment_that_is_not_shared_covers_its_owner_only(manager, member):
    product = make_product("2")
    trusteed(manager, member, since=NOON - DAY)
    commit(manager, kind="savings")
    use(manager, product, NOON, "4")
    use(member, product, NOON, "4")
    run()
    assert dict(BillLine.objects.values_list("owner", "covered")) == {manager.pk: D("5"), member.pk: D("0")}


def late(account, product, moment: datetime, quantity: str, **more) -> None:
    """As intake does with what comes after its cycle was billed."""
    row = use(account, product, moment, quantity, **more)
    facts = {"shard": row.shard, "owner_id": account.pk, "product_id": product.pk, "instance": row.instance}
    LateUsage.objects.get_or_create(**facts, cycle_start=row.cycle_start, cycle_end=row.cycle_end)


@pytest.mark.rule("A2.2")
def test_what_comes_late_takes_what_its_cycle_has_left_and_a_correction_leaves_it_free_again(manager, member):
    """Five units an hour at 2.00: two are used in time, eight come late, six of them are taken back."""
    product = make_product("2")
    commit(manager, kind="reserved", product=product)
    use(manager, product, NOON, "2")
    run()
    late(manager, product, NOON, "8")
    run()
    late(manager, product, NOON, "-6")
    run()
    lines = list(BillLine.objects.order_by("revision").values_list("quantity", "covered", "payable"))
    assert lines == [(2, D("4"), D("0")), (8, D("6"), D("10")), (-6, D("-2"), D("-10"))]
    uses = list(CommitmentUse.objects.order_by("pk").values_list("quantity", "amount", "line__revision"))
    assert uses == [(2, 4, 0), (3, 6, 1), (-1, -2, 2)]
    late(manager, product, NOON, "3")
    run()
    line = BillLine.objects.get(revision=3)
    assert (line.covered, line.payable) == (D("2"), D("4.00"))


def test_a_savings_plan_covers_yuan_of_its_own_cycle(manager):
    hourly, daily = make_product("1"), make_product("1", cycle="day")
    commit(manager, kind="savings", cycle="day")
    use(manager, hourly, NOON, "4")
    use(manager, daily, NOON, "4")
    use(manager, daily, NOON, "4", instance="other")
    run(until=NOON + DAY)
    covered = BillLine.objects.values_list("product").annotate(sum=Sum("covered"))
    assert dict(covered) == {hourly.pk: D("0"), daily.pk: D("5")}


@pytest.mark.rule("A2.16")
def test_a_coupon_for_usage_makes_the_first_line_cheaper_that_it_can_be_used_up_on(manager, member):
    product = make_product("1")
    trusteed(manager, member, since=NOON - DAY)
    since = {"valid_from": NOON - DAY, "valid_until": NOON + DAY, "pay_mode": "postpaid"}
    coupon = Coupon.objects.create(account=manager, off=D("3.00"), **since)
    Coupon.objects.create(account=member, off=D("1.00"), **since)
    for account, hour, quantity in ((manager, -2, "2"), (member, -1, "9"), (manager, -1, "5"), (manager, 0, "5")):
        use(account, product, NOON + hour * HOUR, quantity)
    run()
    (line,) = BillLine.objects.exclude(coupon=0)
    coupon.refresh_from_db()
    assert (line.cycle_start, line.coupon, line.payable) == (NOON - HOUR, D("3.00"), D("2.00"))
    assert (coupon.line, Coupon.objects.filter(used_at=None).count()) == (line, 1)
    late(manager, product, NOON - HOUR, "-4")
    run()
    assert BillLine.objects.filter(owner=manager).aggregate(sum=Sum("payable"))["sum"] == D("7.00")
    line = BillLine.objects.get(revision=1)
    assert (line.gross, line.coupon, line.payable) == (D("-4"), D("-2.00"), D("-2.00"))


def test_late_usage_is_billed_by_the_difference_in_the_next_open_statement(manager):
    product = make_product()
    set_price(product, {"0": "1", "10": "0.5"}, since=NOON - DAY)
    top_up(manager, "100.00")
    use(manager, product, NOON, "8")
    run()
    statement = Statement.objects.get()
    statement.issue(at=NOON, due_on=NOON.date())
    statement.save(update_fields=["state", "issued_at", "due_on"])
    late(manager, product, NOON, "4")
    assert (run().lines, run().lines) == (1, 0)
    line = BillLine.objects.get(revision=1)
    assert (line.quantity, line.payable, line.statement.month.month) == (4, D("3.00"), 4)
    late(manager, product, NOON, "-7")
    run()
    line = BillLine.objects.get(revision=2)
    assert (line.quantity, line.payable, line.cash) == (-7, D("-6.00"), D("-6.00"))
    assert funds(manager).cash == D("95.00")
    assert not LateUsage.objects.exists()


def test_usage_without_a_price_waits_until_there_is_one(manager):
    product = make_product()
    product.prices.all().delete()
    use(manager, product, NOON, "2")
    assert (run().lines, LateUsage.objects.count()) == (0, 1)
    set_price(product, {"0": "3"}, since=NOON + 2 * DAY)
    assert run().lines == 0
    set_price(product, {"0": "4"}, since=NOON + HOUR / 2)  # within the cycle; staff cannot set one for the past
    assert run().payable == D("8.00")


def test_what_no_bill_can_hold_waits_and_stops_nobody_elses_bill(manager, member):
    """Whoever meters a thousand million million units has made a mistake; a correction of it is billed."""
    product = make_product("100")
    use(manager, product, NOON, "999999999999999")
    use(member, product, NOON, "1")
    assert run().payable == D("100.00")
    assert LateUsage.objects.get().owner_id == manager.pk
    late(manager, product, NOON, "-999999999999997")
    assert run().payable == D("200.00")
    late(manager, product, NOON, "999999999999997")
    assert (run().lines, LateUsage.objects.count()) == (0, 1)


def test_lines_ledger_and_statements_agree(manager, member):
    top_up(manager, "3.33")
    lend(manager, "2.22")
    trusteed(manager, member, since=NOON)
    for hour in range(-3, 4):
        for account in (manager, member):
            use(account, make_product("0.3333"), NOON + hour * HOUR, "2.5")
    run()
    lines = BillLine.objects.aggregate(sum=Sum("payable"), moved=Sum(F("cash") + F("credit") + F("outstanding")))
    revenue = Entry.objects.filter(book__kind="revenue").aggregate(sum=Sum("amount"))["sum"]
    assert lines["sum"] == lines["moved"] == revenue == Statement.objects.aggregate(sum=Sum("payable"))["sum"]


def test_the_job_bills_day_by_day_up_to_a_moment_ago(manager):
    for day in range(3):
        use(manager, make_product(), NOON + day * DAY, "1")
    now = NOON + 5 * DAY
    until = plan_billing(now=now)
    assert until == now - policy.BILLING_DELAY
    first = manager.pk % SHARDS // policy.BILLING_SHARDS_PER_JOB * policy.BILLING_SHARDS_PER_JOB
    assert [bill_next(first=first, until=until, now=now) for _step in range(2)] == [False, False]
    assert BillLine.objects.count() == 3
    assert bill_next(first=first, until=until, now=now)
    assert BillingShard.objects.get(number=manager.pk % SHARDS).billed_until == until


def test_jobs_bill_what_was_used(manager):
    use(manager, make_product(), NOON, "1")
    plan_billing()
    while run_due():
        pass
    assert BillLine.objects.count() == 1
