"""Taking invoices back through the open API."""

from datetime import timedelta

import pytest
from django.utils import timezone

from invoicing.models import Invoice, InvoiceUse, IssueOrder, RedLetter
from invoicing.services.sending import advance
from tests.invoicing.calling import CREATE, INVALID, QUERY, System, code, faults, invoice_body, issued
from tests.invoicing.opening import entitle, make_taxpayer

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(db):
    return System()


@pytest.fixture
def taxpayer(system):
    return make_taxpayer(system.tenant)


@pytest.fixture
def right(taxpayer):
    return entitle(taxpayer, 10)


def used(right):
    right.refresh_from_db()
    return right.used


def test_the_whole_invoice_goes_back(system, taxpayer, right):
    _body, said = issued(system, taxpayer)
    red = {"serialNo": "R1", "salerTaxNo": taxpayer.tax_number, "originalInvoiceNo": said["invoiceNo"]}
    first = system.post(INVALID, red).json()
    assert (first["errcode"], first["data"]["type"], first["data"]["redFormState"]) == ("0000", "1", "01")
    assert system.post(INVALID, red).json()["data"]["redFormNo"] == first["data"]["redFormNo"]
    advance(order_id=IssueOrder.objects.latest("pk").pk)
    told = system.get(QUERY, taxNo=taxpayer.tax_number, serialNo="R1").json()["data"]
    assert (told["status"], told["totalAmount"], told["originalInvoiceNo"]) == ("2", "-106.00", said["invoiceNo"])
    assert code(system.post(INVALID, red | {"serialNo": "R2"})) == "1403"
    assert code(system.post(INVALID, red | {"serialNo": "R3", "originalInvoiceNo": told["invoiceNo"]})) == "1403"
    assert (RedLetter.objects.count(), used(right)) == (1, 1)  # a red invoice uses nothing


def test_a_part_of_an_invoice_goes_back(system, taxpayer, right):
    _body, said = issued(system, taxpayer)
    red = {
        "type": "1",
        "serialNo": "R1",
        "salerTaxNo": taxpayer.tax_number,
        "originalInvoiceNo": said["invoiceNo"],
        "redReason": "4",
        "items": [{"originalSeq": 1, "detailAmount": "-40.00", "taxAmount": "-2.40"}],
    }
    assert code(system.seal(CREATE, red | {"redReason": "2"})) == "1404"
    too_much = red | {"items": [{"detailAmount": "-100.01"}]}
    assert code(system.seal(CREATE, too_much)) == "1404"
    assert list(faults(system.seal(CREATE, red | {"items": [{"originalSeq": "0.5"}]}))) == ["items.0.originalSeq"]
    assert list(faults(system.seal(CREATE, red | {"items": [{}]}))) == ["items.0.detailAmount"]
    assert "items" in faults(system.seal(CREATE, red | {"items": [{"detailAmount": "40.00"}]}))
    told = system.seal(CREATE, red).json()
    assert (told["errcode"], told["data"]["totalAmount"]) == ("0000", "-42.40"), told


def test_a_used_invoice_waits_for_its_buyer(system, taxpayer, right):
    _body, said = issued(system, taxpayer)
    InvoiceUse.objects.create(invoice=Invoice.objects.get(), use="deducted")
    red = {"serialNo": "R1", "salerTaxNo": taxpayer.tax_number, "originalInvoiceNo": said["invoiceNo"]}
    assert system.post(INVALID, red).json()["data"]["redFormState"] == "02"
    told = system.get(QUERY, taxNo=taxpayer.tax_number, serialNo="R1").json()["data"]
    assert (told["status"], told["totalAmount"], told["redFormState"]) == ("0", "-106.00", "02")
    assert code(system.seal(CREATE, invoice_body(taxpayer, serialNo="R1"))) == "1401"
    RedLetter.objects.update(created_at=timezone.now() - timedelta(hours=73))
    told = system.get(QUERY, taxNo=taxpayer.tax_number, serialNo="R1").json()["data"]
    assert (told["status"], told["redFormState"]) == ("3", "07")
    assert used(right) == 1
