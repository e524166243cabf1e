"""What the overview says about bills, and what staff find of a line (K7.4, A2.5)."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import P1, P2
from finance.bill_summary import bill_summary
from finance.cycles import month_start
from finance.reports import what_it_has
from finance.spending import months_back
from tests.factories import make_account, make_relationship
from tests.finance.billing import JULY, JUNE, LATER, confirmed, issued, make_line
from tests.finance.funds import top_up
from tests.finance.pages import at, queries, shows
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def summary(account, **more):
    return bill_summary(account, what_it_has(account), **more)


def test_this_month_beside_the_last(browse, manager):
    now = timezone.now()
    make_line(manager, "10.00", now)
    make_line(manager, "4.00", month_start(months_back(timezone.localdate().replace(day=1), 1)))
    found = summary(manager)
    assert (found.now, found.before, found.arrears) == (10, 4, 14)
    page = browse(manager).get(at("overview"))
    assert shows(page, "Bills are unpaid")
    assert at("top-up-create") in page.text


def test_nothing_is_said_about_bills_that_there_are_not(browse, manager):
    assert not summary(manager).began
    top_up(manager, "10.00")
    page = browse(manager).get(at("overview"))
    assert not shows(page, "Bills are unpaid")
    assert not shows(page, "This month so far")


@pytest.mark.rule("K7.4")
def test_statements_that_wait_are_counted_members_only_where_they_may_be_confirmed(manager, member, stranger):
    make_line(manager, "10.00", JUNE)
    make_line(manager, "5.00", JULY)
    for account, points in ((member, P2), (stranger, P1)):
        make_relationship(manager, account, points=points)
        make_line(account, "3.00", JULY)
    issued(manager)
    confirmed(manager, JUNE)
    found = summary(manager, now=LATER)
    assert (found.to_confirm, found.to_repay, found.of_members, found.due, found.overdue) == (1, 1, 1, 10, 0)
    assert summary(manager, now=LATER + timedelta(days=30)).overdue == 1


def test_the_overview_asks_as_much_for_many_lines_and_statements(browse, manager):
    top_up(manager, "10.00")
    make_line(manager, "1.00", JUNE)
    console = browse(manager)
    few = queries(console, at("overview"))
    for number in range(4):
        make_line(manager, "1.00", JUNE - timedelta(days=31 * number), owner=make_account())
    assert queries(console, at("overview")) == few


def test_staff_find_lines_by_account_and_instance(manager, member):
    line = make_line(manager, "10.00", owner=member)
    other = make_line(manager, "11.00")
    boss = staff_browser(make_staff(superuser=True))
    page = reverse("admin:finance_billline_changelist")

    def found(words):
        return {row.pk for row in boss.get(page, {"q": words}).context["cl"].result_list}

    assert found(manager.number) == {line.pk, other.pk}
    assert found(member.number) == {line.pk}
    assert found(f"{manager.number} {other.instance}") == {other.pk}
    assert found(str(line.pk)) == {line.pk}
    assert found("nobody") == set()
    detail = boss.get(reverse("admin:finance_billline_change", args=[line.pk])).text
    assert "¥10.00" in detail
    assert reverse("admin:finance_transfer_change", args=[line.transfer_id]) in detail
