"""The ledger: one writer, and a database that refuses everything else."""

from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from finance.chain import Link, next_hash
from finance.models import Book, Entry, Transfer
from finance.services import ledger
from finance.services.ledger import KeyReused, NotEnough, Posting
from tests.factories import make_account
from tests.racing import race

D = Decimal


@pytest.fixture
def cash(db):
    """The cash book of a new account that holds 100.00 yuan."""
    return funded(make_account(), "100.00")


def funded(account, amount):
    book = ledger.book_for(account=account, kind="cash")
    bank = ledger.platform_book(kind="bank", near=account.pk)
    legs = {book.pk: D(amount), bank.pk: -D(amount)}
    ledger.post(posting=Posting("top_up", f"fund-{account.pk}-{amount}", legs))
    return Book.objects.get(pk=book.pk)


def move(source, target, amount, key):
    return Posting("allotment", key, {source.pk: -D(amount), target.pk: D(amount)})


def chain_of(book):
    head = b""
    for entry in Entry.objects.filter(book=book).order_by("sequence"):
        head = next_hash(head, Link(book.pk, entry.sequence, entry.transfer_id, entry.amount, entry.balance_after))
        assert bytes(entry.hash) == head
    return head


def test_a_transfer_moves_both_balances_and_chains(cash):
    other = ledger.book_for(account=make_account(), kind="cash")
    ledger.post(posting=move(cash, other, "30.01", "a"))
    ledger.post(posting=move(cash, other, "9.99", "b"))
    assert Book.objects.get(pk=cash.pk).balance == D("60.00")
    assert Book.objects.get(pk=other.pk).balance == D("40.00")
    assert bytes(Book.objects.get(pk=cash.pk).head) == chain_of(cash)
    assert [entry.sequence for entry in Entry.objects.filter(book=cash).order_by("pk")] == [1, 2, 3]


def test_a_batch_is_the_same_as_its_parts_in_order(cash):
    other = ledger.book_for(account=make_account(), kind="cash")
    batch = [move(cash, other, "70", "a"), move(other, cash, "60", "b"), move(cash, other, "90", "c")]
    ids = ledger.post_many(postings=batch)
    assert ids == sorted(ids)
    assert Book.objects.get(pk=cash.pk).balance == D("0.00")
    assert [e.balance_after for e in Entry.objects.filter(book=other).order_by("sequence")] == [70, 10, 100]
    assert bytes(Book.objects.get(pk=other.pk).head) == chain_of(other)
    assert ledger.post_many(postings=batch) == ids
    assert ledger.post_many(postings=[]) == []


def test_a_batch_is_all_or_nothing(cash):
    other = ledger.book_for(account=make_account(), kind="cash")
    with pytest.raises(NotEnough) as refused, transaction.atomic():
        ledger.post_many(postings=[move(cash, other, "70", "a"), move(cash, other, "70", "b")])
    assert refused.value.facts["available"] == D("30.00")
    assert Book.objects.get(pk=cash.pk).balance == 100
    assert not Transfer.objects.filter(key="a").exists()


def test_a_repeat_answers_the_first_and_other_content_is_refused(cash):
    other = ledger.book_for(account=make_account(), kind="cash")
    first = ledger.post(posting=move(cash, other, "10", "same"))
    assert ledger.post(posting=move(cash, other, "10", "same")) == first
    assert ledger.post_many(postings=[move(cash, other, "5", "new"), move(cash, other, "10", "same")])[1] == first
    for call in (
        lambda: ledger.post(posting=move(cash, other, "11", "same")),
        lambda: ledger.post_many(postings=[move(cash, other, "11", "same")]),
    ):
        with pytest.raises(KeyReused), transaction.atomic():
            call()
    assert Book.objects.get(pk=cash.pk).balance == 85


def test_a_key_twice_in_a_batch_moves_once(cash):
    other = ledger.book_for(account=make_account(), kind="cash")
    first, second, third = ledger.post_many(
        postings=[move(cash, other, "10", "same"), move(cash, other, "5", "else"), move(cash, other, "10", "same")]
    )
    assert first == third != second
    assert Book.objects.get(pk=cash.pk).balance == 85
    with pytest.raises(KeyReused), transaction.atomic():
        ledger.post_many(postings=[move(cash, other, "1", "new"), move(cash, other, "2", "new")])
    assert Book.objects.get(pk=cash.pk).balance == 85


def test_texts_of_a_batch_arrive_as_they_are(cash):
    other = ledger.book_for(account=make_account(), kind="cash")
    notes = ['"', "\\", "{a,b}", "NULL", "", "中文 '; --", "\\x41"]
    legs = {cash.pk: D("-1"), other.pk: D("1")}
    ids = ledger.post_many(postings=[Posting("charge", f"key {note}", legs, {"note": note}) for note in notes])
    stored = Transfer.objects.in_bulk(ids)
    assert [stored[pk].facts["note"] for pk in ids] == notes
    assert [stored[pk].key for pk in ids] == [f"key {note}" for note in notes]
    assert ledger.post(posting=Posting("charge", 'key "', legs, {"note": '"'})) == ids[0]


def test_nobody_spends_what_is_not_there(cash):
    other = ledger.book_for(account=make_account(), kind="cash")
    with pytest.raises(NotEnough) as refused, transaction.atomic():
        ledger.post(posting=move(cash, other, "100.01", "a"))
    assert (refused.value.facts["available"], refused.value.facts["needed"]) == (D("100.00"), D("100.01"))


def test_a_third_place_is_a_mistake_of_the_caller(cash):
    with pytest.raises(ValueError, match="two places"):
        Posting("charge", "k", {cash.pk: D("0.001")})


BROKEN_BY_HAND = [
    "UPDATE finance_book SET balance = balance + 1 WHERE kind = 'cash'",
    "UPDATE finance_book SET version = version + 1",
    "UPDATE finance_book SET floor = -5 WHERE kind = 'cash'",
    """INSERT INTO finance_book (account_id, kind, stripe, balance, floor, version, head)
    SELECT account_id, 'credit', 0, 5, 0, 0, '' FROM finance_book WHERE kind = 'cash'""",
    "DELETE FROM finance_book",
    "UPDATE finance_book SET kind = 'payout' WHERE kind = 'bank'",
    "UPDATE finance_book SET source_id = account_id WHERE kind = 'cash'",
    "UPDATE finance_entry SET amount = amount * 2",
    "DELETE FROM finance_entry",
    "TRUNCATE finance_entry",
    "UPDATE finance_transfer SET key = 'other'",
    "DELETE FROM finance_transfer",
    """INSERT INTO finance_entry (transfer_id, book_id, sequence, amount, balance_after, hash)
    SELECT transfer_id, book_id, sequence + 1, 5, balance_after + 5, hash FROM finance_entry LIMIT 1""",
    "INSERT INTO finance_transfer (kind, key, digest, facts) SELECT kind, key, digest, facts FROM finance_transfer",
]


@pytest.mark.parametrize("statement", BROKEN_BY_HAND)
def test_the_database_refuses_by_itself(cash, statement):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        with pytest.raises(IntegrityError), transaction.atomic():
            cursor.execute(statement)


def test_an_entry_written_by_hand_takes_its_figures_from_the_book(cash):
    bank = ledger.platform_book(kind="bank", near=cash.account_id)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_entry (transfer_id, book_id, sequence, amount, balance_after, hash)"
            " SELECT max(id), %s, 99, -7, 1000000, 'x'::bytea FROM finance_transfer"
            " UNION ALL SELECT max(id), %s, 99, 7, 1000000, 'x'::bytea FROM finance_transfer",
            [cash.pk, bank.pk],
        )
    last = Entry.objects.filter(book=cash).latest("sequence")
    assert (last.sequence, last.balance_after) == (2, 93)
    assert bytes(Book.objects.get(pk=cash.pk).head) == chain_of(cash)


def test_credit_is_paid_back_to_zero_and_no_further(cash):
    credit = ledger.book_for(account=cash.account, kind="credit")
    Book.objects.filter(pk=credit.pk).update(floor=D("-10"))
    ledger.post(posting=move(credit, cash, "10", "draw"))
    ledger.post(posting=move(cash, credit, "4", "part"))
    for amount in ("6.01", "0"):
        with pytest.raises(IntegrityError), transaction.atomic():
            ledger.post(posting=move(cash, credit, amount, "too much"))
    assert Book.objects.get(pk=credit.pk).balance == -6


def test_one_sided_and_unknown_books_are_refused(cash):
    for legs in ({cash.pk: D("-1.00")}, {cash.pk: D("-1.00"), 10**9: D("1.00")}):
        for call in (ledger.post, None):
            posting = Posting("charge", "x", legs)
            with pytest.raises(DatabaseError), transaction.atomic():
                call(posting=posting) if call else ledger.post_many(postings=[posting])


@pytest.mark.django_db(transaction=True)
def test_sixteen_threads_drain_a_book_to_the_last_possible_fen():
    book = funded(make_account(), "100.00")
    other = ledger.book_for(account=make_account(), kind="cash")

    def drain(number):
        done = 0
        for turn in range(20):
            try:
                ledger.post(posting=move(book, other, "0.70", f"{number}-{turn}"))
                done += 1
            except NotEnough:
                pass
        return done

    results = race(16, drain)
    assert sum(results) == 142
    assert Book.objects.get(pk=book.pk).balance == D("0.60")
    assert bytes(Book.objects.get(pk=other.pk).head) == chain_of(other)


@pytest.mark.django_db(transaction=True)
def test_one_key_twenty_times_at_once_is_one_transfer():
    book = funded(make_account(), "100.00")
    other = ledger.book_for(account=make_account(), kind="cash")
    results = race(20, lambda _n: ledger.post(posting=move(book, other, "10", "once")))
    assert len(set(results)) == 1
    assert Book.objects.get(pk=book.pk).balance == 90


@pytest.mark.django_db(transaction=True)
def test_crossing_transfers_never_deadlock():
    one, two = funded(make_account(), "100.00"), funded(make_account(), "100.00")

    def cross(number):
        pair = (one, two) if number % 2 else (two, one)
        for turn in range(15):
            if turn % 3:
                ledger.post(posting=move(*pair, "0.01", f"{number}-{turn}"))
            else:
                batch = [move(*pair, "0.01", f"{number}-{turn}"), move(*reversed(pair), "0.01", f"{number}-{turn}b")]
                ledger.post_many(postings=batch)

    assert race(8, cross) == [None] * 8
