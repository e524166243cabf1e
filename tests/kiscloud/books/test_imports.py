"""Vouchers from files and into them; sets with books written to a file and loaded again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from kiscloud.books.models import Balance, BookUser, CashFlow, Line, Subject, Voucher
from kiscloud.books.reports.balance_sheet import balance_sheet
from kiscloud.books.reports.cash_flow import cash_flow
from kiscloud.books.reports.income_statement import income_statement
from kiscloud.books.reports.trial_balance import trial_balance
from kiscloud.books.services.people import add_person
from kiscloud.models import SetUser
from kiscloud.set_files import open_file, write_file
from kiscloud.set_files.loading import load_set
from tests.kiscloud.books.bookkeeping import MONTH, Office
from tests.kiscloud.kis import make_set

pytestmark = pytest.mark.django_db
HEAD = "日期,凭证字,凭证号,摘要,科目代码,借方金额,贷方金额,数量,附件数\n"
GOOD = """2026-03-05,记,1,收款,1002,100,,,2
2026-03-05,记,1,,3001,,100,,
2026/3/6,,2,付款,560205,5,,,
2026/3/6,,2,,1002,,5,,
"""
WRONG = """2026-03-07,记,3,x,1002,7,,,
2026-03-07,记,3,x,9999,,7,,
2026-13-01,记,4,x,1002,1,,,
2026-03-08,记,5,=1+1,1002,abc,,,
"""


@pytest.fixture
def office():
    return Office().open(s1405="5000", s310415="5000")


def client_of(office):
    client = Client()
    client.force_login(office.makers_user)
    return client


def upload(office, text):
    url = reverse("books:voucher-import", kwargs={"number": office.set.number})
    return client_of(office).post(url, {"file": SimpleUploadedFile("vouchers.csv", text.encode("gb18030"))})


def test_a_file_becomes_vouchers_that_wait_for_their_audit(office):
    assert upload(office, HEAD + GOOD).status_code == 302
    found = [(str(one), one.total, one.attachments, one.state) for one in Voucher.objects.order_by("pk")]
    assert found == [("记-1", 100, 2, "saved"), ("记-2", 5, 0, "saved")]


def test_one_wrong_row_and_nothing_is_imported_and_each_has_its_reason(office):
    answer = upload(office, HEAD + GOOD + WRONG)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert not Voucher.objects.exists()
    assert all(f'<th scope="row">{row}</th>' in page for row in (7, 8, 9))


def test_what_was_exported_can_be_imported_again(office):
    upload(office, HEAD + GOOD)
    url = reverse("books:voucher-file", kwargs={"number": office.set.number, "file_format": "csv"})
    text = client_of(office).get(url).content.decode("utf-8-sig")
    other = Office().open()
    assert upload(other, text).status_code == 302
    assert Voucher.objects.of(other.set).count() == 2


@pytest.mark.parametrize("name", ["trial-balance", "balance-sheet", "income-statement", "cash-flow", "ledger"])
def test_each_report_is_a_file_too(office, name):
    office.write(("1002", "10", ""), ("5001", "", "10"))
    office.post()
    url = reverse(f"books:{name}", kwargs={"number": office.set.number})
    client = client_of(office)
    assert client.get(url, {"subject": "1002", "format": "csv"}).content.startswith(b"\xef\xbb\xbf")
    book = load_workbook(io.BytesIO(client.get(url, {"subject": "1002", "format": "xlsx"}).content))
    assert any(cell.value == 10 for row in book.active.iter_rows() for cell in row)


def test_a_voucher_is_printed(office):
    voucher = office.write(
        ("1002", "10", ""), *((f"56020{place}", "0.5", "") for place in range(1, 9)), ("5001", "", "14")
    )
    url = reverse("books:voucher-pdf", kwargs={"number": office.set.number, "pk": voucher.pk})
    assert client_of(office).get(url).content.startswith(b"%PDF-")


def statements(account_set):
    found = [balance_sheet(account_set, MONTH), income_statement(account_set, MONTH), cash_flow(account_set, MONTH)]
    amounts = [(line.number, line.first, line.second) for one in found for line in one.lines]
    return amounts, trial_balance(account_set, MONTH, level=9).sums


@pytest.mark.rule("S17.8", "S17.11")
def test_books_written_to_a_file_and_loaded_again_say_the_same(office):
    office.write(("1002", "100000", ""), ("3001", "", "100000"))
    office.write(("560205", "12.34", ""), ("1002", "", "12.34"))
    office.post()
    office.write(("1001", "1", ""), ("1002", "", "1"))
    file = io.BytesIO()
    write_file(account_sets=[office.set], to=file)
    target = make_set(office.product, name="恢复")
    with open_file(file) as opened:
        load_set(opened=opened, part=opened.only_set(), account_set=target)
    assert statements(target) == statements(office.set)
    for model in (Subject, Balance, CashFlow, Voucher, Line, BookUser):
        counts = {model.objects.filter(account_set=one).count() for one in (office.set, target)}
        assert len(counts) == 1, model
    assert not BookUser.objects.filter(account_set=target).exclude(set_user=None).exists()
    name = BookUser.objects.get(set_user__user=office.makers_user).name
    again = SetUser.objects.create(account_set=target, user=office.makers_user, name=name)
    user = add_person(set_user=again)
    assert Voucher.objects.of(target).filter(maker=user).count() == 3
