"""An invoice in a real browser: found, booked, sent to the bookkeeper, and opened there without a log-in."""

import re

import pytest

from config import outbox
from config.jobs import run_due
from invoicing.models import InvoiceUse
from tests.factories import make_account, owner_of
from tests.invoicing.facing import D, counted_line, make_face, make_invoice, make_line, take_back

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_an_invoice_is_found_booked_and_passed_on(person, scripts):
    account = make_account(username="southern", name="南方公司")
    lines = (
        counted_line("12", "333.33", spec="标准版 8核16G", unit="月"),
        make_line("1060.00", name="云服务器续费（2026年10月）"),
    )
    invoice = make_invoice(account, face=make_face(*lines, kind="special", remark="合同编号：HT-2026-0098"))
    take_back(invoice, {2: D("100.00")})
    make_invoice(account)
    reader, bookkeeper = person(scripts=scripts), person(scripts=scripts)

    reader.log_in(owner_of(account))
    reader.go("/invoices/issued/")
    reader.keep("invoices-list")
    row = reader.page.locator("tr", has_text=invoice.number)
    row.get_by_text("预览").click()
    reader.page.locator(".invoice").wait_for()
    reader.keep("invoices-preview")
    reader.go(f"/invoices/issued/{invoice.pk}/")
    reader.keep("invoices-detail")
    with reader.page.expect_navigation():
        reader.page.get_by_role("button", name="标记为已入账").click()
    assert InvoiceUse.objects.get().use == "booked"
    with reader.page.expect_download() as download:
        reader.page.get_by_role("link", name="下载 PDF").click()
    assert download.value.suggested_filename == f"dzfp_{invoice.number}.pdf"

    reader.page.get_by_role("link", name="邮件发送").click()
    reader.page.fill("input[name=email]", "books@example.com")
    reader.keep("invoices-send")
    reader.submit()
    while run_due():
        pass
    letter = next(item for item in outbox.items() if item.to == "books@example.com")
    bookkeeper.go(re.findall(r"https?://\S+/i/[^\s/]+/", letter.text)[0])
    bookkeeper.keep("invoices-link")
    assert bookkeeper.page.locator(".invoice").get_by_text(invoice.number).is_visible()
