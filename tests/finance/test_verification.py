"""The ledger proved anew: whatever is changed behind its back is found, and what is right passes."""

import io
import json
import tracemalloc
from decimal import Decimal

import pytest

from finance.management.commands.verify_ledger import ProgressBar
from finance.models import Book, Transfer
from finance.services import ledger
from finance.services.ledger import Posting
from finance.verification import Flaw, chain_flaws, plan, verify
from tests.factories import make_account
from tests.finance.ledger_rows import fill_ledger, five_entries, no_guards, transfer_of, verify_ledger

D = Decimal


@pytest.fixture
def book(db):
    """A cash book with five entries."""
    return five_entries()


def found():
    return [(flaw.kind, flaw.book, flaw.sequence) for flaw in verify()]


def test_a_right_ledger_passes(book):
    fill_ledger(transfers=300, books=20)
    ledger.book_for(account=make_account(), kind="credit")
    assert found() == []
    told, code = verify_ledger()
    assert code == 0
    assert "610 " in told
    assert json.loads(verify_ledger("--json")[0]) | {"seconds": 0} == {
        "books": 23,
        "entries": 610,
        "transfers": 305,
        "seconds": 0,
        "ok": True,
        "found": 0,
        "flaws": [],
    }


def test_an_empty_ledger_passes(db):
    assert found() == []


ENTRY = "finance_entry SET {} WHERE book_id = %s AND sequence = 3"
COPY = (
    "INSERT INTO finance_entry (transfer_id, book_id, sequence, amount, balance_after, hash)"
    " SELECT transfer_id, book_id, {}, amount, {}, hash FROM finance_entry WHERE book_id = %s AND sequence = {}"
)
SHIFTED = (
    "UPDATE finance_entry SET amount = amount + CASE sequence WHEN 3 THEN 1 ELSE 0 END,"
    " balance_after = balance_after + 1 WHERE book_id = %s AND sequence >= 3"
)
MOVED_UP = (
    "WITH gone AS (DELETE FROM finance_entry WHERE book_id = %s AND sequence = 5 RETURNING *)"
    " UPDATE finance_entry e SET amount = gone.amount, transfer_id = gone.transfer_id, hash = gone.hash"
    " FROM gone WHERE e.book_id = gone.book_id AND e.sequence = 4"
)
# What somebody does who has switched the triggers off, and which entry is found first.
TAMPERED = {
    "changed amount": ("wrong_balance", 3, f"UPDATE {ENTRY.format('amount = 11')}"),
    "changed balance after": ("wrong_balance", 3, f"UPDATE {ENTRY.format('balance_after = 31')}"),
    "changed amount and what follows": ("wrong_link", 3, SHIFTED),
    "changed transfer": ("wrong_link", 3, f"UPDATE {ENTRY.format('transfer_id = transfer_id - 1')}"),
    "changed link": ("wrong_link", 3, f"UPDATE {ENTRY.format('hash = decode(repeat(sequence::text, 2), $$hex$$)')}"),
    "first entry deleted": ("missing_entry", 1, "DELETE FROM finance_entry WHERE book_id = %s AND sequence = 1"),
    "entry deleted": ("missing_entry", 3, "DELETE FROM finance_entry WHERE book_id = %s AND sequence = 3"),
    "entry deleted, the rest moved up": ("wrong_link", 4, MOVED_UP),
    "last entry deleted": ("wrong_book", 4, "DELETE FROM finance_entry WHERE book_id = %s AND sequence = 5"),
    "all entries deleted": ("wrong_book", 0, "DELETE FROM finance_entry WHERE book_id = %s"),
    "entry inserted at the end": ("wrong_link", 6, COPY.format(6, 60, 5)),
    "entry inserted before the first": ("missing_entry", 1, COPY.format(0, 10, 1)),
    "changed balance": ("wrong_book", 5, "UPDATE finance_book SET balance = 60 WHERE id = %s"),
    "changed number": ("wrong_book", 5, "UPDATE finance_book SET version = 6 WHERE id = %s"),
    "changed head": ("wrong_book", 5, "UPDATE finance_book SET head = '' WHERE id = %s"),
}


@pytest.mark.parametrize("what", TAMPERED)
def test_what_is_changed_behind_its_back_is_found(book, what):
    kind, sequence, statement = TAMPERED[what]
    with no_guards() as cursor:
        cursor.execute(statement, [book.pk])
    assert found()[0] == (kind, book.pk, sequence)
    told, code = verify_ledger()
    assert code == 1
    assert Flaw(kind, book=book.pk, sequence=sequence).sentence in told
    answer = json.loads(verify_ledger("--json")[0])
    assert not answer["ok"]
    assert answer["flaws"][0]["kind"] == kind


def test_the_first_of_several_is_named_and_a_book_once(book):
    fill_ledger(transfers=50, books=5)
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_entry SET amount = amount + 1")
    told, code = verify_ledger()
    assert code == 1
    assert told.index(Flaw("wrong_balance", book=book.pk, sequence=1).sentence) < told.index(f" {book.pk + 2}")
    assert [flaw.kind for flaw in verify()].count("wrong_balance") == Book.objects.count()


def test_transfers_are_weighed(book):
    whole = transfer_of(book, 5)
    with no_guards() as cursor:
        cursor.execute("DELETE FROM finance_transfer WHERE id = %s", [transfer_of(book, 1)])
        cursor.execute("INSERT INTO finance_transfer (kind, key, digest, facts) VALUES ('charge', 'x', '', '{}')")
        cursor.execute("DELETE FROM finance_entry WHERE transfer_id = %s AND book_id <> %s", [whole, book.pk])
    kinds = {flaw.kind: flaw.transfer for flaw in verify() if flaw.transfer}
    assert kinds == {
        "unknown_transfer": transfer_of(book, 1),
        "empty_transfer": Transfer.objects.get(key="x").pk,
        "unbalanced": whole,
    }


def test_a_book_that_vanished_and_a_floor_that_rose_are_found(book):
    with no_guards() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE finance_book DROP CONSTRAINT book_not_below_floor")
        cursor.execute("UPDATE finance_book SET floor = 51 WHERE id = %s", [book.pk])
    assert found() == [("below_floor", book.pk, None)]
    with no_guards() as cursor:
        cursor.execute("DELETE FROM finance_book WHERE id = %s", [book.pk])
    assert [flaw.kind for flaw in verify()] == ["unknown_book", "wrong_total"]


@pytest.mark.parametrize("rows", [1, 2, 3, 7, 100])
def test_pieces_of_any_size_are_the_whole(book, rows):
    fill_ledger(transfers=30, books=4)
    pieces = plan(rows)
    assert [list(chain_flaws(piece)) for piece in pieces] == [[] for _ in pieces]
    with no_guards() as cursor:
        cursor.execute("DELETE FROM finance_entry WHERE book_id = %s AND sequence > 3", [book.pk])
    flaws = [flaw for piece in pieces for flaw in chain_flaws(piece)]
    assert {flaw.book for flaw in flaws} == {book.pk}


def test_pieces_cover_what_comes_after_them(book):
    pieces = plan(3)
    late = ledger.book_for(account=make_account(), kind="cash")
    ledger.post(posting=Posting("allotment", "late", {book.pk: D("-1"), late.pk: D("1")}))
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_entry SET amount = 2 WHERE book_id = %s", [late.pk])
    assert [flaw.book for piece in pieces for flaw in chain_flaws(piece)] == [late.pk]


def test_memory_does_not_grow_with_the_ledger(db):
    fill_ledger(transfers=1500, books=40)
    few = peak()
    fill_ledger(transfers=9000, books=0)
    assert peak() < few * 1.3


def peak():
    """The most memory that proving the ledger took."""
    tracemalloc.start()
    assert found() == []
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most


def test_a_progress_bar_only_on_a_terminal():
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    terminal, file = Terminal(), io.StringIO()
    for out in (terminal, file):
        bar = ProgressBar(200, out)
        bar.add(50)
        bar.add(150)
        bar.clear()
    assert " 25%" in terminal.getvalue()
    assert "100%" in terminal.getvalue()
    assert terminal.getvalue().endswith(" \r")
    assert file.getvalue() == ""
