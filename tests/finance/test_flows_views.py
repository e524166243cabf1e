"""The fund flow from both sides, its filters and sums, receipts, statements (K10.10)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from finance.models import Book, Entry
from finance.services.credit import grant_credit
from finance.services.credit_repayment import settle_credit
from tests.accounts.linking import dissolve
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, allot, fresh_key, recall, spend, staff, top_up
from tests.finance.pages import at, money, queries, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
NOW = timezone.now()


@pytest.fixture
def linked(manager, member):
    top_up(manager, "1000.00")
    return make_relationship(manager, member)


@pytest.fixture
def console(browse, manager):
    return browse(manager)


def listed(page):
    return [(flow.counterpart.username, flow.amount) for flow in page.context["flows"]]


@pytest.mark.rule("K10.10")
def test_both_sides_see_every_movement_each_with_its_own_sign(browse, linked, manager, member, stranger):
    allot(linked, "300.00", note="预算")
    recall(linked, "100.00")
    assert listed(browse(manager).get(at("flow-list"))) == [("member", D("100.00")), ("member", D("-300.00"))]
    assert listed(browse(member).get(at("flow-list"))) == [("manager", D("-100.00")), ("manager", D("300.00"))]
    assert listed(browse(stranger).get(at("flow-list"))) == []


@pytest.mark.rule("K10.10")
def test_what_happened_stays_there_after_dissolving(browse, linked, member):
    allot(linked, "300.00")
    dissolve(linked)
    for account in (linked.manager, member):
        assert len(listed(browse(account).get(at("flow-list")))) == 1


@pytest.mark.rule("K10.10")
def test_an_account_on_both_sides_sees_both(browse, linked, member, stranger):
    allot(linked, "300.00")
    top_up(member, "50.00")
    allot(make_relationship(member, stranger, kind="partner"), "20.00")
    page = browse(member).get(at("flow-list"))
    assert listed(page) == [("stranger", D("-20.00")), ("manager", D("300.00"))]
    sums = page.context["sums"]
    assert (sums.count, sums.came_in, sums.went_out, sums.net) == (2, 300, 20, 280)


@pytest.mark.rule("K10.10")
@pytest.mark.parametrize(
    ("asked", "amounts"),
    [
        ({}, [-5, 40, -300]),
        ({"direction": "recall"}, [40]),
        ({"direction": "allot"}, [-5, -300]),
        ({"counterpart": "member"}, [40, -300]),
        ({"counterpart": "晨曦"}, [-5]),
        ({"q": "预算"}, [-300]),
        ({"least": "6"}, [40, -300]),
        ({"most": "40.00"}, [-5, 40]),
        ({"least": "1,00"}, [-5, 40, -300]),
        ({"since": (NOW - timedelta(days=3)).date().isoformat()}, [-5, 40]),
        ({"until": (NOW - timedelta(days=3)).date().isoformat()}, [-300]),
        ({"since": "2026-02-31", "least": "NaN", "direction": "x", "after": "x"}, [-5, 40, -300]),
        ({"least": "50", "most": "10"}, [-300]),
        ({"counterpart": "nobody"}, []),
    ],
)
def test_filters_narrow_the_rows_and_the_sums(console, linked, manager, asked, amounts):
    other = make_relationship(manager, make_account(username="other", name="晨曦"), kind="partner")
    allot(linked, "300.00", note="九月预算", now=NOW - timedelta(days=10))
    recall(linked, "40.00", now=NOW - timedelta(days=1))
    allot(other, "5.00", now=NOW)
    page = console.get(at("flow-list"), asked)
    assert [amount for _who, amount in listed(page)] == amounts
    assert page.context["sums"].net == sum(amounts)


def test_the_sums_are_of_all_that_fits_and_pages_go_on_by_keys(console, linked):
    for number in range(60):
        allot(linked, "1.00", now=NOW - timedelta(minutes=number))
    page = console.get(at("flow-list"))
    assert (len(page.context["flows"]), page.context["sums"].count) == (50, 60)
    rest = console.get(at("flow-list") + page.context["page"].next)
    assert len(rest.context["flows"]) == 10
    assert rest.context["sums"].count == 60


def test_as_many_queries_for_many_rows_as_for_one(console, manager):
    top_up(manager, "1000.00")

    def grow(count):
        for _number in range(count):
            allot(make_relationship(manager, make_account(), kind="partner"), "1.00")

    grow(1)
    book = Book.objects.get(account=manager)
    flows, entries = queries(console, at("flow-list")), queries(console, at("book-detail", book.pk))
    grow(4)
    assert queries(console, at("flow-list")) == flows
    assert queries(console, at("book-detail", book.pk)) == entries


def test_both_sides_open_the_receipt_and_nobody_else(browse, linked, manager, member, stranger):
    done = allot(linked, "300.00", note="预算")
    for account, balance, other in ((manager, "¥700.00", member), (member, "¥300.00", manager)):
        page = browse(account).get(at("receipt", done.transfer_id))
        assert page.context["receipt"].matches
        assert shows(page, "Matches")
        assert money(balance) in page.text
        assert other.name in page.text
    assert money("¥700.00") not in browse(member).get(at("receipt", done.transfer_id)).text
    assert browse(stranger).get(at("receipt", done.transfer_id)).status_code == 404
    assert browse(manager).get(at("receipt", 10**18)).status_code == 404


def test_the_receipt_shows_the_very_text_and_the_seals(console, linked, manager):
    done = allot(linked, "300.00")
    proof = console.get(at("receipt", done.transfer_id)).context["receipt"].proofs[0]
    entry = Entry.objects.get(transfer=done.transfer, book__account=manager)
    assert proof.text == f"{entry.book_id}|{entry.sequence}|{entry.transfer_id}|-300.00|700.00"
    assert proof.previous == bytes(Entry.objects.get(book=entry.book, sequence=entry.sequence - 1).hash)
    assert (proof.matches, proof.followed) == (True, None)
    recall(linked, "1.00")
    assert console.get(at("receipt", done.transfer_id)).context["receipt"].proofs[0].followed is True


def tampered(statement, *values):
    """What somebody could do who owns the tables."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute(statement, values)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")


def test_a_changed_amount_shows_on_the_receipt(console, linked, manager):
    done = allot(linked, "300.00")
    allot(linked, "1.00")
    entry = Entry.objects.get(transfer=done.transfer, book__account=manager)
    tampered("UPDATE finance_entry SET amount = -30.00, balance_after = 970.00 WHERE id = %s", entry.pk)
    page = console.get(at("receipt", done.transfer_id))
    assert not page.context["receipt"].matches
    assert shows(page, "Does not match the record")
    tampered("UPDATE finance_entry SET hash = %s WHERE id = %s", b"\x01" * 32, entry.pk)
    assert console.get(at("receipt", done.transfer_id)).context["receipt"].proofs[0].followed is False


@pytest.mark.rule("K8.8")
def test_every_kind_of_transfer_has_a_receipt(browse, linked, manager, member):
    top_up(member, "30.00")
    allot(linked, "300.00")
    grant_credit(actor=staff(), account=member, limit=D("100.00"))
    charge = spend(member, "350.00")
    top_up(member, "20.00")
    settle_credit(account=member, key=fresh_key())
    allot(linked, "10.00")
    dissolve(linked)
    console = browse(member)
    kinds = {}
    for entry in Entry.objects.filter(book__account=member).order_by("pk"):
        receipt = console.get(at("receipt", entry.transfer_id)).context["receipt"]
        assert receipt.matches
        kinds[receipt.transfer.kind] = receipt.amount
    assert kinds == {"top_up": 20, "allotment": 10, "charge": 350, "settlement": 20, "release": 10}
    assert len(console.get(at("receipt", charge)).context["receipt"].proofs) == 3


def test_the_statement_names_each_entry_with_the_balance_after_it(browse, linked, manager, member):
    allot(linked, "300.00", note="预算")
    spend(member, "50.00")
    book = Book.objects.get(account=member, kind="allotted")
    console = browse(member)
    page = console.get(at("book-detail", book.pk))
    assert [(entry.amount, entry.balance_after) for entry in page.context["page"]] == [(-50, 250), (300, 300)]
    assert manager.name in page.context["title"]
    assert "预算" in page.text
    assert console.get(at("book-list")).headers["Location"] == at(
        "book-detail", Book.objects.get(account=member, kind="cash").pk
    )


def test_the_statement_answers_what_the_balance_was(console, linked, manager):
    book = Book.objects.get(account=manager)
    tomorrow = (timezone.localtime() + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M")
    assert console.get(at("book-detail", book.pk), {"at": tomorrow}).context["balance_then"] == 1000
    assert console.get(at("book-detail", book.pk), {"at": "2020-01-01T10:00"}).context["balance_then"] == 0
    for nonsense in ("x", "9999-99-99T00:00", "0001-01-01T00:00", "\x00"):
        assert console.get(at("book-detail", book.pk), {"at": nonsense}).context["moment"] is None
    page = console.get(at("book-detail", book.pk), {"since": "2030-01-01", "until": "2030-01-02"})
    assert not page.context["page"]
    assert console.get(at("book-detail", book.pk), {"since": "2030-01-02", "until": "2030-01-01"}).status_code == 200


def test_other_peoples_books_are_not_there(browse, linked, manager, member, stranger):
    allot(linked, "300.00")
    held = Book.objects.get(account=member, kind="allotted")
    for account in (manager, stranger):
        assert browse(account).get(at("book-detail", held.pk)).status_code == 404
    assert shows(browse(stranger).get(at("book-list")), "Nothing has moved yet")
