"""Staff look at budgets, alerts, stops and services at risk, and change none of them."""

import pytest
from django.urls import reverse
from django.utils import timezone

from finance.models import BalanceAlert, Budget, PurchaseStop, Suspension
from finance.services.alerts import set_alert
from finance.services.budget_watch import evaluate_budgets
from finance.services.suspensions import review_payers
from tests.accounts.linking import queries
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, mover
from tests.finance.limiting import bill, budget
from tests.staff import make_staff, pages, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]
OURS = (Budget, BalanceAlert, PurchaseStop, Suspension)


def put_one_of_each():
    """A budget that is spent and stops its member, an alert, a service in its grace."""
    manager, now = make_account(), timezone.now()
    link = make_relationship(manager, make_account())
    budget(manager, "10.00", relationship_id=link.pk, action="stop", now=now)
    bill(link.member, "10.00", at=now)
    evaluate_budgets()
    set_alert(actor=mover(manager), account=manager, threshold=D("5.00"))
    review_payers()


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True))


def test_every_page_opens_shows_what_happened_and_offers_no_change(boss):
    put_one_of_each()
    for url in [url for model in OURS for url in pages(model)]:
        answer = boss.get(url)
        assert answer.status_code == 200
        assert 'name="_save"' not in answer.text
    one = Budget.objects.get()
    text = boss.get(reverse("admin:finance_budget_change", args=[one.pk])).text
    assert "Thresholds reached" in text
    assert one.name in text


@pytest.mark.parametrize("model", OURS)
def test_nothing_is_added_changed_or_deleted(boss, model):
    put_one_of_each()
    row, name = model.objects.get(), f"admin:finance_{model._meta.model_name}"
    for address in (reverse(f"{name}_add"), reverse(f"{name}_delete", args=[row.pk])):
        assert boss.get(address).status_code == 403
    assert boss.post(reverse(f"{name}_change", args=[row.pk]), {"name": "x"}).status_code in {302, 403}
    assert model.objects.values().get() == {field.attname: getattr(row, field.attname) for field in model._meta.fields}


def test_without_the_right_a_page_is_closed():
    put_one_of_each()
    browser = staff_browser(make_staff("view_budget"))
    assert browser.get(reverse("admin:finance_budget_changelist")).status_code == 200
    assert browser.get(reverse("admin:finance_suspension_changelist")).status_code == 403


def test_many_rows_cost_as_much_as_one(boss):
    put_one_of_each()
    lists = [reverse(f"admin:finance_{model._meta.model_name}_changelist") for model in OURS]
    few = [queries(boss, url) for url in lists]
    for _number in range(4):
        put_one_of_each()
    assert [queries(boss, url) for url in lists] == few
