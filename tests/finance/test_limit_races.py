"""Jobs of many workers at once over real connections: still one message for each crossing, one row for each thing."""

import pytest

from accounts.models import Event
from finance.models import BudgetCrossing, PurchaseStop, Suspension
from finance.services.alerts import check_alerts, set_alert
from finance.services.budget_watch import evaluate_budgets
from finance.services.suspensions import review_payers
from tests.factories import make_relationship
from tests.finance.bills import make_product
from tests.finance.funds import D, mover, spend, top_up
from tests.finance.limiting import DAY, MAY, bill, budget
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 8


def all_together(act):
    """What each of the workers changed; none of them failed."""
    results = race(WORKERS, lambda _number: act())
    assert [one for one in results if isinstance(one, Exception)] == []
    return sorted(results)


@pytest.mark.rule("A2.11")
def test_a_low_balance_is_told_once(manager):
    top_up(manager, "100.00")
    set_alert(actor=mover(manager), account=manager, threshold=D("60.00"))
    spend(manager, "50.00")
    assert sum(all_together(check_alerts)) == 1
    assert Event.objects.filter(kind="balance.low").count() == 1


@pytest.mark.parametrize(("action", "stops"), [("notify", 0), ("stop", 1)])
def test_a_threshold_of_a_budget_is_told_once_and_stops_once(manager, member, action, stops):
    link = make_relationship(manager, member)
    budget(manager, "10.00", relationship_id=link.pk, actual=[50, 100], forecast=[], action=action)
    bill(member, "10.00")
    assert sum(all_together(lambda: evaluate_budgets(now=MAY))) == 2
    assert BudgetCrossing.objects.count() == Event.objects.filter(kind="budget.crossed").count() == 2
    assert PurchaseStop.objects.count() == Event.objects.filter(kind="purchase.stopped").count() == stops


@pytest.mark.rule("A2.5")
def test_a_service_is_warned_stopped_and_resumed_once(manager):
    bill(manager, "10.00", product=make_product())
    assert sum(all_together(lambda: review_payers(now=MAY))) == 1
    assert sum(all_together(lambda: review_payers(now=MAY + 2 * DAY))) == 1
    assert Suspension.objects.count() == 1
    kinds = Event.objects.filter(kind__startswith="service.").values_list("kind", flat=True)
    assert sorted(kinds) == ["service.grace", "service.suspended"]
