"""The page before dissolving tells what will become of money, to the fen (K8.6–K8.8)."""

import pytest
from django.urls import reverse

from accounts.models import Relationship
from accounts.services.relationships import FactsChanged
from finance.services.credit import allot_credit, grant_credit
from tests.accounts.linking import may_dissolve
from tests.factories import make_relationship
from tests.finance.funds import D, allot, books_sum, funds, mover, spend, staff, top_up
from tests.finance.pages import at, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def linked(manager, member):
    """A member that holds 300.00 yuan of its manager's cash and 200.00 of its credit."""
    top_up(manager, "1000.00")
    grant_credit(actor=staff(), account=manager, limit=D("500.00"))
    linked = make_relationship(manager, member)
    allot(linked, "300.00")
    allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("200.00"))
    return linked


def way_out(relationship):
    return reverse("accounts:member-dissolve", args=[relationship.pk])


def rules(page):
    return {finding.rule: finding for finding in [*page.context["blockers"], *page.context["consequences"]]}


@pytest.mark.rule("K8.7", "K8.8")
def test_the_rehearsal_names_the_sums_and_moves_nothing(console, linked, member):
    page = console.get(way_out(linked))
    assert "200.00" in str(rules(page)["K8.7"].sentence)
    assert "300.00" in str(rules(page)["K8.8"].sentence)
    assert Relationship.objects.get().is_in_force
    assert (funds(member).allotted, funds(member).cash, funds(member).credit_limit) == (300, 0, 200)


@pytest.mark.rule("K8.6")
def test_credit_in_use_stands_in_the_way_and_the_page_leads_to_what_helps(console, linked, member):
    spend(member, "350.00")
    page = console.get(way_out(linked))
    blocker = rules(page)["K8.6"]
    assert blocker.blocks
    assert "50.00" in str(blocker.sentence)
    assert at("allotment-create", linked.pk) in page.text
    assert page.context["form"] is None


@pytest.mark.rule("K8.7", "K8.8")
def test_money_that_moved_meanwhile_is_shown_before_anything_ends(console, linked, manager, member):
    read = console.get(way_out(linked)).context["form"]["seen"].value()
    spend(member, "0.01")
    may_dissolve(linked)
    refused = console.post(way_out(linked), {"understood": "on", "seen": read})
    assert refused.status_code == 409
    assert shows(refused, FactsChanged.sentence)
    assert "299.99" in str(rules(refused)["K8.8"].sentence)
    again = {"understood": "on", "seen": refused.context["form"]["seen"].value()}
    assert console.post(way_out(linked), again).status_code == 302
    assert Relationship.objects.get().state == "dissolved"
    assert (funds(member).cash, funds(member).allotted, funds(manager).credit_limit) == (D("299.99"), 0, 500)
    assert books_sum() == 0
