"""The overview: what there is, who holds what, how long it lasts."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.permissions import Point, Role
from finance.reports import MINE, OTHERS, OWN, holdings_of, what_it_has
from finance.runway import runway_of
from finance.services.credit import allot_credit, grant_credit
from finance.services.ledger import book_for
from tests.factories import make_account, make_operator, make_relationship
from tests.finance.funds import D, allot, mover, recall, spend, staff, top_up
from tests.finance.pages import at, money, queries, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member)


def holders(account):
    found = holdings_of(account, what_it_has(account))
    return found, {str(row.name): row for row in found.rows}


def test_an_account_without_money_is_told_where_it_begins(console):
    page = console.get(at("overview"))
    assert shows(page, "No money has moved yet")
    assert at("top-up-create") in page.text


def test_somebody_who_may_only_look_is_offered_nothing_to_do(browse, manager):
    page = browse(make_operator(manager, Role.VIEWER)).get(at("overview"))
    assert page.status_code == 200
    assert at("top-up-create") not in page.text


@pytest.mark.rule("K1.4", "K10.2")
def test_whose_money_it_is_stands_beside_every_balance(browse, linked, manager, member, stranger):
    top_up(manager, "500.00")
    top_up(stranger, "500.00")
    top_up(member, "10.00")
    allot(linked, "300.00")
    allot(make_relationship(stranger, member, kind="partner"), "25.00")
    page = browse(member).get(at("overview"))
    assert (page.context["have"].cash, page.context["have"].allotted) == (10, 325)
    assert [(one.manager, one.amount) for one in page.context["have"].given] == [(manager, 300), (stranger, 25)]
    for name, amount in ((manager.name, "¥300.00"), (stranger.name, "¥25.00")):
        assert name in page.text
        assert money(amount) in page.text


def test_the_picture_splits_the_group_by_member_and_source(linked, manager, member, stranger):
    top_up(manager, "1000.00")
    top_up(stranger, "100.00")
    top_up(member, "40.00")
    allot(linked, "300.00")
    allot(make_relationship(stranger, member, kind="partner"), "60.00")
    found, rows = holders(manager)
    assert rows[manager.name].amounts == {OWN: 700, OTHERS: 0}
    assert rows[member.name].amounts == {OWN: 40, MINE: 300, OTHERS: 60}
    assert (found.sums.total, found.most, found.hidden) == (1100, 700, 0)


@pytest.mark.rule("K1.2")
def test_a_member_that_does_not_show_its_balance_counts_with_what_came_from_here_only(manager, member):
    quiet = make_relationship(manager, member, kind="partner", points=[Point.VIEW_ORDERS])
    top_up(manager, "100.00")
    top_up(member, "9999.00")
    allot(quiet, "30.00")
    found, rows = holders(manager)
    assert rows[member.name].amounts == {MINE: 30}
    assert (found.sums.total, found.hidden) == (100, 1)


def test_many_members_end_in_one_row(manager):
    top_up(manager, "100.00")
    for number in range(12):
        allot(make_relationship(manager, make_account(), kind="partner"), str(number + 1))
    found, _rows = holders(manager)
    assert len(found.holders) == 1 + 10
    assert (found.rest.count, found.rest.total) == (2, 1 + 2)
    assert found.sums.total == 100


def test_the_picture_and_its_table_say_the_same(console, linked, manager, member):
    top_up(manager, "100.00")
    allot(linked, "40.00")
    page = console.get(at("overview")).text
    assert "<svg" in page
    assert page.count(money("¥40.00")) >= 3  # beside the bar, and twice in the table
    assert 'class="part part-mine"' in page
    assert "style=" not in page.split("</head>")[1]


def test_nothing_spent_is_no_forecast(console, manager):
    top_up(manager, "100.00")
    page = console.get(at("overview"))
    assert page.context["runway"].lasts is None
    assert shows(page, "Nothing was spent in the last 30 days, so there is nothing to reckon with.")


def test_how_long_it_lasts_is_counted_over_the_days_that_there_were(manager):
    top_up(manager, "100.00")
    spend(manager, "10.00")
    spend(manager, "20.00")
    have = what_it_has(manager)
    young = runway_of(have.books, have.balance)
    assert (young.days, young.spent, young.per_day, young.lasts) == (1, 30, D("30.00"), 2)
    later = runway_of(have.books, have.balance, now=timezone.now() + timedelta(days=9))
    assert (later.days, later.per_day, later.lasts) == (10, D("3.00"), 23)
    assert len(later.by_day) == 30
    gone = runway_of(have.books, have.balance, now=timezone.now() + timedelta(days=31))
    assert (gone.days, gone.spent, gone.lasts, gone.until) == (30, 0, None, None)


def test_only_spending_counts_and_from_every_book(linked, manager, member):
    top_up(manager, "1000.00")
    grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("50.00"))
    allot(linked, "100.00")
    recall(linked, "40.00")
    spend(member, "90.00")
    have = what_it_has(member)
    assert runway_of(have.books, have.balance).spent == 90
    assert runway_of(what_it_has(manager).books, D("1.00")).spent == 0


def test_so_little_is_spent_that_no_day_means_anything(console, manager):
    top_up(manager, "1000000.00")
    spend(manager, "0.01")
    page = console.get(at("overview"))
    assert page.context["runway"].until is None
    assert shows(page, "over 10 years")


def test_as_many_queries_for_many_members_as_for_one(console, manager):
    top_up(manager, "1000.00")

    def grow(count):
        for _number in range(count):
            member = make_account()
            top_up(member, "5.00")
            allot(make_relationship(manager, member, kind="partner"), "1.00")
            spend(member, "2.00")

    grow(1)
    spend(manager, "1.00")
    few = queries(console, at("overview"))
    grow(4)
    assert queries(console, at("overview")) == few


def test_a_credit_line_that_ended_shows_no_limit(console, manager):
    soon = timezone.now() + timedelta(days=1)
    grant_credit(actor=staff(), account=manager, limit=D("80.00"), expires_at=soon)
    assert console.get(at("overview")).context["have"].credit_limit == 80
    book_for(account=manager, kind="credit")
    manager.credit_lines.update(expires_at=timezone.now())
    assert console.get(at("overview")).context["have"].credit_limit == 0
