"""One month of a group in management mode: funds, usage, a statement, its dispute, and a plan over three top-ups."""

from datetime import datetime, timedelta

import pytest

from accounts.models import Account, Relationship
from accounts.permissions import P2
from finance.cycles import ZONE
from finance.models import BillLine, Commitment, CommitmentUse, RepaymentPlan, Statement, Voucher
from finance.models.usage import SHARDS
from finance.services.billing import bill_usage
from finance.services.credit import allot_credit, grant_credit
from finance.services.disputes import accept_dispute, raise_dispute
from finance.services.plan_runs import execute_plan
from finance.services.plans import Wish, create_plan
from finance.services.statements import confirm_statement, issue_statements
from tests.factories import make_account, make_relationship
from tests.finance.billing_runs import trusteed
from tests.finance.bills import make_product, use
from tests.finance.funds import D, allot, books_sum, funds, mover, recall, staff, top_up

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 1, tzinfo=ZONE)
ISSUED = datetime(2026, 4, 2, 13, tzinfo=ZONE)
DAY = timedelta(days=1)


@pytest.fixture
def link(manager: Account, member: Account) -> Relationship:
    """The member has 100.00 of the manager's 500.00 cash and 200.00 of its 1,000.00 credit."""
    found = make_relationship(manager, member, points=P2, at=FIRST - 9 * DAY)
    top_up(manager, "500.00")
    allot(found, "100.00")
    grant_credit(actor=staff(), account=manager, limit=D("1000.00"), now=FIRST - DAY)
    allot_credit(actor=mover(manager), relationship_id=found.pk, amount=D("200.00"), now=FIRST - DAY)
    return found


def bill_march() -> None:
    until = FIRST + 31 * DAY + timedelta(hours=1)
    bill_usage(shards=range(SHARDS), until=until, now=until)


def month_of_use(account: Account, price: str = "1") -> Statement:
    """Ten days of eight hours at one unit each: eighty yuan at a price of one."""
    product = make_product(price)
    for day in range(10):
        for hour in range(8):
            use(account, product, FIRST + day * DAY + timedelta(hours=hour), "1")
    bill_march()
    issue_statements(now=ISSUED)
    return Statement.objects.get(account=account)


@pytest.mark.rule("K7.6", "A4.2", "A4.4", "A3.2")
def test_a_member_spends_what_it_was_given_and_the_manager_settles_the_rest(manager, member, link):
    statement = month_of_use(member, "3")
    assert (statement.payable, statement.cash, statement.credit, statement.outstanding) == (
        D("240.00"),
        D("100.00"),
        D("140.00"),
        D("0.00"),
    )
    assert funds(manager).cash == D("400.00")
    confirm_statement(actor=mover(manager), statement_id=statement.pk, through=link.pk, now=ISSUED)
    plan = planned(manager, statement)
    execute_plan(plan_id=plan.pk, now=ISSUED)
    assert (funds(manager).cash, funds(member).credit_used) == (D("260.00"), D("0.00"))
    assert (Statement.objects.get().state, RepaymentPlan.objects.get().state) == ("settled", "completed")
    assert books_sum() == 0


def planned(manager: Account, *statements: Statement) -> RepaymentPlan:
    wish = Wish(name="三月还款", statements=[one.pk for one in statements], consent=True)
    return create_plan(actor=mover(manager), account=manager, wish=wish, now=ISSUED)


@pytest.mark.rule("K11.1", "K11.6")
def test_a_plan_is_completed_over_three_top_ups(manager, member, link):
    statement = month_of_use(member, "3")
    confirm_statement(actor=mover(manager), statement_id=statement.pk, through=link.pk, now=ISSUED)
    spare = make_relationship(manager, make_account(), kind="partner")
    allot(spare, "400.00")  # so that nothing is left
    plan = planned(manager, statement)
    paid = []
    for amount in ("50.00", "50.00", "50.00"):
        top_up(manager, amount)
        execute_plan(plan_id=plan.pk, now=ISSUED)
        paid.append(D("140.00") - Statement.objects.get().due)
    assert paid == [D("50.00"), D("100.00"), D("140.00")]
    assert (RepaymentPlan.objects.get().state, funds(manager).cash) == ("completed", D("10.00"))
    recall(spare, "400.00")


def test_what_staff_agree_was_wrong_comes_off_the_statement(manager, member, link):
    statement = month_of_use(member, "3")
    line = BillLine.objects.order_by("-cycle_start")[0]
    dispute = raise_dispute(actor=mover(member), line_id=line.pk, amount=D("2.50"), reason="停机期间", now=ISSUED)
    confirm_statement(actor=mover(member), statement_id=statement.pk, now=ISSUED)
    accept_dispute(actor=staff(), dispute_id=dispute.pk, answer="已核实", now=ISSUED + DAY)
    statement = Statement.objects.get(pk=statement.pk)
    assert (statement.due, funds(member).credit_used) == (D("137.50"), D("137.50"))
    assert books_sum() == 0


@pytest.mark.rule("A2.2", "A2.16")
def test_a_savings_plan_shared_by_three_and_a_voucher(manager, member):
    """The owner needs 4.00 an hour, two members 3.00 each; 8.00 are covered: its own 4, then 3 and 1."""
    other = make_account()
    for account in (member, other):
        trusteed(manager, account, since=FIRST - DAY)
    grant_credit(actor=staff(), account=manager, limit=D("1000.00"), now=FIRST - DAY)
    facts = {"valid_from": FIRST - DAY, "valid_until": FIRST + 40 * DAY}
    Commitment.objects.create(account=manager, kind="savings", per_cycle=D("8"), shared=True, **facts)
    Voucher.objects.create(account=member, face=D("5.00"), balance=D("5.00"), **facts)
    product = make_product("1")
    for account, quantity in ((manager, "4"), (member, "3"), (other, "3")):
        use(account, product, FIRST, quantity)
    bill_march()
    used = dict(CommitmentUse.objects.values_list("consumer", "amount"))
    assert sorted(used.values()) == [D("1"), D("3"), D("4")]
    assert used[manager.pk] == D("4")
    statement = Statement.objects.get(account=manager)
    assert (statement.payable, statement.credit, statement.voucher) == (D("2.00"), D("2.00"), D("0.00"))
    assert not Statement.objects.filter(account=member).exists()
