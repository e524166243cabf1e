"""Real books, backed up and restored: every statement the same to the fen, the books go on, nobody enters unasked."""

import io
import threading
from contextlib import nullcontext
from datetime import date
from typing import Any

import pytest
from django.db import connection

from kiscloud.books.models import Books, BookUser, Line, TemplateLine, Voucher
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.reports.cash_flow import cash_flow
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.reports.trial_balance import trial_balance
from kiscloud.books.services.closing import carry_over, close_period
from kiscloud.books.services.templates import make_template
from kiscloud.models import AccountSet, Archive, Backup, CompanyMember, SetUser, Subscription
from kiscloud.services import backups, restores
from kiscloud.services.expiry import purge_product
from kiscloud.services.set_users import add_users
from kiscloud.set_contents import came_later, parts, purge_contents
from kiscloud.set_files import Unfit, open_file, write_file, writing
from kiscloud.set_files.keeping import open_kept
from kiscloud.set_files.loading import load_set
from kiscloud.set_files.writing import columns_of
from kiscloud.set_parameters import Template
from tests.kiscloud.books.bookkeeping import MONTH, Office
from tests.kiscloud.kis import person

pytestmark = pytest.mark.django_db
SHEETS: Any = (balance_sheet, income_statement, cash_flow)


def month_of_trade() -> Office:
    """A month that is closed, and vouchers of the next one in each state."""
    office = Office(template=Template.SMALL_BUSINESS_BARE).open(s1002="5000", s3001="5000")
    office.write(("1002", "100000", ""), ("3001", "", "100000"))
    office.write(("1122", "10600", ""), ("5001", "", "10000"), ("22210105", "", "600"))
    office.write(("5602", "2000.01", ""), ("1002", "", "2000.01"))
    office.post()
    carry_over(actor=office.maker, account_set=office.set)
    office.post()
    close_period(actor=office.maker, account_set=office.set)
    last = office.write(("1002", "33.33", ""), ("1122", "", "33.33"), day=date(2026, 4, 2))
    make_template(actor=office.maker, account_set=office.set, voucher_id=last.pk, name="收回货款")
    return office


def backed_up(office: Office) -> Backup:
    backup = backups.start_backup(actor=person(office.product.company.founder), set_id=office.set.pk)
    backups.make_backup(backup_id=backup.pk)
    return Backup.objects.get(pk=backup.pk)


def restored(office: Office, backup: Backup) -> AccountSet:
    Backup.objects.filter(pk=backup.pk).update(set_version="16.0")
    asked = {"subscription_id": office.product.pk, "backup_id": backup.pk, "name": "恢复的账套"}
    started = restores.start_restore(actor=person(office.product.company.founder), **asked)  # type: ignore[arg-type]
    restores.restore_set(set_id=started.pk)
    return AccountSet.objects.get(pk=started.pk)


def statements(account_set: AccountSet) -> list[Any]:
    """Every figure of every statement of both months."""
    found: list[Any] = []
    for month in (MONTH, MONTH + 1):
        sheets = (
            balance_sheet(account_set, month),
            income_statement(account_set, month),
            cash_flow(account_set, month),
        )
        found += [[(line.first, line.second) for line in sheet.lines] for sheet in sheets]
        found.append([[row.subject.code, *row.amounts] for row in trial_balance(account_set, month).rows])
    return found


@pytest.mark.rule("S17.1", "S17.8", "S17.9", "S17.10", "S17.11")
def test_every_statement_is_the_same_and_people_are_matched() -> None:
    office = month_of_trade()
    back = restored(office, backed_up(office))
    assert back.state == "ready", back.fault
    assert statements(back) == statements(office.set)
    assert Voucher.objects.filter(account_set=back).count() == Voucher.objects.filter(account_set=office.set).count()
    lines = [TemplateLine.objects.filter(account_set=one).values_list("subject", "debit") for one in (back, office.set)]
    assert list(lines[0]) == list(lines[1]) != []
    # Zhou, who restored, is in and matched; Wu is still named in the vouchers and cannot enter.
    users = {user.name: user for user in BookUser.objects.filter(account_set=back)}
    assert len(users) == 2
    assert users[office.makers_user.name].set_user is not None
    assert users[office.auditors_user.name].set_user is None
    assert not AccountSet.objects.seen_by(office.auditors_user).filter(pk=back.pk).exists()
    company, wu = office.product.company, office.auditors_user
    known = CompanyMember.objects.create(company=company, user=wu, name=wu.name)
    add_users(actor=person(company.founder), set_id=back.pk, member_ids=[known.pk])
    again = BookUser.objects.get(account_set=back, name=office.auditors_user.name)
    assert again.pk == users[office.auditors_user.name].pk
    assert again.set_user is not None


def test_the_restored_books_go_on() -> None:
    office = month_of_trade()
    back = restored(office, backed_up(office))
    number = Voucher.objects.filter(account_set=back, month=MONTH + 1).count()
    office.set = back
    made = office.write(("1002", "1", ""), ("1122", "", "1"), day=date(2026, 4, 3))
    assert made.number == number + 1


def test_books_are_tried_and_purged() -> None:
    office = month_of_trade()
    backup = backed_up(office)
    assert restores.try_backup(backup_id=backup.pk)
    purge_contents(account_set=office.set)
    assert not Books.objects.filter(account_set=office.set).exists()
    assert not Line.objects.filter(account_set=office.set).exists()
    back = restored(office, backup)
    assert trial_balance(back, MONTH + 1).balances


@pytest.mark.django_db(transaction=True)
def test_what_is_backed_up_while_others_write_balances() -> None:
    office = Office(template=Template.SMALL_BUSINESS_BARE).open(s1002="5000", s3001="5000")
    stop = threading.Event()

    def write() -> None:
        try:
            while not stop.is_set():
                office.write(("1002", "7", ""), ("3001", "", "7"))
        finally:
            connection.close()

    writers = [threading.Thread(target=write) for _number in range(8)]
    for writer in writers:
        writer.start()
    try:
        made = [backed_up(office) for _turn in range(3)]
    finally:
        stop.set()
        for writer in writers:
            writer.join()
    counts = []
    for backup in made:
        back = restored(office, backup) if backup == made[-1] else None
        with open_kept(backup.file.name) as file, open_file(file) as opened:
            tables = {table.name: table.rows for table in opened.only_set().tables}
        counts.append(tables["books_voucher"])
        assert tables["books_line"] == 2 * tables["books_voucher"]
        assert back is None or (back.state == "ready" and trial_balance(back, MONTH).balances)
    assert counts == sorted(counts)


def test_an_archive_of_a_purged_product_loads_again() -> None:
    office = month_of_trade()
    before = statements(office.set)
    Subscription.objects.filter(pk=office.product.pk).update(
        starts_at="2025-01-01T00:00:00Z", expires_at="2026-01-01T00:00:00Z"
    )
    assert purge_product(subscription_id=office.product.pk)
    other = Office()
    purge_contents(account_set=other.set)
    with open_kept(Archive.objects.get().file.name) as file, open_file(file) as opened:
        load_set(opened=opened, part=opened.only_set(), account_set=other.set)
    assert statements(other.set) == before
    assert SetUser.objects.filter(account_set=other.set).exists()


@pytest.mark.parametrize(("column", "fits"), [("audit_first", True), ("month", False)])
def test_a_file_from_before_something_was_kept_still_restores(
    monkeypatch: pytest.MonkeyPatch, column: str, fits: bool
) -> None:
    office, other, file = month_of_trade(), Office(), io.BytesIO()
    gone = {column, "item_id", "item_kind"} if fits else {column}
    with monkeypatch.context() as past:
        past.setattr(writing, "parts", lambda: [model for model in parts() if not came_later(model)])
        past.setattr(writing, "columns_of", lambda model: [name for name in columns_of(model) if name not in gone])
        write_file(account_sets=[office.set], to=file)
    purge_contents(account_set=other.set)
    with open_file(file) as opened, nullcontext() if fits else pytest.raises(Unfit):
        load_set(opened=opened, part=opened.only_set(), account_set=other.set)
    if fits:
        assert statements(other.set) == statements(office.set)
        assert Books.objects.get(account_set=other.set).audit_first
