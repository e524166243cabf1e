"""Pages of received invoices: the list, typing one in, uploading many, verifying, putting to use."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.permissions import Role
from invoicing.invoice_files import printed_of
from invoicing.models import ReceivedInvoice, Service
from invoicing.received_files import TITLES
from invoicing.tax import Verdict
from invoicing.xml_message import write
from tests.accounts.linking import queries
from tests.factories import credit_code, make_operator
from tests.invoicing.calling import received_body
from tests.invoicing.facing import make_invoice
from tests.invoicing.opening import entitle, make_taxpayer, make_tenant
from tests.invoicing.receiving import Authority, receive

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


def at(name, *args):
    return reverse(f"invoicing:received-{name}", args=args)


@pytest.fixture
def taxpayer(manager):
    return make_taxpayer(make_tenant(manager))


@pytest.fixture
def browser(manager, browse):
    client = browse(manager)
    client.cookies["django_language"] = "en"
    return client


def typed(taxpayer, **more):
    body = {
        "buyer": taxpayer.tax_number,
        "kind": "02",
        "number": "2611 2000 0000 0000 0007",
        "issued_on": "2026-03-02",
        "seller_name": "远山供应链有限公司",
        "seller_tax_number": credit_code(777),
        "amount": "100.00",
        "tax": "6.00",
    }
    return body | more


def send(browser, content, name="list.csv"):
    data = content if isinstance(content, bytes) else content.encode()
    return browser.post(at("upload"), {"file": SimpleUploadedFile(name, data)})


def test_empty_lists_say_what_to_do(browser, manager):
    assert "Activate an order" in browser.get(at("list")).text
    assert "Activate an order" in browser.get(at("add")).text
    make_taxpayer(make_tenant(manager))
    assert "Type in an invoice" in browser.get(at("list")).text
    assert "like this" in browser.get(at("list"), {"q": "nothing"}).text


def test_a_list_of_many_costs_what_a_list_of_one_does(browser, taxpayer):
    receive(taxpayer)
    first = queries(browser, at("list"))
    for _turn in range(4):
        receive(taxpayer)
    assert queries(browser, at("list")) == first


def test_the_list_is_narrowed(browser, manager, taxpayer):
    one = receive(taxpayer)
    other = receive(make_taxpayer(make_tenant(manager)), seller_name="别的供应商")
    for asked, shown in (
        ({"q": one.number}, [one]),
        ({"q": "别的"}, [other]),
        ({"tenant": taxpayer.tenant_id}, [one]),
        ({"usage": "60"}, []),
        ({"check_state": "3"}, [one, other]),
        ({"tenant": "x", "usage": "nonsense"}, [one, other]),
    ):
        text = browser.get(at("list"), asked).text
        assert [each for each in (one, other) if each.number in text] == shown


def test_typing_one_in(browser, taxpayer):
    entitle(taxpayer, 5, Service.RECEIVING)
    done = browser.post(at("add"), typed(taxpayer))
    invoice = ReceivedInvoice.objects.get()
    assert done["Location"] == at("detail", invoice.pk)
    assert (invoice.number, str(invoice.total), invoice.source) == ("26112000000000000007", "106.00", "upload")
    again = browser.post(at("add"), typed(taxpayer))
    assert again.status_code == 409
    assert "already" in again.text


def test_what_is_wrong_stands_at_its_field(browser, taxpayer):
    entitle(taxpayer, 5, Service.RECEIVING)
    for change, sentence in (
        ({"number": "12"}, "20 digits"),
        ({"code": "1100123456"}, "no code"),
        ({"seller_tax_number": "1"}, "A tax number has"),
        ({"amount": "0"}, "not zero"),
        ({"issued_on": "2999-01-01"}, "not in the future"),
        ({"buyer": make_taxpayer().tax_number}, "Select a valid choice"),
    ):
        answer = browser.post(at("add"), typed(taxpayer, **change))
        assert answer.status_code == 422
        assert sentence in answer.text
    assert not ReceivedInvoice.objects.exists()


def test_without_an_entitlement_the_page_says_so(browser, taxpayer):
    answer = browser.post(at("add"), typed(taxpayer))
    assert answer.status_code == 403
    assert "has no entitlement" in answer.text


def test_a_table_in_either_encoding(browser, taxpayer):
    entitle(taxpayer, 5, Service.RECEIVING)
    titles = ",".join(TITLES)
    cells = ["数电普票", "", "26112000000000000008", "20260302", "远山有限公司", credit_code(777)]
    row = ",".join([*cells, taxpayer.tax_number, "100.00", "6.00", "106.00"])
    text = f"{titles}\n{row}\n\n{row.replace('0008', '0009').replace('数电普票', '2')}\n"
    assert "2 collected, 0 collected before, 0 refused" in send(browser, text.encode("utf-8-sig")).text
    again = send(browser, (text + row.replace("0008,2", "0010,x") + "\n").encode("gb18030")).text
    assert "0 collected, 2 collected before, 1 refused" in again
    assert "Write the day as" in again
    assert b"\xef\xbb\xbf" in browser.get(at("template")).content


def test_json_as_the_open_api_takes_it(browser, taxpayer):
    entitle(taxpayer, 5, Service.RECEIVING)
    good, foreign = received_body(taxpayer), received_body(make_taxpayer())
    text = send(browser, json.dumps([good, foreign]), "list.json").text
    assert "1 collected, 0 collected before, 1 refused" in text
    assert "none of this tenant" in text
    assert "1 collected, 1" in send(browser, json.dumps({"invoices": [good, received_body(taxpayer)]})).text


def test_the_message_that_comes_with_an_invoice(browser, taxpayer):
    entitle(taxpayer, 5, Service.RECEIVING)
    issued = make_invoice()
    xml = write(printed_of(issued)).replace(issued.buyer_tax_number.encode(), taxpayer.tax_number.encode())
    assert "1 collected" in send(browser, xml, "invoice.xml").text
    kept = ReceivedInvoice.objects.get()
    assert (kept.number, kept.total, kept.seller_name) == (issued.number, issued.total, issued.seller_name)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"\x00\x00", "signs of this file"),
        (b"[", "as JSON"),
        (b'{"a": 1}', "must be a list"),
        (b"[1]", "must be a list"),
        (b"[" * 50_000, "as JSON"),
        (b"<a>", "as XML"),
        (b"<a/>", "no invoice"),
        (b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "as XML"),
        (b"a,b\n1,2", "must hold the titles"),
        (b'"a', "as CSV"),
        (b"x" * (1024 * 1024 + 1), "larger than 1 MB"),
        (json.dumps([{}] * 101).encode(), "At most 100"),
    ],
)
def test_files_that_cannot_be_taken(browser, taxpayer, content, sentence):
    answer = send(browser, content)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_verifying_on_the_page(browser, taxpayer, monkeypatch):
    authority = Authority(Verdict.CONSISTENT, Verdict.MISMATCH)
    monkeypatch.setattr("invoicing.services.verification.tax_platform", authority)
    invoice = receive(taxpayer)
    refused = browser.post(at("verify", invoice.pk))
    assert (refused.status_code, "has no entitlement" in refused.text) == (403, True)
    entitle(taxpayer, 1, Service.CHECKING)
    assert "Genuine: the tax authority" in browser.post(at("verify", invoice.pk), follow=True).text
    text = browser.post(at("verify", invoice.pk), follow=True).text
    assert "has it otherwise" in text
    assert "Verify again" in text
    invoice.refresh_from_db()
    assert invoice.check_state == "2"


def test_putting_it_to_use(browser, taxpayer):
    invoice = receive(taxpayer)
    for usage in ("30", "1", "60", "65"):
        assert f'value="{usage}"' in browser.get(at("detail", invoice.pk)).text
        assert browser.post(at("use", invoice.pk), {"usage": usage}).status_code == 302
    assert "there it stays" in browser.get(at("detail", invoice.pk)).text
    assert browser.post(at("use", invoice.pk), {"usage": "1"}).status_code == 409
    assert browser.post(at("use", invoice.pk), {}).status_code == 422


def test_who_sees_and_who_acts(browser, manager, stranger, browse, taxpayer):
    invoice = receive(taxpayer)
    viewer = browse(make_operator(manager, Role.VIEWER))
    assert viewer.get(at("detail", invoice.pk)).status_code == 200
    assert "Verify now" not in viewer.get(at("detail", invoice.pk)).text
    for name, args in (("add", ()), ("upload", ()), ("verify", (invoice.pk,)), ("use", (invoice.pk,))):
        assert viewer.post(at(name, *args)).status_code == 403
    other = browse(stranger)
    assert invoice.number not in other.get(at("list")).text
    assert [other.get(at("detail", invoice.pk)).status_code, other.post(at("verify", invoice.pk)).status_code] == [
        404
    ] * 2
