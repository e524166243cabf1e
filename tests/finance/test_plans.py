"""Repayment plans: made with consent, paid as far as own cash goes, each statement once, until nothing waits."""

from datetime import timedelta

import pytest

from accounts.actors import PointMissing
from accounts.models import Event, Relationship
from accounts.permissions import P1, P2, Role
from config.errors import InputError, NotAllowed, NotFound
from config.jobs import run_due
from config.states import MoveRefused
from finance import policy
from finance.models import RepaymentPlan, Statement, Transfer, Trust
from finance.services.plan_runs import execute_plan, pay_item
from finance.services.plans import (
    ConsentMissing,
    NotPlannable,
    Wish,
    cancel_plan,
    create_plan,
    reason_against,
)
from finance.services.repayment import repay_statement
from finance.services.trusts import SettlesItself
from tests.accounts.linking import dissolve
from tests.factories import acting, make_account, make_operator, make_relationship
from tests.finance.billing import (
    JULY,
    JUNE,
    LATER,
    check_sums,
    confirmed,
    issued,
    make_line,
    statement_of,
)
from tests.finance.disputing import doubt, refuse
from tests.finance.funds import D, allot, fresh_key, funds, mover, top_up
from tests.finance.paying import announce
from tests.finance.paying import confirm as confirm_payment
from tests.finance.planning import fresh, owing, plan_for, statements, states

pytestmark = pytest.mark.django_db


@pytest.fixture
def links(manager):
    """Three members that let the manager repay, with confirmed statements of 30.00, 40.00 and 50.00 yuan."""
    return [owing(manager, amount) for amount in ("30.00", "40.00", "50.00")]


@pytest.mark.rule("K11.1", "K11.2", "A4.4")
def test_a_plan_settles_the_chosen_statements_in_one_go(links, manager):
    top_up(manager, "200.00")
    plan = plan_for(links)
    assert (plan.name, plan.state, [item.amount for item in plan.items.all()]) == ("六月还款", "active", [30, 40, 50])
    run_due()
    assert states(plan) == [("paid", 30), ("paid", 40), ("paid", 50)]
    assert (fresh(plan).state, funds(manager).cash) == ("completed", 80)
    assert all(statement_of(link.member).state == "settled" for link in links)
    assert Transfer.objects.filter(kind="repayment").count() == 3
    check_sums(*(link.member for link in links))


@pytest.mark.rule("K11.3")
def test_without_the_consent_there_is_no_plan(links):
    with pytest.raises(ConsentMissing) as refused:
        plan_for(links, consent=False)
    assert (refused.value.field, RepaymentPlan.objects.count()) == ("consent", 0)
    assert plan_for(links).consented_at == LATER


@pytest.mark.rule("K11.6")
def test_a_plan_is_completed_over_three_top_ups_own_arrears_first(links, manager):
    plan = plan_for(links)
    make_line(manager, "10.00")
    for number, (amount, wanted) in enumerate(
        [
            ("35.00", [("pending", 25), ("pending", 0), ("pending", 0)]),
            ("30.00", [("paid", 30), ("pending", 25), ("pending", 0)]),
        ]
    ):
        confirm_payment(announce(manager, D(amount)), number=f"BK-{number}")
        run_due()
        assert states(plan) == wanted
    assert funds(manager).arrears == 0
    confirm_payment(announce(manager, D("100.00")), number="BK-3")
    run_due()
    assert (fresh(plan).state, funds(manager).cash) == ("completed", 35)
    assert Event.objects.filter(kind="plan.completed").count() == 1
    check_sums(manager, *(link.member for link in links))


@pytest.mark.rule("K11.6")
def test_no_item_is_paid_while_the_manager_owes_more_than_it_has(links, manager):
    plan = plan_for(links)
    make_line(manager, "100.00")
    top_up(manager, "60.00")
    assert execute_plan(plan_id=plan.pk, now=LATER) == 0
    assert (funds(manager).arrears, funds(manager).cash) == (40, 0)


@pytest.mark.rule("K11.6")
def test_cash_that_arrives_between_is_not_taken_from_own_arrears(links, manager):
    plan = plan_for(links)
    make_line(manager, "100.00")
    top_up(manager, "60.00")
    assert pay_item(item_id=plan.items.order_by("position")[0].pk, now=LATER) == 0
    assert funds(manager).cash == 60


def test_only_own_cash_pays(links, manager, stranger):
    above = make_relationship(stranger, manager, kind="partner")
    plan = plan_for(links)
    top_up(stranger, "500.00")
    allot(above, "500.00")
    assert (execute_plan(plan_id=plan.pk, now=LATER), funds(manager).allotted) == (0, 500)


@pytest.mark.parametrize(
    ("order", "wanted"), [("oldest_due", [15, 55, 0]), ("as_listed", [60, 10, 0]), ("smallest", [0, 20, 50])]
)
def test_the_order_decides_who_is_paid_first(manager, order, wanted):
    links = [owing(manager, amount) for amount in ("60.00", "55.00", "50.00")]
    for days, link in zip((1, 0, 2), links, strict=True):
        Statement.objects.filter(account=link.member).update(due_on=LATER.date() + timedelta(days=days))
    plan = plan_for(links, order=order)
    top_up(manager, "70.00")
    execute_plan(plan_id=plan.pk, now=LATER)
    assert [item.paid for item in plan.items.order_by("position")] == wanted


@pytest.mark.rule("K11.4")
def test_a_plan_is_cancelled_as_long_as_something_is_unpaid_and_what_was_paid_stays(links, manager):
    top_up(manager, "50.00")
    plan = plan_for(links)
    run_due()
    cancelled = cancel_plan(actor=mover(manager), plan_id=plan.pk)
    assert cancelled.state == "cancelled"
    assert states(plan) == [("paid", 30), ("skipped", 20), ("skipped", 0)]
    top_up(manager, "100.00")
    assert execute_plan(plan_id=plan.pk, now=LATER) == 0
    assert (funds(manager).cash, statement_of(links[1].member).due) == (100, 20)
    assert cancel_plan(actor=mover(manager), plan_id=plan.pk).state == "cancelled"
    assert plan_for(links[1:]).items.count() == 2


@pytest.mark.rule("K11.5")
def test_a_completed_plan_is_not_cancelled(links, manager):
    top_up(manager, "200.00")
    plan = plan_for(links)
    execute_plan(plan_id=plan.pk, now=LATER)
    with pytest.raises(MoveRefused):
        cancel_plan(actor=mover(manager), plan_id=plan.pk)
    assert fresh(plan).state == "completed"


def test_what_the_member_paid_itself_is_settled_elsewhere(links, manager):
    plan = plan_for(links)
    member = links[0].member
    top_up(member, "30.00")
    repay_statement(actor=mover(member), statement_id=statement_of(member).pk, key=fresh_key(), now=LATER)
    run_due()
    assert states(plan)[0] == ("elsewhere", 0)
    assert fresh(plan).state == "active"


@pytest.mark.rule("K8.9")
def test_a_dissolved_member_is_skipped_at_once_and_what_was_paid_stays(links, manager):
    top_up(manager, "20.00")
    plan = plan_for(links)
    run_due()
    dissolve(links[0])
    run_due()
    item = plan.items.get(position=0)
    assert (item.state, item.paid, item.reason) == ("skipped", 20, "dissolved")
    assert statement_of(links[0].member).repaid == 20
    check_sums(links[0].member)


def test_a_member_that_takes_the_right_back_is_skipped(links, manager):
    plan = plan_for(links)
    Relationship.objects.filter(pk=links[1].pk).update(points=sorted(P1))
    top_up(manager, "200.00")
    execute_plan(plan_id=plan.pk, now=LATER)
    assert states(plan) == [("paid", 30), ("skipped", 0), ("paid", 50)]
    assert plan.items.get(position=1).reason == "withdrawn"
    assert fresh(plan).state == "completed"


def trustee(link, at=JUNE):
    return Trust.objects.create(
        relationship=link, manager=link.manager, member=link.member, state="agreed", starts_at=at, expires_at=LATER
    )


@pytest.mark.rule("A2.14")
def test_a_member_in_trust_takes_no_part(links, manager):
    plan = plan_for(links[:1])
    trustee(links[0])
    trustee(links[1])
    with pytest.raises(SettlesItself):
        plan_for(links[1:])
    top_up(manager, "200.00")
    execute_plan(plan_id=plan.pk, now=LATER)
    assert plan.items.get().reason == "trusteed"
    assert reason_against(link=links[2], trusteed=()) is None


def test_a_disputed_amount_waits_for_its_answer(manager):
    link = make_relationship(manager, make_account(), points=P2)
    line = make_line(link.member, "30.00")
    make_line(link.member, "70.00")
    issued(link.member)
    dispute = doubt(line, "20.00")
    confirmed(link.member)
    top_up(manager, "500.00")
    plan = plan_for([link])
    assert plan.items.get().amount == 80
    run_due()
    assert states(plan) == [("pending", 80)]
    refuse(dispute)
    run_due()
    assert (states(plan), fresh(plan).state) == ([("paid", 100)], "completed")
    check_sums(link.member)


@pytest.mark.rule("K11.1", "K7.6")
def test_whose_statements_can_be_planned(links, manager, stranger):
    seeing = owing(manager, "10.00", points=P1)
    with pytest.raises(PointMissing):
        plan_for([seeing])
    with pytest.raises(NotFound):
        plan_for(links, statements=[10**9])
    foreign = make_relationship(stranger, make_account(), points=P2)
    make_line(foreign.member, "5.00")
    confirmed(foreign.member)
    with pytest.raises(NotFound):
        plan_for(links, statements=statements([foreign]))
    make_line(manager, "5.00")
    with pytest.raises(NotFound):
        plan_for(links, statements=[confirmed(manager).pk])
    wish = Wish("x", statements(links), consent=True)
    with pytest.raises(NotAllowed):
        create_plan(actor=acting(manager, make_operator(manager, Role.VIEWER)), account=manager, wish=wish)
    with pytest.raises(NotFound):
        create_plan(actor=mover(stranger), account=manager, wish=wish)


def test_what_is_not_confirmed_or_waits_in_a_plan_is_not_planned_again(links, manager, stranger):
    waiting = make_relationship(manager, make_account(), points=P2)
    make_line(waiting.member, "5.00", JULY)
    issued(waiting.member, JULY)
    with pytest.raises(NotPlannable):
        plan_for(links, statements=[statement_of(waiting.member, JULY).pk])
    plan_for(links[:1])
    with pytest.raises(NotPlannable):
        plan_for(links)
    other = make_relationship(stranger, links[0].member, kind="partner", points=P2)
    with pytest.raises(NotPlannable):
        plan_for([other])


@pytest.mark.parametrize(
    ("field", "more"),
    [
        ("name", {"name": ""}),
        ("name", {"name": "x" * 61}),
        ("name", {"name": "a\u202eb"}),
        ("statements", {"statements": []}),
        ("statements", {"statements": list(range(1, policy.PLAN_ITEMS_MAX + 2))}),
        ("order", {"order": "random"}),
    ],
)
def test_what_is_wrong_with_a_plan_is_said_at_its_field(links, field, more):
    with pytest.raises(InputError) as refused:
        plan_for(links, **more)
    assert refused.value.field == field


def test_a_statement_is_chosen_once(links):
    with pytest.raises(InputError):
        plan_for(links, statements=statements(links) * 2)
