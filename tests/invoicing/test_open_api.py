"""The description of the open API, its page, and that nothing which is sent breaks it."""

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.utils import timezone
from hypothesis import strategies as st

from invoicing import policy
from invoicing.models import EntitlementUse, Invoice, IssueOrder, Service
from invoicing.open_api.codes import TABLE
from invoicing.services.sending import advance
from invoicing.tax.cipher import sealed
from tests.fuzzing import Fuzzer, anything, mostly
from tests.invoicing.calling import CREATE, System, code, invoice_body, received_body, signed
from tests.invoicing.opening import ENCRYPT_KEY, entitle, make_client, make_taxpayer
from tests.invoicing.receiving import receive

pytestmark = pytest.mark.django_db


def test_the_numbers_are_unique_and_each_refusal_has_one():
    numbers = [one.number for one in TABLE]
    refusals = [refusal for one in TABLE for refusal in one.refusals]
    assert len(set(numbers)) == len(numbers)
    assert len(set(refusals)) == len(refusals)
    assert all(len(number) == 4 and number.isdigit() for number in numbers)


def test_both_descriptions_are_apart(client):
    ours = client.get("/open/schema").json()
    others = client.get("/api/v1/schema/").json()
    assert {path.split("/")[1] for path in ours["paths"]} == {"open"}
    assert {path.split("/")[1] for path in others["paths"]} == {"api"}
    assert "Problem" not in ours["components"]["schemas"]
    assert "Error" not in others["components"]["schemas"]
    assert ours["components"]["schemas"]["Error"]["properties"]["errcode"]["enum"] == [one.number for one in TABLE]


def test_the_page_is_open_to_everybody(client):
    answer = client.get("/open/docs/")
    assert answer.status_code == 200
    assert "unsafe" not in answer.headers["Content-Security-Policy"]
    assert 'data-schema="/open/schema"' in answer.text
    assert all(f">{one.number}<" in answer.text for one in TABLE)


@dataclass
class OpenFuzzer(Fuzzer):
    """Knows how business systems call: a token in the address, some bodies sealed."""

    system: Any = None
    right: dict[str, list[Any]] = field(default_factory=dict)  # bodies that go through, by operation

    def __post_init__(self) -> None:
        self.whole = dict(Client().get("/open/schema").json())

    def calls(self, _path: str, operation: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        """Question and body of one call."""
        given = [each for each in operation.get("parameters", ()) if each["in"] == "query" and each["name"] != "reqid"]
        right = {each["name"]: self.fitting(each["schema"], each["name"]) for each in given}
        needed = {each["name"]: right.pop(each["name"]) for each in given if each.get("required")}
        asked = st.fixed_dictionaries(needed, optional=right)
        odd = st.dictionaries(st.sampled_from([*right, "x", "access_token", "reqid"]), st.text(max_size=10), max_size=3)
        usual = st.fixed_dictionaries(
            {"access_token": st.just(self.system.token), "reqid": st.integers(0, 10**16).map(str)}
        )
        query = st.tuples(usual, mostly(asked, odd)).map(lambda both: {**both[0], **both[1]})
        bodies = self.bodies(operation)
        if whole := self.right.get(operation["operationId"]):
            bodies = st.sampled_from(whole) | bodies
        return st.fixed_dictionaries({"query": query, "body": bodies})

    def bodies(self, operation: dict[str, Any]) -> st.SearchStrategy[Any]:
        """As the description says; a sealed one by what is sealed in it."""
        content = operation.get("requestBody", {}).get("content", {})
        if "text/plain" not in content:
            return super().bodies(operation)
        inner = {
            "requestBody": {
                "content": {"application/json": {"schema": content["text/plain"]["schema"]["contentSchema"]}}
            }
        }
        return super().bodies(inner).map(self.seal)

    def seal(self, body: Any) -> Any:
        return body if isinstance(body, bytes) else sealed(json.dumps(body), key=ENCRYPT_KEY).encode()

    def send(self, path: str, method: str, call: dict[str, Any]) -> Any:
        """One call."""
        web = self.system.web
        if method == "get":
            return web.get(path, call["query"])
        body = call["body"] if isinstance(call["body"], bytes) else json.dumps(call["body"]).encode()
        return web.post(path, body, content_type="application/json", query_params=call["query"])

    def check(self, answer: Any, operation: dict[str, Any]) -> None:
        """In the envelope, too."""
        super().check(answer, operation)
        assert (code(answer) == "0000") == (answer.status_code == 200)
        if answer.status_code != 200:
            assert answer.json()["data"]["reference"]


def test_nothing_that_is_sent_breaks_it(monkeypatch):
    monkeypatch.setattr(policy, "TOKENS_PER_ADDRESS", (10**6, 60))
    system = System(calls_a_minute=10**6)
    taxpayer = make_taxpayer(system.tenant)
    for service in Service:
        entitle(taxpayer, 10**6, service)
    received = [receive(taxpayer) for _turn in range(3)]
    system.seal(CREATE, invoice_body(taxpayer, serialNo="S1"))
    advance(order_id=IssueOrder.objects.get().pk)
    known = {
        "serialNo": ["S1", "S2", "a b", "x" * 51],
        "taxNo": [taxpayer.tax_number, taxpayer.tax_number, make_taxpayer().tax_number],
        "salerTaxNo": [taxpayer.tax_number],
        "buyerTaxNo": [taxpayer.tax_number, "", "１"],
        "salerName": ["", taxpayer.name],
        "originalInvoiceNo": [Invoice.objects.get().number],
        "invoiceNo": [*(one.number for one in received), f"26112{5:015d}", "12345678"],
        "invoiceCode": ["", "1100123456"],
        "invoiceDate": ["2026-03-02", "20260302", "0001-01-01", "9999-12-31", "2026-02-30"],
        "goodsCode": ["3040201010000000000"],
        "goodsName": ["*信息技术服务*软件服务", "软件\u202e服务", "\x00"],
        "taxRate": ["0.06", "0", "-1", "-2", "1e5", "0.13"],
        "timestamp": [str(int(timezone.now().timestamp())), "1700000000", "9999999999999"],
        "after": ["", str(received[0].pk), "9" * 25, "-1"],
    }
    amounts = ["100.00", "-100.00", "6.00", "0", "1e400", "9" * 12, "0." + "3" * 13, "١", "106.00"]
    known |= dict.fromkeys(("num", "unitPrice", "detailAmount", "taxAmount", "totalAmount", "totalTaxAmount"), amounts)
    known |= {"invoiceAmount": ["100.00", *amounts]}
    tokens = [signed(make_client(), encType=str(number % 3)) for number in range(9)]
    fuzzer = OpenFuzzer(api=None, known=known, examples=40, system=system)
    fuzzer.right = {
        "token": tokens,
        "invoice_create": [fuzzer.seal(invoice_body(taxpayer)) for _turn in range(5)],
        "received_collect": [{"invoices": [received_body(taxpayer), received_body(taxpayer)]}],
    }
    seen = fuzzer.run(["token", "invoices", "received", "entitlements"])
    assert len(seen) == 9
    assert [name for name, statuses in seen.items() if min(statuses) >= 300] == []
    assert EntitlementUse.objects.count() == 4  # what each operation changed was undone after it


def test_right_bodies_go_through_and_nearly_right_ones_name_their_fault():
    """Whatever one field of an invoice is replaced by, the answer is an envelope, and an error counts nothing."""
    system = System(calls_a_minute=10**6)
    taxpayer = make_taxpayer(system.tenant)
    right = entitle(taxpayer, 10**6)
    fuzzer = OpenFuzzer(api=None, system=system)
    operation = fuzzer.whole["paths"]["/open/m5/bill/invoice/create"]["post"]

    def bent(made: tuple[bool, str, Any]) -> dict[str, Any]:
        inside, name, value = made
        body = invoice_body(taxpayer)
        (body["items"][0] if inside else body)[name] = value
        return {"query": {"access_token": system.token, "reqid": "1"}, "body": fuzzer.seal(body)}

    schemas = fuzzer.whole["components"]["schemas"]
    head, line = (sorted(schemas[name]["properties"]) for name in ("IssueIn", "ItemIn"))
    places = st.sampled_from([(False, name) for name in head] + [(True, name) for name in line])
    fuzzer.calls = lambda _path, _operation: st.tuples(places, anything).map(lambda p: bent((*p[0], p[1])))
    before = transaction.savepoint()
    fuzzer.examples = 300
    statuses = fuzzer.call_often("/open/m5/bill/invoice/create", "post", operation)
    assert statuses <= {200, 403, 404, 409, 422, 400}
    right.refresh_from_db()
    assert right.used == IssueOrder.objects.count() == EntitlementUse.objects.count()
    transaction.savepoint_rollback(before)
