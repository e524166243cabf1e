"""Subjects broken down by items: what lines must name, and what stands on each item through to the next month."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from config.errors import InputError
from finance.spreadsheets import Cells
from kiscloud.books.entries import Entry, WrongLines
from kiscloud.books.models import Item, Line, Subject, Voucher
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.reports.items import item_balances
from kiscloud.books.reports.ledgers import lines_of, month_of_subject
from kiscloud.books.services.closing import carry_over, close_period
from kiscloud.books.services.items import add_item, change_item
from kiscloud.books.services.openings import Opening, enter_openings, finish_openings
from kiscloud.books.services.reversing import reverse_voucher
from kiscloud.books.services.subjects import SubjectNeeded, add_subject, change_subject
from kiscloud.books.services.vouchers import save_voucher
from kiscloud.books.vouchers_in_files import read_vouchers, written
from tests.kiscloud.books.bookkeeping import MONTH, Office

pytestmark = pytest.mark.django_db


def broken_down(office, code, kind):
    subject = Subject.objects.get(account_set=office.set, code=code)
    return change_subject(
        actor=office.maker, account_set=office.set, subject_id=subject.pk, name=subject.name, item_kind=kind
    )


def item(office, kind, code, name="示例"):
    return add_item(actor=office.maker, account_set=office.set, kind=kind, code=code, name=name)


@pytest.fixture
def office():
    office = Office()
    broken_down(office, "1122", "customer")
    broken_down(office, "560205", "department")
    for code in ("C1", "C2"):
        item(office, "customer", code)
    item(office, "department", "D1")
    owed = {("1122", "C1"): Opening(Decimal(300)), ("1122", "C2"): Opening(Decimal(-100))}
    openings = {**owed, "3001": Opening(Decimal(200))}
    enter_openings(actor=office.maker, account_set=office.set, openings=openings)
    finish_openings(actor=office.maker, account_set=office.set)
    return office


def write(office, *lines, **more):
    entries = [Entry("业务", code, Decimal(debit), Decimal(credit), None, name) for code, name, debit, credit in lines]
    return save_voucher(actor=office.maker, account_set=office.set, header=office.header(), entries=entries, **more)


@pytest.mark.parametrize(("code", "name"), [("1122", ""), ("1122", "C9"), ("1122", "D1"), ("1002", "C1")])
def test_a_line_names_an_item_of_the_kind_that_its_subject_asks_for(office, code, name):
    with pytest.raises(WrongLines):
        write(office, (code, name, 10, 0), ("5001", "", 0, 10))


def test_the_database_asks_for_the_item_too(office):
    draft = write(office, ("1122", "", 10, 0), draft=True)
    cash = Subject.objects.get(account_set=office.set, code="1001")
    shared = {"account_set": office.set, "voucher": draft, "day": draft.day}

    def save(code, chosen):
        subject = Subject.objects.get(account_set=office.set, code=code)
        lines = [Line(**shared, place=1, debit=10, subject=cash)]
        lines.append(Line(**shared, place=2, credit=10, subject=subject, item=chosen))
        with transaction.atomic():
            Line.objects.filter(voucher=draft).delete()
            Voucher.objects.filter(pk=draft.pk).update(state="saved", number=1)
            Line.objects.bulk_create(lines)

    for code, chosen in (("1122", None), ("1002", Item.objects.get(code="C1"))):
        with pytest.raises(IntegrityError, match="an item of the kind"):
            save(code, chosen)


def test_nothing_new_names_a_disabled_item(office):
    chosen = item(office, "customer", "C3")
    change_item(actor=office.maker, account_set=office.set, item_id=chosen.pk, name="x1", disabled=True)
    with pytest.raises(WrongLines):
        write(office, ("1122", "C3", 10, 0), ("5001", "", 0, 10))


def test_each_item_has_its_balances_into_the_next_month(office):
    write(office, ("1122", "C1", 50, 0), ("5001", "", 0, 50))
    write(office, ("560205", "D1", 7, 0), ("1002", "", 0, 7))
    office.post()
    sheet = balance_sheet(office.set, MONTH)
    assert [sheet.line(number).first for number in (4, 34)] == [350, 100]  # C2 paid in advance
    assert [sheet.line(number).second for number in (4, 34)] == [300, 100]
    carry_over(actor=office.maker, account_set=office.set)
    office.post()
    assert income_statement(office.set, MONTH).line(14).first == 7
    assert close_period(actor=office.maker, account_set=office.set) == MONTH + 1
    found = item_balances(office.set, "customer", MONTH + 1)
    assert [(row.item.code, row.figures.opening) for row in found.rows] == [("C1", 350), ("C2", -100)]
    assert found.sums == [250, 0, 0, 250]
    assert not [row for row in item_balances(office.set, "department", MONTH + 1).rows if row.figures.closing]


def test_the_ledger_of_a_subject_can_be_that_of_one_item(office):
    write(office, ("1122", "C1", 50, 0), ("5001", "", 0, 50))
    voucher = write(office, ("1122", "C2", 30, 0), ("5001", "", 0, 30))
    office.post()
    red = reverse_voucher(actor=office.maker, account_set=office.set, voucher_id=voucher.pk)
    assert red.lines.get(debit=-30).item.code == "C2"
    chosen = voucher.lines.get(debit=30).item
    subject = Subject.objects.get(account_set=office.set, code="1122")
    assert month_of_subject(subject, MONTH, chosen).closing == -70
    assert [line.debit for line in lines_of(office.set, subject, MONTH, chosen)] == [30]
    assert item_balances(office.set, "customer", MONTH, waiting=True).sums == [200, 50, 0, 250]


def test_only_an_unused_subject_is_broken_down_anew(office):
    for code in ("1122", "3001", "2221"):
        with pytest.raises(InputError):
            broken_down(office, code, "project")
    with pytest.raises(SubjectNeeded):
        broken_down(office, "3103", "project")
    assert broken_down(office, "2202", "supplier").item_kind == "supplier"


def test_a_file_of_vouchers_keeps_the_items(office):
    write(office, ("1122", "C1", 50, 0), ("5001", "", 0, 50))
    lines = Line.objects.select_related("voucher", "subject", "item").order_by("pk")
    rows = [Cells(number, [str(cell) for cell in row]) for number, row in enumerate(written(lines), 1)]
    (found,) = read_vouchers(rows)
    assert [(entry.subject, entry.item) for entry in found.entries] == [("1122", "C1"), ("5001", "")]


def test_a_subject_below_a_used_one_takes_over_its_items(office):
    write(office, ("1122", "C1", 50, 0), ("5001", "", 0, 50))
    office.post()
    parent = Subject.objects.get(account_set=office.set, code="1122")
    made = add_subject(actor=office.maker, account_set=office.set, parent_id=parent.pk, code="112201", name="货款")
    assert made.item_kind == "customer"
    assert [row.figures.code for row in item_balances(office.set, "customer", MONTH).rows] == ["112201"] * 2
