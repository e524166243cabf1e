"""The seal of each day, the nightly check, and the alarm that halts the ledger."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from accounts.actors import Actor, Door, StaffOnly
from accounts.models import Event, Message
from config.jobs import run_due
from config.models import Job
from finance import tasks
from finance.models import Entry, LedgerAlarm, LedgerSeal, Transfer
from finance.services import ledger, proof
from finance.services.ledger import LedgerHalted, Posting
from finance.verification import Flaw, verify
from tests.factories import make_account, make_relationship
from tests.finance.funds import allot, top_up
from tests.finance.ledger_rows import five_entries, no_guards, transfer_of, verify_ledger
from tests.staff import make_staff

D = Decimal
NOON = datetime(2026, 3, 10, 4, 0, tzinfo=UTC)  # noon here


SET_BACK = """
UPDATE finance_book SET (balance, version, head) = (
    SELECT coalesce(sum(amount), 0), count(*), coalesce((array_agg(hash ORDER BY sequence DESC))[1], '')
    FROM finance_entry WHERE book_id = %(book)s
) WHERE id = %(book)s
"""


def posted_at(moment):
    """Every transfer so far that was not dated yet is of this moment."""
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_transfer SET at = %s WHERE at > '2026-06-01'", [moment])


@pytest.fixture
def book(db):
    """A cash book with five entries."""
    return five_entries()


@pytest.fixture
def sealed(book):
    """The book's entries are of 10 March; two days are sealed."""
    posted_at(NOON)
    proof.seal_days(now=NOON + timedelta(days=2))
    return book


def test_a_day_is_sealed_once_an_hour_after_its_end(book):
    posted_at(NOON)
    midnight = datetime(2026, 3, 10, 16, 0, tzinfo=UTC)
    assert proof.seal_days(now=midnight + timedelta(minutes=59)) == []
    (seal,) = proof.seal_days(now=midnight + timedelta(minutes=61))
    assert (seal.day, seal.books, seal.entries) == (date(2026, 3, 10), 2, 10)
    assert proof.seal_days(now=midnight + timedelta(hours=20)) == []
    assert [one.day.day for one in proof.seal_days(now=midnight + timedelta(days=3, hours=2))] == [11, 12, 13]


def test_nothing_is_sealed_before_there_is_anything(db):
    assert proof.seal_days() == []


def test_seals_cannot_be_changed(sealed):
    for change in (lambda: LedgerSeal.objects.update(books=0), lambda: LedgerSeal.objects.all().delete()):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


def test_later_entries_do_not_touch_a_seal(sealed):
    bank = ledger.platform_book(kind="bank", near=sealed.account_id)
    ledger.post(posting=Posting("top_up", "later", {sealed.pk: D("1"), bank.pk: D("-1")}))
    assert list(verify()) == []


def cut(book, *, to):
    """The end of the book and of its transfers is gone without a trace in the book itself."""
    bank = ledger.platform_book(kind="bank", near=book.account_id)
    with no_guards() as cursor:
        cursor.execute("DELETE FROM finance_transfer WHERE id > %s", [transfer_of(book, to)])
        cursor.execute("DELETE FROM finance_entry WHERE sequence > %s", [to])
        cursor.execute(
            "UPDATE finance_book b SET balance = e.balance_after, version = e.sequence, head = e.hash"
            " FROM finance_entry e WHERE e.book_id = b.id AND e.sequence = %s AND b.id IN (%s, %s)",
            [to, book.pk, bank.pk],
        )


def test_a_tail_that_was_cut_off_is_found_by_the_seal(sealed):
    cut(sealed, to=3)
    assert [(flaw.kind, flaw.day) for flaw in verify()] == [("cut_off", "2026-03-11")]
    told, code = verify_ledger()
    assert code == 1
    assert "2026-03-11" in told


def test_a_tail_that_was_cut_off_since_the_last_seal_is_found_by_what_it_was_posted_for(sealed, manager, member):
    top_up(manager, "100.00")
    allotment = allot(make_relationship(manager, member), "10.00")
    assert list(verify()) == []
    books = list(Entry.objects.filter(transfer=allotment.transfer_id).values_list("book", flat=True))
    with no_guards() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # while the row is there
        cursor.execute("DELETE FROM finance_entry WHERE transfer_id = %s", [allotment.transfer_id])
        cursor.execute("DELETE FROM finance_transfer WHERE id = %s", [allotment.transfer_id])
        for book in books:
            cursor.execute(SET_BACK, {"book": book})
    assert [(flaw.kind, flaw.transfer) for flaw in verify()] == [("lost_transfer", allotment.transfer_id)]


def test_a_chain_written_anew_is_found_by_the_seal(sealed):
    cut(sealed, to=3)
    bank = ledger.platform_book(kind="bank", near=sealed.account_id)
    for number in (4, 5):
        ledger.post(posting=Posting("top_up", f"top up {number}", {sealed.pk: D("10.00"), bank.pk: D("-10.00")}))
    posted_at(NOON)
    assert [flaw.kind for flaw in verify()] == ["cut_off"]


def test_seals_form_a_chain(sealed):
    proof.seal_days(now=NOON + timedelta(days=4))
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_ledgerseal SET entries = 9 WHERE day = '2026-03-11'")
    assert [(flaw.kind, flaw.day) for flaw in verify()] == [("wrong_seal", "2026-03-11")]
    with no_guards() as cursor:
        cursor.execute("DELETE FROM finance_ledgerseal WHERE day = '2026-03-11'")
    kinds = [(flaw.kind, flaw.day) for flaw in verify()]
    assert kinds == [("missing_seal", "2026-03-11"), ("wrong_seal", "2026-03-12")]


def nightly(monkeypatch):
    monkeypatch.setattr(proof, "PIECE_ROWS", 4)
    work = Job.objects.create(kind="finance.verify_ledger", key=f"night {Job.objects.count()}")
    tasks.verify_ledger(work)
    tasks.verify_ledger(work)
    run_due()
    return Job.objects.filter(kind=proof.PIECE_JOB)


@pytest.mark.django_db(transaction=True)
def test_the_nightly_check_proves_every_piece_once(book, monkeypatch):
    jobs = nightly(monkeypatch)
    assert {job.state for job in jobs} == {Job.State.DONE}
    assert len(jobs) == 3 + 2 + 1  # two books of five entries, five transfers, the rest
    assert not LedgerAlarm.objects.exists()
    assert not Event.objects.filter(kind="ledger.broken").exists()


@pytest.mark.django_db(transaction=True)
def test_a_broken_ledger_alarms_staff_once_and_halts_money(book, monkeypatch):
    one, other = make_staff(), make_staff()
    make_account()
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_entry SET amount = 11 WHERE book_id = %s AND sequence = 3", [book.pk])
    nightly(monkeypatch)
    assert {message.user for message in Message.objects.filter(event__kind="ledger.broken")} == {one, other}
    first = LedgerAlarm.objects.raised().order_by("pk")[0]
    assert first.flaws[0] == {"kind": "wrong_balance", "book": book.pk, "sequence": 3, "transfer": transfer_of(book, 3)}
    count = LedgerAlarm.objects.count()
    nightly(monkeypatch)
    assert LedgerAlarm.objects.count() == count
    bank = ledger.platform_book(kind="bank", near=book.account_id)
    move = Posting("top_up", "now", {book.pk: D("1"), bank.pk: D("-1")})
    for call in (lambda: ledger.post(posting=move), lambda: ledger.post_many(postings=[move])):
        with pytest.raises(LedgerHalted):
            call()
    assert not Transfer.objects.filter(key="now").exists()


def test_staff_with_the_permission_clear_an_alarm(book):
    alarm = proof.raise_alarm(flaws=[Flaw("below_floor", book=book.pk)])
    bank = ledger.platform_book(kind="bank", near=book.account_id)
    move = Posting("top_up", "again", {book.pk: D("1"), bank.pk: D("-1")})
    with pytest.raises(StaffOnly):
        proof.clear_alarm(actor=Actor(Door.STAFF, make_staff()), alarm_id=alarm.pk, note="?")
    with pytest.raises(LedgerHalted), transaction.atomic():
        ledger.post(posting=move)
    person = make_staff("change_ledgeralarm")
    alarm = proof.clear_alarm(actor=Actor(Door.STAFF, person), alarm_id=alarm.pk, note="Restored from the backup")
    assert (alarm.cleared_by, alarm.note) == (person, "Restored from the backup")
    assert alarm.cleared_at <= timezone.now()
    ledger.post(posting=move)
    assert Event.objects.filter(kind="ledger.alarm_cleared", actor=person).count() == 1


def test_the_command_resumes_only_what_it_has_proved(book):
    alarm = proof.raise_alarm(flaws=[Flaw("wrong_book", book=book.pk, sequence=5)])
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_book SET balance = 51 WHERE id = %s", [book.pk])
    assert verify_ledger("--resume", "looked")[1] == 1
    assert LedgerAlarm.objects.raised().get() == alarm
    with no_guards() as cursor:
        cursor.execute("UPDATE finance_book SET balance = 50 WHERE id = %s", [book.pk])
    assert verify_ledger("--resume", "looked")[1] == 0
    assert not LedgerAlarm.objects.raised().exists()
