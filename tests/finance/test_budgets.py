"""Budgets: what counts on them, what they forecast, one message for each threshold, what they stop."""

from datetime import UTC, datetime

import pytest

from accounts.models import Event, Folder, Message
from accounts.permissions import Point, Role
from accounts.services.directory import create_folder, open_directory
from config.errors import InputError, NotAllowed, NotFound
from config.jobs import run_due
from finance.cycles import month_of
from finance.models import Budget, BudgetCrossing, PurchaseStop
from finance.services.budget_watch import evaluate_budgets
from finance.services.budgets import BillsHidden, Plan, change_budget, create_budget, go_on_with_budget, pause_budget
from finance.services.spent import spent_on
from tests.accounts.linking import dissolve
from tests.factories import acting, make_account, make_operator, make_relationship, owner_of
from tests.finance.bills import make_product
from tests.finance.funds import D, mover, top_up
from tests.finance.limiting import DAY, MAY, bill, budget, entrust

pytestmark = pytest.mark.django_db
JUNE = datetime(2031, 6, 3, tzinfo=UTC)


@pytest.fixture
def link(manager, member):
    return make_relationship(manager, member)


def spent(one: Budget, at=MAY):
    return spent_on(budgets=[one.pk], months=[month_of(at)], at=at)[one.pk, month_of(at)]


def crossed(kind="budget.crossed"):
    events = Event.objects.filter(kind=kind).order_by("pk")
    return [(event.facts["purpose"], event.facts["percent"]) for event in events]


def test_a_member_budget_counts_what_the_member_uses_whoever_pays(manager, member, link):
    one = budget(manager, relationship_id=link.pk)
    bill(member, "30.00")
    bill(manager, "7.00", owner=member)
    bill(manager, "500.00")
    bill(member, "900.00", at=MAY - 30 * DAY)
    assert spent(one).actual == D("37.00")


@pytest.mark.rule("K1.2")
def test_bills_that_a_member_does_not_show_do_not_count(manager, member, link):
    one = budget(manager, relationship_id=link.pk)
    bill(member, "30.00")
    link.points = [Point.VIEW_BALANCE]
    link.save(update_fields=["points"])
    assert spent(one).actual == 0
    with pytest.raises(BillsHidden):
        budget(manager, relationship_id=link.pk)
    entrust(link)
    bill(manager, "7.00", owner=member)
    assert spent(budget(manager, relationship_id=link.pk)).actual == D("7.00")


def test_a_folder_counts_everything_below_it_and_the_whole_group_everything(manager, member, link):
    actor = acting(manager)
    root = open_directory(actor=actor, account=manager)
    upper = create_folder(actor=actor, account=manager, parent_id=root.pk, name="北方")
    lower = create_folder(actor=actor, account=manager, parent_id=upper.pk, name="北京")
    other = make_relationship(manager, make_account())
    for one, folder in ((link, lower), (other, upper)):
        one.folder = folder
        one.save(update_fields=["folder"])
    for account, amount in ((member, "30.00"), (other.member, "5.00"), (manager, "1.00"), (make_account(), "99.00")):
        bill(account, amount)
    whole, above, below = budget(manager), budget(manager, folder_id=upper.pk), budget(manager, folder_id=lower.pk)
    assert [spent(one).actual for one in (whole, above, below)] == [D("36.00"), D("35.00"), D("30.00")]


def test_a_product_budget_counts_that_product_alone(manager):
    product = make_product()
    one = budget(manager, product_id=product.pk)
    bill(manager, "8.00", product=product)
    bill(manager, "100.00")
    assert spent(one).actual == D("8.00")


def test_the_forecast_goes_on_as_in_the_last_seven_days(manager):
    one = budget(manager)
    bill(manager, "1000.00", at=MAY - 10 * DAY)
    for days in range(1, 8):
        bill(manager, "20.00", at=MAY - days * DAY)
    # 20.00 a day for the 11.5 days that are left of May
    assert (spent(one).actual, spent(one).forecast) == (D("1140.00"), D("1370.00"))
    assert spent(one, at=JUNE).forecast == 0
    past = spent_on(budgets=[one.pk], months=[month_of(MAY)], at=JUNE)[one.pk, month_of(MAY)]
    assert past.forecast == past.actual == D("1140.00")


@pytest.mark.rule("A2.11")
def test_each_threshold_is_told_once_to_the_managers_people_alone(manager, member, link):
    entrust(link)
    finance = make_operator(manager, Role.FINANCE)
    one = budget(manager, "100.00", relationship_id=link.pk, actual=[50, 80, 100], forecast=[])
    bill(manager, "50.00", owner=member, at=MAY - 8 * DAY)
    assert [evaluate_budgets(now=MAY) for _time in range(3)] == [1, 0, 0]
    assert crossed() == [("actual", 50)]
    bill(manager, "60.00", owner=member)
    assert evaluate_budgets(now=MAY) == 2
    assert crossed() == [("actual", 50), ("actual", 80), ("actual", 100)]
    assert BudgetCrossing.objects.filter(budget=one, month="2031-05-01").count() == 3
    run_due()
    people = {message.user for message in Message.objects.filter(event__kind="budget.crossed")}
    assert people == {owner_of(manager), finance}
    bill(manager, "55.00", owner=member, at=JUNE)
    assert evaluate_budgets(now=JUNE) == 1


def test_a_forecast_is_told_before_the_money_is_spent(manager):
    budget(manager, "300.00", actual=[100], forecast=[100])
    for days in range(1, 8):
        bill(manager, "20.00", at=MAY - days * DAY)
    assert evaluate_budgets(now=MAY) == 1
    assert crossed() == [("forecast", 100)]


@pytest.mark.parametrize(("action", "state"), [("notify", None), ("stop", "active"), ("ask", "asked")])
def test_at_the_whole_the_action_follows(manager, member, link, action, state):
    budget(manager, "100.00", relationship_id=link.pk, actual=[], forecast=[80], action=action)
    bill(member, "99.99", at=MAY - 9 * DAY)
    evaluate_budgets(now=MAY)
    assert not PurchaseStop.objects.exists()
    bill(member, "0.01", at=MAY - 9 * DAY)
    evaluate_budgets(now=MAY)
    assert [one.state for one in PurchaseStop.objects.all()] == ([state] if state else [])
    assert Event.objects.filter(kind="budget.crossed", facts__stops=1).count() == (1 if state else 0)


def test_a_folder_stops_everybody_in_it_and_nobody_else(manager, member, link):
    root = open_directory(actor=acting(manager), account=manager)
    link.folder = root
    link.save(update_fields=["folder"])
    outside = make_relationship(manager, make_account())
    budget(manager, "10.00", folder_id=root.pk, action="stop")
    bill(member, "10.00")
    evaluate_budgets(now=MAY)
    assert [one.relationship for one in PurchaseStop.objects.all()] == [link]
    assert outside.member.pk not in PurchaseStop.objects.values_list("relationship__member", flat=True)


def test_a_higher_amount_opens_thresholds_again_and_lifts_the_stop(manager, member, link):
    one = budget(manager, "100.00", relationship_id=link.pk, actual=[100], forecast=[], action="stop")
    bill(member, "100.00")
    evaluate_budgets(now=MAY)
    plan = Plan(name="加倍", amount=D("200.00"), relationship_id=link.pk, actual=[100], forecast=[], action="stop")
    change_budget(actor=mover(manager), budget_id=one.pk, plan=plan, now=MAY)
    assert (BudgetCrossing.objects.count(), PurchaseStop.objects.get().state) == (0, "lifted")
    bill(member, "100.00")
    assert evaluate_budgets(now=MAY) == 1
    assert PurchaseStop.objects.filter(state="active").count() == 1


def test_a_paused_budget_tells_and_stops_nothing(manager, member, link):
    one = budget(manager, "10.00", relationship_id=link.pk, action="stop")
    bill(member, "10.00")
    evaluate_budgets(now=MAY)
    pause_budget(actor=mover(manager), budget_id=one.pk, now=MAY)
    assert PurchaseStop.objects.get().state == "lifted"
    bill(member, "10.00", at=JUNE)
    assert evaluate_budgets(now=JUNE) == 0
    go_on_with_budget(actor=mover(manager), budget_id=one.pk)
    assert evaluate_budgets(now=JUNE) > 0


def test_dissolving_pauses_the_members_budgets(manager, link):
    one, whole = budget(manager, relationship_id=link.pk), budget(manager)
    dissolve(link)
    assert list(Budget.objects.filter(active=True)) == [whole]
    assert Event.objects.get(kind="budget.paused").subject_id == one.pk


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"amount": "0.00"}, "amount"),
        ({"amount": "1.005"}, "amount"),
        ({"actual": [0]}, "actual"),
        ({"forecast": [501]}, "forecast"),
        ({"actual": list(range(1, 10))}, "actual"),
        ({"actual": [], "forecast": []}, "actual"),
        ({"name": " "}, "name"),
        ({"action": "explode"}, "action"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(manager, more, field):
    with pytest.raises(InputError) as refused:
        budget(manager, **more)
    assert refused.value.field == field


def test_only_ones_own_members_and_folders_and_only_by_who_moves_funds(manager, member, link, stranger):
    foreign = Folder.objects.create(owner=stranger, name="别人")
    for more in ({"relationship_id": link.pk + 1}, {"folder_id": foreign.pk}, {"product_id": 10**9}):
        with pytest.raises(NotFound):
            budget(manager, **more)
    with pytest.raises(InputError):
        budget(manager, relationship_id=link.pk, folder_id=foreign.pk)
    viewer = acting(manager, make_operator(manager, Role.VIEWER))
    with pytest.raises(NotAllowed):
        create_budget(actor=viewer, account=manager, plan=Plan("x", D("1.00")))
    one = budget(manager)
    for act in (pause_budget, go_on_with_budget):
        with pytest.raises(NotFound):
            act(actor=mover(stranger), budget_id=one.pk)


def test_many_budgets_are_held_against_the_month_by_few_queries(manager, django_assert_num_queries):
    top_up(manager, "100.00")
    bill(manager, "10.00")
    for _number in range(30):
        budget(manager, relationship_id=make_relationship(manager, make_account(), kind="partner").pk)
    with django_assert_num_queries(4):
        evaluate_budgets(now=MAY)
