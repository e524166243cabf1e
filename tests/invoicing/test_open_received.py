"""Received invoices and entitlements through the open API."""

import pytest

from invoicing.models import CheckDay, EntitlementUse, ReceivedInvoice, Service
from invoicing.tax import Verdict
from tests.invoicing.calling import COLLECT, ENTITLEMENTS, LIST, USAGE, VERIFY, System, code, received_body
from tests.invoicing.opening import entitle, make_taxpayer, make_tenant
from tests.invoicing.receiving import Authority, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(db):
    return System()


@pytest.fixture
def taxpayer(system):
    return make_taxpayer(system.tenant)


def collect(system, *bodies):
    return system.post(COLLECT, {"invoices": bodies})


def fields(answer):
    assert (answer.status_code, code(answer)) == (422, "1400"), answer.text
    return [fault["field"] for fault in answer.json()["data"]["faults"]]


def test_each_is_told_what_became_of_it(system, taxpayer):
    entitle(taxpayer, 2, Service.RECEIVING)
    one, other = received_body(taxpayer), received_body(taxpayer)
    foreign = received_body(make_taxpayer())
    wrong = received_body(taxpayer, invoiceNo="12", salerTaxNo="1")
    told = collect(system, one, one, foreign, wrong, other, received_body(taxpayer)).json()["data"]
    results = [(each["result"], each["errcode"]) for each in told]
    good, known = ("collected", "0000"), ("known", "0000")
    assert results == [good, known, ("refused", "1101"), ("refused", "1400"), good, ("refused", "1501")]
    assert [fault["field"] for fault in told[3]["faults"]] == ["invoiceNo", "salerTaxNo"]
    assert ReceivedInvoice.objects.filter(source="push").count() == EntitlementUse.objects.count() == 2


def test_bodies_that_cannot_be_read_are_refused_whole(system, taxpayer):
    entitle(taxpayer, 5, Service.RECEIVING)
    right = received_body(taxpayer)
    wrong = right | {"invoiceDate": "2026-02-30", "invoiceAmount": "x", "totalTaxAmount": None, "invoiceType": "77"}
    found = fields(collect(system, right, wrong))
    assert found == [f"invoices.1.{name}" for name in ("invoiceAmount", "totalTaxAmount", "invoiceDate", "invoiceType")]
    assert fields(collect(system, right | {"totalAmount": "1.00"})) == ["invoices.0.totalAmount"]
    assert fields(collect(system)) == ["invoices"]
    assert fields(collect(system, *[right] * 101)) == ["invoices"]
    assert not ReceivedInvoice.objects.exists()


def test_the_list_is_narrowed_and_has_pages(system, taxpayer, monkeypatch):
    other = make_taxpayer(system.tenant)
    mine = [receive(taxpayer) for _turn in range(3)]
    receive(other)
    receive(make_taxpayer())
    assert len(system.get(LIST).json()["data"]["invoices"]) == 4
    monkeypatch.setattr("invoicing.policy.COLLECTED_PER_CALL", 2)
    first = system.get(LIST, taxNo=taxpayer.tax_number).json()["data"]
    rest = system.get(LIST, taxNo=taxpayer.tax_number, after=first["next"]).json()["data"]
    numbers = [each["invoiceNo"] for each in first["invoices"] + rest["invoices"]]
    assert (numbers, rest["next"]) == ([one.number for one in reversed(mine)], "")
    assert system.get(LIST, expendStatus="60").json()["data"]["invoices"] == []
    assert len(system.get(LIST, checkStatus="3").json()["data"]["invoices"]) == 2
    assert code(system.get(LIST, taxNo=make_taxpayer().tax_number)) == "1101"
    assert fields(system.get(LIST, after="-1")) == ["after"]
    assert fields(system.get(LIST, after="9" * 30)) == ["after"]
    assert fields(system.get(LIST, expendStatus="7")) == ["expendStatus"]


def test_uses_are_set_for_all_or_none(system, taxpayer):
    one, two = receive(taxpayer), receive(taxpayer)
    which = [{"invoiceNo": each.number} for each in (one, two)]
    told = system.post(USAGE, {"expendStatus": "30", "invoices": which}).json()
    assert [each["expendStatus"] for each in told["data"]] == ["30", "30"]
    system.post(USAGE, {"expendStatus": "60", "invoices": which[:1]})
    assert code(system.post(USAGE, {"expendStatus": "65", "invoices": which})) == "1601"
    assert code(system.post(USAGE, {"expendStatus": "65", "invoices": [{"invoiceNo": "1"}, *which]})) == "1402"
    assert code(System(make_tenant()).post(USAGE, {"expendStatus": "65", "invoices": which})) == "1402"
    assert fields(system.post(USAGE, {"expendStatus": "2", "invoices": which})) == ["expendStatus"]
    assert fields(system.post(USAGE, {"expendStatus": "30", "invoices": [{}]})) == ["invoices.0.invoiceNo"]
    assert sorted(ReceivedInvoice.objects.values_list("usage", flat=True)) == ["30", "60"]


@pytest.fixture
def authority(monkeypatch):
    one = Authority(Verdict.CONSISTENT)
    monkeypatch.setattr("invoicing.services.verification.tax_platform", one)
    return one


def asked(taxpayer, **more):
    body = received_body(taxpayer)
    told = {"taxNo": taxpayer.tax_number, "totalAmount": "106.00"}
    return told | {name: body[name] for name in ("invoiceNo", "invoiceDate")} | more


def test_verifying(system, taxpayer, authority):
    entitle(taxpayer, 1, Service.CHECKING)
    body = asked(taxpayer)
    told = [system.post(VERIFY, body).json() for _turn in range(6)]
    assert told[0]["data"] == {"result": "consistent", "checksLeft": 4}
    assert [each["errcode"] for each in told] == ["0000"] * 5 + ["1700"]
    assert code(system.post(VERIFY, asked(taxpayer))) == "1501"
    assert len(authority.asked) == 5


def test_what_cannot_be_verified(system, taxpayer, authority):
    right = entitle(taxpayer, 5, Service.CHECKING)
    assert code(system.post(VERIFY, asked(taxpayer, invoiceDate="20991231"))) == "1701"
    assert code(system.post(VERIFY, asked(taxpayer, invoiceDate="2001-01-01"))) == "1702"
    assert code(system.post(VERIFY, asked(make_taxpayer()))) == "1101"
    authority.verdicts = [Verdict.FAILED]
    answer = system.post(VERIFY, asked(taxpayer))
    assert (answer.status_code, code(answer)) == (503, "1703")
    wrong = asked(taxpayer, invoiceNo="1", invoiceDate="", totalAmount="x", taxNo="")
    assert fields(system.post(VERIFY, wrong)) == ["taxNo", "invoiceDate", "totalAmount", "invoiceNo"]
    assert fields(system.post(VERIFY, asked(taxpayer, invoiceCode="1100123456"))) == ["invoiceCode"]
    right.refresh_from_db()
    assert (right.used, CheckDay.objects.count()) == (0, 1)


@pytest.mark.rule("I6.1", "I7.1")
def test_what_a_tax_number_may_still_do(system, taxpayer):
    right, other = entitle(taxpayer, 5, used=2), make_taxpayer(system.tenant)
    entitle(other, 1)
    entitle(make_taxpayer(), 1)
    [told] = system.get(ENTITLEMENTS, taxNo=taxpayer.tax_number).json()["data"]
    assert (told["service"], told["granted"], told["used"], told["left"], told["standing"]) == (
        "issuing",
        5,
        2,
        3,
        "valid",
    )
    assert told["endTime"].startswith(f"{right.expires_at:%Y-}")
    assert len(system.get(ENTITLEMENTS).json()["data"]) == 2
    assert code(system.get(ENTITLEMENTS, taxNo="1")) == "1101"
