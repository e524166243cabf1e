"""Budgets, alerts, stops and services at risk as pages."""

from datetime import timedelta

import pytest
from django.utils import timezone

from finance.models import BalanceAlert, Budget, PurchaseStop
from finance.services.budget_watch import evaluate_budgets
from finance.services.purchase_stops import impose_stops
from finance.services.suspensions import review_payers
from tests.accounts.linking import dissolve
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, top_up
from tests.finance.limiting import bill, budget
from tests.finance.pages import WRONG_AMOUNTS, at, money, queries, send, shows
from tests.finance.test_suspensions import pay_arrears

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def link(manager, member):
    return make_relationship(manager, member)


def typed(**more):
    return {"name": "云资源", "amount": "100", "actual": ["50", "100"], "forecast": ["100"], "action": "stop"} | more


def test_a_budget_is_made_seen_changed_paused_and_goes_on(console, link, member):
    made = console.post(at("budget-create"), typed(relationship=link.pk))
    one = Budget.objects.get()
    assert made["Location"] == at("budget-detail", one.pk)
    bill(member, "60.00", at=timezone.now())
    page = console.get(at("budget-list"))
    [row] = page.context["rows"]
    assert (row.spent.actual, row.percent) == (D("60.00"), 60)
    assert member.name in page.text
    evaluate_budgets()
    detail = console.get(at("budget-detail", one.pk))
    assert {(one.basis, one.percent) for one in detail.context["crossings"]} >= {("actual", 50)}
    console.post(at("budget-edit", one.pk), typed(amount="2000", relationship=link.pk, name="加倍"))
    console.post(at("budget-pause", one.pk))
    assert shows(console.get(at("budget-detail", one.pk)), "Paused")
    console.post(at("budget-resume", one.pk))
    one.refresh_from_db()
    assert (one.name, one.amount, one.active) == ("加倍", D("2000.00"), True)


@pytest.mark.parametrize(("amount", "sentence"), WRONG_AMOUNTS.items())
def test_a_wrong_amount_is_told_at_the_field(console, amount, sentence):
    page = console.post(at("budget-create"), typed(amount=amount))
    assert page.status_code == 422
    assert shows(page, sentence)


def test_the_page_of_a_member_begins_its_budget(console, link):
    form = console.get(at("budget-create"), {"relationship": link.pk}).context["form"]
    assert form["relationship"].value() == link.pk
    assert console.get(at("budget-create"), {"relationship": "9" * 30}).status_code == 200


def test_own_and_members_thresholds_with_what_became_of_each(console, link, manager):
    hidden = make_relationship(manager, make_account(), kind="partner", points=["view_bills"])
    top_up(manager, "500.00")
    console.post(at("alert-own"), {"own-threshold": "400"})
    page = console.post(at("alert-members"), {"members-threshold": "50", "member": [link.pk, hidden.pk], "act": "set"})
    assert (page.context["done"], page.context["refused"]) == (1, 1)
    assert shows(page, "This account does not let you see its balance, so you cannot be told when it is low.")
    listed = console.get(at("alert-list"))
    assert listed.context["own"].alert.threshold == 400
    assert {row.account: row.is_low for row in listed.context["rows"]} == {link.member: True, hidden.member: False}
    assert money("¥500.00") in listed.text
    console.post(at("alert-members"), {"member": [link.pk], "act": "clear"})
    console.post(at("alert-own"), {"act": "clear"})
    assert not BalanceAlert.objects.exists()


def test_no_threshold_and_nobody_ticked_are_told(console, link):
    page = console.post(at("alert-own"), {"own-threshold": "-1"})
    assert page.status_code == 422
    assert shows(page, "The amount must be greater than zero.")
    page = console.post(at("alert-members"), {"members-threshold": "5"})
    assert page.status_code == 422
    assert shows(page, "Choose at least one account.")


def test_a_stop_is_set_with_a_reason_and_lifted_on_the_members_page(console, link):
    assert at("stop-create", link.pk) in console.get(at("member-detail", link.pk)).text
    console.post(at("stop-create", link.pk), {"reason": "先停一停"})
    page = console.get(at("member-detail", link.pk))
    assert shows(page, "New orders of this account are refused. What runs goes on.")
    assert "先停一停" in page.text
    console.post(at("stop-allow", link.pk))
    assert PurchaseStop.objects.get().state == "lifted"


@pytest.mark.parametrize(("act", "state"), [("stop-approve", "active"), ("stop-decline", "declined")])
def test_what_a_budget_asks_is_decided_on_its_page(console, link, manager, act, state):
    one = budget(manager, "10.00", relationship_id=link.pk, action="ask", now=timezone.now())
    bill(link.member, "10.00", at=timezone.now())
    evaluate_budgets()
    stop = PurchaseStop.objects.get()
    page = console.get(at("stop-list"))
    assert page.context["waiting"] == [stop]
    assert one.name in page.text
    assert at("stop-list") in console.get(at("overview")).text
    console.post(at(act, stop.pk))
    stop.refresh_from_db()
    assert stop.state == state
    if state == "active":
        console.post(at("stop-lift", stop.pk))
        stop.refresh_from_db()
        assert stop.state == "lifted"


def test_services_at_risk_say_what_stops_when_and_what_to_do(console, manager):
    bill(manager, "12.34", at=timezone.now())
    review_payers()
    page = console.get(at("suspension-list"))
    assert money("¥12.34") in page.text
    assert at("top-up-create") in page.text
    assert shows(console.get(at("overview")), "See what to do")
    review_payers(now=timezone.now() + timedelta(days=2))
    assert console.get(at("suspension-list")).context["stopped"] == 1
    top_up(manager, "50.00")
    pay_arrears(manager)
    review_payers(now=timezone.now() + timedelta(days=2))
    assert shows(console.get(at("suspension-list")), "Running again")


def test_after_dissolving_nothing_limits_the_member(console, link):
    dissolve(link)
    assert console.post(at("stop-create", link.pk), {"reason": ""}).status_code == 409
    assert at("stop-create", link.pk) not in console.get(at("member-detail", link.pk)).text


def test_a_budget_without_its_form_is_nothing(console):
    assert send(console, at("budget-create")).status_code == 422


def test_as_many_queries_for_many_rows_as_for_one(console, manager):
    def grow(count):
        for _number in range(count):
            member = make_relationship(manager, make_account())
            one = budget(manager, relationship_id=member.pk, now=timezone.now())
            impose_stops(budget=one, links=[member], ask=False, at=timezone.now())
            bill(manager, "1.00", at=timezone.now())
        review_payers()

    grow(1)
    pages = ("budget-list", "alert-list", "stop-list", "suspension-list")
    few = {name: queries(console, at(name)) for name in pages}
    grow(4)
    assert {name: queries(console, at(name)) for name in pages} == few
