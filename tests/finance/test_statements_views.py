"""Statements and disputes as pages."""

import pytest
from django.utils import timezone

from accounts.models import Event, Folder, Relationship
from accounts.permissions import P1, P2, Role
from finance.models import Dispute
from tests.factories import make_account, make_operator, make_relationship
from tests.finance.billing import JULY, JUNE, confirmed, issued, make_line, statement_of
from tests.finance.disputing import doubt
from tests.finance.funds import D, funds, top_up
from tests.finance.pages import WRONG_AMOUNTS, at, queries, send, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member, points=P2)


@pytest.fixture
def console(browse, member):
    return browse(member)


def test_the_list_shows_months_and_what_waits_and_can_be_narrowed(console, member):
    make_line(member, "30.00")
    make_line(member, "40.00", JULY)
    issued(member)
    make_line(member, "5.00", timezone.now())
    page = console.get(at("statement-list"))
    figures = page.context["figures"]
    assert (figures.to_repay, figures.overdue, figures.to_confirm, figures.under_way) == (70, 70, 2, 5)
    for query, count in {
        "": 3,
        "?month=2025-06": 1,
        "?state=overdue": 2,
        "?state=draft": 1,
        "?state=to_repay": 0,
    }.items():
        assert len(console.get(at("statement-list") + query).context["page"]) == count
    for nonsense in ("?month=13", "?state=x", "?month=9999-01", "?after=%00"):
        assert len(console.get(at("statement-list") + nonsense).context["page"]) == 3
    assert shows(console.get(at("statement-list") + "?month=1999-01"), "No statements yet") is False


@pytest.mark.rule("K7.5")
def test_months_of_the_group_and_of_a_folder_are_added_up(browse, manager, member, stranger):
    folder = Folder.objects.create(owner=manager, name="华东")
    link = make_relationship(manager, member, points=P2)
    Relationship.objects.filter(pk=link.pk).update(folder=folder)
    hidden = make_relationship(manager, stranger, points=P1)
    Relationship.objects.filter(pk=hidden.pk).update(points=[])
    for account, amount, month in ((manager, "3.00", JUNE), (member, "5.00", JUNE), (member, "7.00", JULY)):
        make_line(account, amount, month)
    make_line(stranger, "11.00")
    console = browse(manager)

    def months(query: str = "") -> list[tuple]:
        rows = console.get(at("group-statement-list") + query).context["page"]
        return [(row["month"].month, row["accounts"], row["sum_payable"], row["left"]) for row in rows]

    assert months() == [(7, 1, 7, 0), (6, 2, 8, 0)]  # nothing is to be repaid before it is issued
    issued(manager)
    assert months() == [(7, 1, 7, 7), (6, 2, 8, 8)]
    assert months(f"?folder={folder.pk}&month=2025-06") == [(6, 1, 5, 5)]
    of_members = console.get(at("member-statement-list") + f"?folder={folder.pk}").context["page"]
    assert [one.account for one in of_members] == [member, member]
    assert shows(console.get(at("group-statement-list") + "?month=2001-01"), "No statement fits this search")


def test_empty_lists_say_what_to_do(browse, stranger):
    console = browse(stranger)
    assert shows(console.get(at("statement-list")), "No statements yet")
    assert shows(console.get(at("member-statement-list")), "No statements of members yet")


@pytest.mark.rule("K7.4")
def test_a_manager_sees_statements_where_it_may_and_the_member_sees_that_it_looked(browse, linked, manager, member):
    make_line(member, "30.00")
    hidden = make_relationship(manager, make_account(), points=["view_balance"])
    type(hidden).objects.filter(pk=hidden.pk).update(points=["view_balance"])
    make_line(hidden.member, "99.00")
    console = browse(manager)
    page = console.get(at("member-statement-list"))
    assert [row.statement.account for row in page.context["rows"]] == [member]
    assert len(console.get(at("member-statement-list") + f"?member={member.number}").context["rows"]) == 1
    assert len(console.get(at("member-statement-list") + "?member=nobody").context["rows"]) == 0
    assert console.get(at("statement-detail", statement_of(member).pk)).status_code == 200
    assert Event.objects.filter(kind="member.viewed", facts__page="statements").count() == 1
    assert console.get(at("statement-detail", statement_of(hidden.member).pk)).status_code == 403


def test_strangers_find_nothing(browse, stranger, member):
    line = make_line(member, "30.00")
    pk = issued(member).pk
    console = browse(stranger)
    for name, value in (("statement-detail", pk), ("statement-lines", pk), ("dispute-create", line.pk)):
        assert console.get(at(name, value)).status_code == 404
    for name in ("statement-confirm", "statement-repay"):
        assert console.post(at(name, pk)).status_code == 404


@pytest.mark.rule("K7.5")
def test_from_the_total_down_to_the_lines(console, member):
    first, second = make_line(member, "30.00"), make_line(member, "40.00")
    pk = statement_of(member).pk
    page = console.get(at("statement-detail", pk))
    assert [(share.product, share.payable) for share in page.context["shares"]] == [
        (second.product, 40),
        (first.product, 30),
    ]
    assert len(console.get(at("statement-lines", pk)).context["page"]) == 2
    narrowed = console.get(at("statement-lines", pk) + f"?product={first.product.code}")
    assert list(narrowed.context["page"]) == [first]
    assert len(console.get(at("statement-lines", pk) + "?product=%00").context["page"]) == 2


@pytest.mark.rule("K6.6", "K7.6")
def test_a_manager_disputes_confirms_and_repays_for_its_member(browse, linked, manager, member):
    line = make_line(member, "30.00")
    make_line(member, "70.00")
    pk = issued(member).pk
    console = browse(manager)
    top_up(manager, "500.00")
    answer = send(console, at("dispute-create", line.pk), amount="20", reason="多计了两小时")
    assert answer.headers["Location"] == at("statement-detail", pk)
    assert shows(console.get(at("statement-detail", pk)), "Disputes")
    assert console.post(at("statement-confirm", pk)).headers["Location"] == at("statement-detail", pk)
    page = console.get(at("statement-repay", pk))
    assert (page.context["undisputed"], page.context["cash"]) == (80, 500)
    assert send(console, at("statement-repay", pk), amount="80").status_code == 302
    assert (statement_of(member).due, funds(manager).cash) == (20, 420)
    assert console.post(at("dispute-withdraw", Dispute.objects.get().pk)).status_code == 302
    send(console, at("statement-repay", pk), amount="20")
    assert shows(console.get(at("statement-detail", pk)), "Settled")


def test_a_manager_that_only_sees_gets_no_buttons_and_is_refused(browse, manager, member):
    make_relationship(manager, member, points=P1)
    line = make_line(member, "30.00")
    pk = issued(member).pk
    console = browse(manager)
    page = console.get(at("statement-detail", pk))
    assert (page.context["can_confirm"], page.context["can_repay"]) == (False, False)
    for name, value in (("statement-confirm", pk), ("statement-repay", pk), ("dispute-create", line.pk)):
        assert console.get(at(name, value)).status_code == 403


def test_a_viewer_sees_and_does_nothing(browse, member):
    make_line(member, "30.00")
    pk = issued(member).pk
    console = browse(make_operator(member, Role.VIEWER))
    assert console.get(at("statement-detail", pk)).context["can_confirm"] is False
    assert console.post(at("statement-confirm", pk)).status_code == 403


def test_what_cannot_be_is_refused_on_the_page(console, member):
    line = make_line(member, "30.00")
    draft = statement_of(member).pk
    assert console.post(at("statement-confirm", draft)).status_code == 409
    assert send(console, at("statement-repay", draft), amount="1").status_code == 409
    pk = issued(member).pk
    doubt(line, "10.00")
    assert send(console, at("dispute-create", line.pk), amount="1", reason="x").status_code == 409
    confirmed(member)
    assert send(console, at("statement-repay", pk), amount="5").status_code == 409
    top_up(member, "100.00")
    assert send(console, at("statement-repay", pk), amount="20.01").status_code == 422


@pytest.mark.parametrize(("typed", "sentence"), WRONG_AMOUNTS.items())
def test_what_is_no_amount_gets_a_sentence(console, member, typed, sentence):
    line = make_line(member, "30.00")
    pk = issued(member).pk
    answer = send(console, at("dispute-create", line.pk), amount=typed, reason="x")
    assert (answer.status_code, shows(answer, sentence)) == (422, True)
    confirmed(member)
    answer = send(console, at("statement-repay", pk), amount=typed)
    assert (answer.status_code, shows(answer, sentence)) == (422, True)


def test_a_form_sent_twice_repays_once(console, member):
    make_line(member, "30.00")
    pk = confirmed(member).pk
    top_up(member, "100.00")
    key = console.get(at("statement-repay", pk)).context["form"]["key"].value()
    for _time in range(2):
        assert console.post(at("statement-repay", pk), {"amount": "10", "key": key}).status_code == 302
    assert funds(member).cash == D("90.00")


def test_lists_ask_the_same_for_one_and_for_many(browse, manager):
    def members(count):
        for _ in range(count):
            link = make_relationship(manager, make_account(), points=P2)
            make_line(link.member, "5.00")

    console = browse(manager)
    members(1)
    few = queries(console, at("member-statement-list"))
    members(4)
    assert queries(console, at("member-statement-list")) == few


def test_a_month_asks_the_same_for_one_line_and_for_many(console, member):
    make_line(member, "1.00")
    pk = statement_of(member).pk
    few = [queries(console, at(name, pk)) for name in ("statement-detail", "statement-lines")]
    for _ in range(4):
        make_line(member, "1.00", JUNE)
    assert [queries(console, at(name, pk)) for name in ("statement-detail", "statement-lines")] == few
