"""Issuing, asking and taking back through the open API: what is counted, and what never is."""

import pytest
from django.db import connection
from django.utils import timezone

from invoicing.faces import Face
from invoicing.models import EntitlementUse, Invoice, IssueOrder, Service
from invoicing.services.issuing import order_issue
from invoicing.services.sending import advance
from invoicing.tax import Fault, Outcome
from tests.invoicing.calling import CREATE, System, ask, code, faults, invoice_body, issued
from tests.invoicing.facing import make_face
from tests.invoicing.issuing import SCRIPTED, script
from tests.invoicing.opening import DAY, entitle, make_taxpayer
from tests.racing import race

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


@pytest.mark.rule("I7.1")
def test_from_the_order_to_the_invoice(system, taxpayer, right):
    body = invoice_body(taxpayer, buyerEmail="Buyer@Example.com", remark="合同 7")
    first = system.seal(CREATE, body).json()
    assert (first["errcode"], first["data"]["status"], first["data"]["invoiceNo"]) == ("0000", "0", "")
    order = IssueOrder.objects.get()
    face = Face.read(order.face)
    assert (face.seller.name, face.remark, order.email.lower()) == (taxpayer.name, "合同 7", "buyer@example.com")
    assert (str(face.amount), str(face.tax), face.lines[0].class_name) == ("100.00", "6.00", "信息技术服务")
    advance(order_id=order.pk)
    said = ask(system, body).json()["data"]
    assert (said["status"], said["totalAmount"]) == ("2", "106.00")
    invoice = Invoice.objects.get()
    assert (said["invoiceNo"], invoice.tenant) == (invoice.number, system.tenant)
    assert system.web.get(said["pdfUrl"]).headers["Content-Type"] == "application/pdf"
    assert used(right) == 1


@pytest.mark.rule("I7.1")
def test_the_same_serial_is_the_same_invoice_and_another_content_is_refused(system, taxpayer, right):
    body, said = issued(system, taxpayer)
    again = system.seal(CREATE, body).json()["data"]
    assert (again["invoiceNo"], again["status"]) == (said["invoiceNo"], "2")
    assert code(system.seal(CREATE, body | {"buyerName": "别的公司"})) == "1401"
    assert (IssueOrder.objects.count(), used(right)) == (1, 1)


def test_prices_with_tax_and_what_is_left_out_is_worked_out(system, taxpayer, right):
    item = {"goodsName": "*信息技术服务*软件服务", "goodsCode": "3040201010000000000", "taxRate": 0.06}
    lines = [item | {"num": 3, "unitPrice": "33.34"}, item | {"detailAmount": 9.54}]
    body = invoice_body(taxpayer, taxFlag="1", items=lines, totalAmount="109.56", totalTaxAmount="6.20")
    said = system.seal(CREATE, body).json()
    assert said["errcode"] == "0000", said
    assert (said["data"]["invoiceAmount"], said["data"]["totalAmount"]) == ("103.36", "109.56")
    body = invoice_body(taxpayer, items=[item | {"num": "2", "unitPrice": "10"}], totalAmount="21.20")
    assert code(system.seal(CREATE, body)) == "0000"


def test_names_of_classes_and_rates_that_are_none(system, taxpayer, right):
    item = {"goodsName": "*农产品*苹果", "goodsCode": "1010115010000000000", "detailAmount": "10.00"}
    for rate, flag in (("-2", "1"), ("-1", "2"), ("0", "3")):
        more = {"zeroTaxRateFlag": flag} if rate == "0" else {}
        assert code(system.seal(CREATE, invoice_body(taxpayer, items=[item | {"taxRate": rate} | more]))) == "0000"
        assert Face.read(IssueOrder.objects.latest("pk").face).lines[0].zero_rate == flag
    unnamed = item | {"goodsName": "苹果", "taxRate": "0.09"}
    assert list(faults(system.seal(CREATE, invoice_body(taxpayer, items=[unnamed])))) == ["items.0.goodsName"]


def test_a_bank_in_one_field_or_in_two(system, taxpayer, right):
    more = {"salerCardName": "招商银行", "salerCardNumber": "110", "buyerAccount": "中国银行 北京分行 6222"}
    assert code(system.seal(CREATE, invoice_body(taxpayer, **more, buyerMobilePhone="13900000001"))) == "0000"
    face = Face.read(IssueOrder.objects.get().face)
    assert (face.seller.bank, face.seller.bank_account) == ("招商银行", "110")
    assert (face.buyer.bank, face.buyer.bank_account, face.buyer.phone) == ("中国银行 北京分行", "6222", "13900000001")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"serialNo": None}, "serialNo"),
        ({"serialNo": "a b"}, "serialNo"),
        ({"serialNo": "a" * 51}, "serialNo"),
        ({"invoiceType": "99"}, "invoiceType"),
        ({"type": "7"}, "type"),
        ({"taxFlag": True}, "taxFlag"),
        ({"buyerName": ""}, "buyerName"),
        ({"buyerName": "a" * 101}, "buyerName"),
        ({"buyerTaxNo": "12"}, "buyerTaxNo"),
        ({"buyerTaxNo": None, "invoiceType": "01"}, "buyerTaxNo"),
        ({"buyerEmail": "nobody"}, "buyerEmail"),
        ({"salerName": "别的公司"}, "salerName"),
        ({"drawer": None}, "drawer"),
        ({"remark": ["a"]}, "remark"),
        ({"items": None}, "items"),
        ({"items": []}, "items"),
        ({"items": ["a"]}, "items.0"),
        ({"totalAmount": "107.00"}, "totalAmount"),
    ],
)
def test_wrong_fields_are_named_and_nothing_is_counted(system, taxpayer, right, change, field):
    assert field in faults(system.seal(CREATE, invoice_body(taxpayer, **change)))
    assert (used(right), IssueOrder.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"goodsName": ""}, "goodsName"),
        ({"goodsCode": "1"}, "goodsCode"),
        ({"num": "one"}, "num"),
        ({"num": None}, "num"),
        ({"unitPrice": "1e9"}, "unitPrice"),
        ({"detailAmount": "100.001"}, "detailAmount"),
        ({"detailAmount": "101.00"}, "detailAmount"),
        ({"detailAmount": None, "num": None, "unitPrice": None}, "detailAmount"),
        ({"detailAmount": "9" * 400}, "detailAmount"),
        ({"taxRate": "6"}, "taxRate"),
        ({"taxRate": None}, "taxRate"),
        ({"taxRate": "0.07"}, "taxRate"),
        ({"taxAmount": "7.00"}, "taxAmount"),
        ({"discountType": "1"}, "discountType"),
        ({"discountType": "5"}, "discountType"),
        ({"zeroTaxRateFlag": "1"}, "zeroTaxRateFlag"),
        ({"preferentialPolicy": "1"}, "preferentialPolicy"),
        ({"deduction": "5.00"}, "deduction"),
    ],
)
def test_wrong_fields_of_a_line_are_named(system, taxpayer, right, change, field):
    body = invoice_body(taxpayer)
    body["items"][0] |= change
    assert f"items.0.{field}" in faults(system.seal(CREATE, body))
    assert (used(right), IssueOrder.objects.count()) == (0, 0)


def test_all_faults_come_at_once(system, taxpayer, right):
    body = invoice_body(taxpayer, buyerName="", drawer="")
    body["items"][0]["taxAmount"] = "7.00"
    assert set(faults(system.seal(CREATE, body))) == {"buyerName", "drawer", "items.0.taxAmount"}


@pytest.mark.rule("I7.1")
def test_foreign_tax_numbers_count_nothing(system, taxpayer, right):
    foreign = make_taxpayer()
    theirs = entitle(foreign, 5)
    answer = system.seal(CREATE, invoice_body(foreign))
    assert (answer.status_code, code(answer)) == (403, "1101")
    assert foreign.tax_number in answer.json()["description"]
    released = make_taxpayer(system.tenant, released_at=timezone.now())
    for one in (released.tax_number, "", "91110108MA0000000X"):
        assert code(system.seal(CREATE, invoice_body(taxpayer, salerTaxNo=one))) == "1101"
    assert (used(theirs), used(right), IssueOrder.objects.count()) == (0, 0, 0)


def test_why_an_entitlement_does_not_help(system, taxpayer):
    body, now = invoice_body(taxpayer), timezone.now()
    answer = system.seal(CREATE, body)
    assert (answer.status_code, code(answer)) == (403, "1500")
    entitle(taxpayer, 5, Service.CHECKING)
    assert code(system.seal(CREATE, body)) == "1500"
    entitle(taxpayer, 5, expires_at=now - DAY / 2)
    assert code(system.seal(CREATE, body)) == "1502"
    entitle(taxpayer, 1)
    assert code(system.seal(CREATE, body)) == "0000"
    assert code(system.seal(CREATE, invoice_body(taxpayer))) == "1501"
    assert IssueOrder.objects.count() == EntitlementUse.objects.count() == 1


def test_what_the_platform_refuses_is_not_counted_and_can_be_sent_again(system, taxpayer, right, settings):
    settings.TAX_BACKEND = SCRIPTED
    script.clear()
    script.query = lambda _serial: Outcome(fault=Fault.REFUSED, message="购方税号不存在")
    body, said = issued(system, taxpayer)
    assert (said["status"], said["failCode"], said["failReason"]) == ("3", "refused", "购方税号不存在")
    assert used(right) == 0
    script.query = lambda _serial: Outcome()
    again = system.seal(CREATE, body | {"buyerName": "改正后的公司"}).json()
    assert (again["errcode"], again["data"]["status"], used(right)) == ("0000", "0", 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I7.1")
def test_the_same_serial_twenty_times_at_once_is_one_invoice_and_one_use():
    system = System()
    taxpayer = make_taxpayer(system.tenant)
    right, body = entitle(taxpayer, 50), invoice_body(taxpayer)
    answers = race(20, lambda _turn: code(system.seal(CREATE, body)))
    assert answers == ["0000"] * 20
    race(5, lambda _turn: advance(order_id=IssueOrder.objects.get().pk))
    assert (IssueOrder.objects.count(), Invoice.objects.count(), used(right)) == (1, 1, 1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I7.1")
def test_one_use_left_and_twenty_callers_is_one_invoice():
    system = System()
    taxpayer = make_taxpayer(system.tenant)
    right = entitle(taxpayer, 1)
    answers = race(20, lambda _turn: code(system.seal(CREATE, invoice_body(taxpayer))))
    assert sorted(answers) == ["0000", *["1501"] * 19]
    assert (IssueOrder.objects.count(), EntitlementUse.objects.count(), used(right)) == (1, 1, 1)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM invoicing_issueorder")
        assert cursor.fetchone() == (1,)


def test_a_serial_that_cloud_spending_used_is_not_the_business_systems(system, taxpayer, right):
    face = make_face(seller=make_face().seller.__class__(taxpayer.name, taxpayer.tax_number))
    order_issue(face=face, serial="IR1")
    assert code(system.seal(CREATE, invoice_body(taxpayer, serialNo="IR1"))) == "1401"
    assert used(right) == 0
