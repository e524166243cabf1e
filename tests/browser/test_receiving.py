"""Received invoices and the page of the open API in a real browser, wide and on a phone."""

import pytest

from invoicing.models import Service
from tests.factories import credit_code, make_account, owner_of
from tests.invoicing.opening import entitle, make_taxpayer, make_tenant
from tests.invoicing.receiving import receive

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_invoice_is_typed_in_and_put_to_use(person):
    account = make_account(username="yunling")
    taxpayer = make_taxpayer(make_tenant(account), name="云岭软件有限公司")
    for number in range(4):
        receive(taxpayer, seller_name=f"远山供应链{number + 1}号有限公司")
    entitle(taxpayer, 50, Service.RECEIVING)
    one = person()
    one.log_in(owner_of(account))
    one.go("/invoice-cloud/received/")
    one.keep("received-list")
    one.go("/invoice-cloud/received/add/")
    one.keep("received-add")
    page = one.page
    page.fill("input[name=number]", "26112000000000000077")
    page.fill("input[name=issued_on]", "2026-03-02")
    page.fill("input[name=seller_name]", "海桐贸易有限公司")
    page.fill("input[name=seller_tax_number]", credit_code(777))
    page.fill("input[name=amount]", "1000.00")
    page.fill("input[name=tax]", "60.00")
    one.submit()
    assert "海桐贸易有限公司" in page.locator("h1").inner_text()
    page.locator("button[name=usage][value='30']").click()
    page.wait_for_load_state()
    one.keep("received-detail")
    one.go("/invoice-cloud/received/upload/")
    one.keep("received-upload")
    page.set_input_files(
        "input[type=file]", {"name": "a.json", "mimeType": "application/json", "buffer": b'[{"invoiceNo": "12"}]'}
    )
    one.submit()
    one.keep("received-uploaded")


def test_the_page_of_the_open_api(person):
    one = person()
    one.go("/open/docs/")
    one.page.wait_for_selector(".opblock")
    one.page.locator("summary").first.click()
    one.keep("open-docs")
