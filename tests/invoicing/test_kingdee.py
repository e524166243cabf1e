"""The standard contract of Kingdee's invoice cloud over HTTP: what is sent, and what each bad day comes to."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ImproperlyConfigured

from invoicing.amounts import discounted
from invoicing.models import Invoice
from invoicing.services.sending import advance, follow_orders
from invoicing.tax import Busy, Fault, NotTaken, Outcome, TaxError, Unclear, Verdict
from invoicing.tax.kingdee import KingdeePlatform, forget_tokens
from tests.invoicing.facing import BUYER, SELLER, counted_line, make_face, make_line
from tests.invoicing.issuing import fresh, make_request, ordered
from tests.servers import tax
from tests.servers.local import Reply, dripping, nobody, silence
from tests.servers.tax import InvoiceCloud, invoice_cloud

D = Decimal
CREATE, INVALID, QUERY = "/m5/bill/invoice/create", "/m5/bill/invoice/invalid", "/invoice/query"
NUMBER = "26112000000000000001"


@pytest.fixture
def there(settings) -> Iterator[InvoiceCloud]:
    """An invoice cloud, and settings that lead to it."""
    forget_tokens()
    with invoice_cloud() as state:
        settings.TAX_BACKEND = "invoicing.tax.kingdee.KingdeePlatform"
        settings.TAX_OPTIONS = state.options
        yield state
    forget_tokens()


def issue(serial="S1", face=None):
    KingdeePlatform().issue(serial=serial, face=face or make_face())


def query(serial="S1"):
    return KingdeePlatform().query(serial=serial, seller_tax_number=SELLER.tax_number)


def red(number=NUMBER, *, whole=True, reason="01"):
    lines = (replace(make_line(), amount=D(-100), tax=D(-6), reverses=1),)
    face = make_face(*lines, reverses=number, red_letter="1" * 20, red_reason=reason)
    return replace(face, extra={"whole": whole})


def test_an_invoice_is_sent_sealed_in_the_contracts_words(there):
    face = make_face(
        counted_line("3", "33.3333330", spec="标准"), *discounted(make_line("106.00"), D("10.00")), remark="备注"
    )
    face = replace(face, kind="special", buyer=replace(BUYER, bank="招商银行", bank_account="6225"))
    issue(face=face)
    path, said = there.asked[-1]
    assert (path, said["serialNo"], said["invoiceType"], said["type"]) == (CREATE, "S1", "01", "0")
    assert (said["salerTaxNo"], said["salerCardNumber"]) == (SELLER.tax_number, SELLER.bank_account)
    assert (said["buyerName"], said["buyerAccount"]) == (BUYER.name, "招商银行 6225")
    assert (said["invoiceAmount"], said["totalTaxAmount"], said["totalAmount"]) == ("190.00", "11.40", "201.40")
    first, second, off = said["items"]
    assert (first["goodsName"], first["num"], first["unitPrice"]) == ("*信息技术服务*软件服务", "3", "33.333333")
    assert (first["detailAmount"], first["taxRate"], first["taxAmount"]) == ("100.00", "0.06", "6.00")
    assert [one["discountType"] for one in (first, second, off)] == ["0", "2", "1"]
    assert (off["detailAmount"], off["num"], off["unitPrice"]) == ("-10.00", "", "")


@pytest.mark.parametrize(("zero", "preference", "words"), [("1", "1", "免税"), ("2", "1", "不征税"), ("0", "0", "")])
def test_why_there_is_no_tax(there, zero, preference, words):
    issue(face=make_face(make_line("106.00", rate="0", zero_rate=zero)))
    item = there.asked[-1][1]["items"][0]
    assert (item["preferentialPolicy"], item["vatException"], item["zeroTaxRateFlag"]) == (preference, words, zero)


@pytest.mark.parametrize("kind", ["0", "1", "2"])
def test_a_token_is_signed_for_and_kept(there, settings, kind):
    there.sign = kind
    settings.TAX_OPTIONS = there.options
    issue("S1")
    issue("S2")
    assert query("S1").number == NUMBER
    assert there.paths() == ["/base/oauth/token", CREATE, CREATE, QUERY]


def test_a_token_that_is_over_is_renewed_and_nothing_is_lost(there):
    issue("S1")
    there.tokens.append("another-token")
    issue("S2")
    assert there.paths()[2:] == [CREATE, "/base/oauth/token", CREATE]
    assert set(there.invoices) == {"S1", "S2"}


def test_what_became_of_a_serial(there):
    assert query("S9") is None
    issue()
    there.next_status = "1"
    assert query() == Outcome()
    there.next_status = "3"
    failed = query()
    assert (failed.fault, failed.message) == (Fault.REFUSED, "发票授信额度不足")
    there.next_status = "2"
    done = query()
    assert (done.number, done.total) == (NUMBER, D("106.00"))
    assert done.issued_at == datetime(2026, 3, 1, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(("ours", "theirs"), [("01", "2"), ("02", "1"), ("03", "3"), ("04", "4")])
def test_whole_invoices_are_taken_back_with_the_contracts_reason(there, ours, theirs):
    issue()
    issue("R1", red(reason=ours))
    path, said = there.asked[-1]
    assert (path, said["redReason"], said["originalInvoiceNo"]) == (INVALID, theirs, NUMBER)
    assert query("R1").total == D("-106.00")


def test_a_part_of_an_invoice_is_not_even_asked_for(there):
    with pytest.raises(NotTaken) as refused:
        issue("R1", red(whole=False))
    assert (refused.value.fault, there.asked) == (Fault.INVALID, [])


def test_a_serial_that_stands_there_is_unclear(there):
    issue()
    with pytest.raises(Unclear):
        issue()


def test_an_error_with_a_word_is_that_fault_and_one_without_is_looked_at(there):
    there.refuses = {"create": tax.BUSY}
    with pytest.raises(Busy):
        issue()
    there.refuses = {"create": "1200"}
    with pytest.raises(NotTaken) as refused:
        issue()
    assert refused.value.fault is Fault.AUTH
    there.refuses = {"create": "7777"}
    with pytest.raises(NotTaken) as refused:
        issue()
    assert (refused.value.fault, refused.value.message) == (Fault.OTHER, "7777 税局繁忙")
    assert there.paths()[-1] == QUERY
    there.refuses = {}
    issue()
    there.refuses = {"create": "7777"}
    issue()  # it says an error, but it has it


def test_an_error_without_a_word_and_no_answer_about_the_serial_is_unclear(there):
    issue("S0")
    there.plays = {"create": Reply.json({"errcode": "7777", "description": ""}), "query": Reply(500, b"")}
    with pytest.raises(Unclear):
        issue()


WITHOUT_SENSE = [
    Reply(200, b"<html>"),
    Reply(200, b"[]"),
    Reply(200, b"{}"),
    Reply(200, b'{"errcode": 0}'),
    Reply(200, b'{"errcode": "not a code!"}'),
    Reply(502, b'{"errcode": "0000"}'),
    Reply(500, b'{"errcode": "7777"}'),
    Reply(302, b'{"errcode": "0000"}'),
    Reply(200, b" " * 300_000),
    Reply(200, b'{"errcode": "0000"', missing=400),
    Reply(200, b"[" * 100_000),
]


@pytest.mark.parametrize("reply", WITHOUT_SENSE, ids=range(len(WITHOUT_SENSE)))
def test_an_answer_without_sense_leaves_it_open_whether_it_was_taken(there, reply):
    issue("S0")
    there.plays = {"create": reply}
    with pytest.raises(Unclear):
        issue("S1")
    assert query("S1").number


@pytest.mark.parametrize(
    "data",
    [
        None,
        {},
        [],
        {"serialNo": "S2", "status": "2", "invoiceNo": NUMBER, "totalAmount": "106.00"},
        {"serialNo": "S1", "status": "9"},
        {"serialNo": "S1", "status": "2", "invoiceNo": "1", "totalAmount": "106.00"},
        {"serialNo": "S1", "status": "2", "invoiceNo": "٢" * 20, "totalAmount": "106.00"},
        {"serialNo": "S1", "status": "2", "invoiceNo": NUMBER},
        {"serialNo": "S1", "status": "2", "invoiceNo": NUMBER, "totalAmount": "NaN"},
        {"serialNo": "S1", "status": "2", "invoiceNo": NUMBER, "totalAmount": True},
    ],
)
def test_a_state_without_sense_is_none(there, data):
    there.plays = {"query": Reply.json({"errcode": "0000", "data": data})}
    with pytest.raises(Unclear):
        query()


def test_too_many_calls_are_busy(there):
    issue("S0")
    there.plays = {"create": Reply(429, b"")}
    with pytest.raises(Busy):
        issue()


@pytest.mark.parametrize("said", [{}, {"access_token": ""}, {"access_token": "with space "}, {"access_token": 7}])
def test_without_a_token_nothing_has_happened(there, said):
    there.plays = {"token": Reply.json({"errcode": "0000", **said})}
    with pytest.raises(Busy):
        issue()
    assert there.paths() == ["/base/oauth/token"]


def test_wrong_credentials_are_said_so(there, settings):
    settings.TAX_OPTIONS = {**there.options, "client_secret": "wrong"}
    with pytest.raises(NotTaken) as refused:
        issue()
    assert (refused.value.fault, there.paths()) == (Fault.AUTH, ["/base/oauth/token"])
    assert "wrong" not in str(refused.value)


@pytest.mark.parametrize(("host", "error"), [(nobody, Busy), (silence, Unclear), (dripping, Unclear)])
def test_whether_anything_was_sent_is_told_apart(there, monkeypatch, host, error):
    monkeypatch.setattr(KingdeePlatform, "_token", lambda _self: "a-token-that-lives")
    with host() as url:
        platform = KingdeePlatform({**there.options, "endpoint": url, "timeout": "0.2"})
        with pytest.raises(error):
            platform.issue(serial="S1", face=make_face())


@pytest.mark.parametrize("host", [nobody, silence, dripping])
def test_a_token_that_is_not_to_be_had_has_touched_nothing(there, host):
    with host() as url:
        platform = KingdeePlatform({**there.options, "endpoint": url, "timeout": "0.2"})
        with pytest.raises(Busy):
            platform.issue(serial="S1", face=make_face())


def test_what_it_says_of_invoices(there):
    issue()
    day = date(2026, 3, 1)

    def check(number=NUMBER, total="106.00"):
        return KingdeePlatform().verify(number=number, issued_on=day, total=D(total))

    assert check() == Verdict.CONSISTENT
    assert check(total="106.01") == Verdict.MISMATCH
    assert check("26112000000000009999") == Verdict.NOT_FOUND
    there.invoices["S1"]["invoiceStatus"] = "8"
    assert check() == Verdict.REVERSED
    there.refuses = {"info": "0009"}
    assert check() == Verdict.DAILY_LIMIT
    there.refuses = {"info": "7777"}
    with pytest.raises(TaxError):
        check()


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("endpoint", "", "TAX_ENDPOINT"),
        ("endpoint", "http://tax.example", "https"),
        ("client_id", " ", "TAX_CLIENT_ID"),
        ("client_secret", "", "TAX_CLIENT_SECRET"),
        ("encrypt_key", "short", "16 signs"),
        ("sign", "3", "TAX_SIGN"),
        ("timeout", "soon", "TAX_TIMEOUT"),
        ("timeout", "16", "TAX_TIMEOUT"),
        ("codes", "9001=fine", "TAX_CODES"),
        ("codes", "9001", "TAX_CODES"),
    ],
)
def test_a_setting_without_sense_is_named(name, value, word):
    right = {"endpoint": "https://tax.example", "client_id": "a", "client_secret": "b", "encrypt_key": tax.KEY}
    with pytest.raises(ImproperlyConfigured, match=word):
        KingdeePlatform({**right, name: value})


@pytest.mark.django_db(transaction=True)
def test_from_order_to_invoice_through_a_cut_answer(there, manager):
    order = ordered(request=make_request(manager), serial="S1")
    there.plays = {"create": Reply(200, b'{"errcode":', missing=100)}
    assert advance(order_id=order.pk).state == "unclear"
    there.plays = {}
    follow_orders(now=fresh(order).ask_after)
    assert (Invoice.objects.get().number, there.paths().count(CREATE)) == (NUMBER, 1)


@pytest.mark.django_db(transaction=True)
def test_a_serial_of_somebody_else_is_not_this_invoice(there):
    issue("S1", make_face(make_line("53.00")))
    order = ordered(request=make_request(), serial="S1")
    advance(order_id=order.pk)
    follow_orders(now=fresh(order).ask_after)
    assert (fresh(order).state, fresh(order).fault) == ("failed", "duplicate")
