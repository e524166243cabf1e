"""A business system that calls the open API, as the contract says."""

import itertools
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from invoicing.models import Credential, IssueOrder, Taxpayer, Tenant
from invoicing.services.sending import advance
from invoicing.tax.cipher import SignKind, sealed, sign
from tests.factories import credit_code
from tests.invoicing.opening import ENCRYPT_KEY, SECRET, make_client, token_for

_reqids = itertools.count(1_700_000_000_000_000)
TOKEN = "/open/base/oauth/token"


def stamp(now: Any = None) -> str:
    """Milliseconds; each new, so that none is used twice."""
    return str(int((now or timezone.now()).timestamp()) * 1000 + next(_reqids) % 1000)


def signed(client: Credential, **more: Any) -> dict[str, Any]:
    """What asks for a token."""
    body = {"client_id": client.client_id, "timestamp": stamp(), "encType": "0"} | more
    secret = body.pop("secret", SECRET)
    kind = SignKind(str(body["encType"]))
    made = sign(client_id=str(body["client_id"]), secret=secret, timestamp=str(body["timestamp"]), kind=kind)
    return {"sign": made} | body


class System:
    """Calls with a token of its own."""

    def __init__(self, tenant: Tenant | None = None, **more: Any) -> None:
        self.client = make_client(tenant, **more)
        self.tenant, self.token, self.web = self.client.tenant, token_for(self.client), Client()

    def address(self, path: str, **query: Any) -> str:
        asked = {"access_token": self.token, "reqid": str(next(_reqids))} | query
        return f"/open{path}?" + "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)

    def get(self, path: str, **query: Any) -> Any:
        return self.web.get(self.address(path, **query), headers={"Accept-Language": "en"})

    def post(self, path: str, body: Any, **query: Any) -> Any:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/json"
        return self.web.post(self.address(path, **query), sent, content_type=kind, headers={"Accept-Language": "en"})

    def seal(self, path: str, body: Any, *, key: str = ENCRYPT_KEY, **query: Any) -> Any:
        return self.post(path, sealed(json.dumps(body), key=key).encode(), **query)


def code(answer: Any) -> str:
    """The errcode."""
    return str(answer.json()["errcode"])


CREATE, INVALID, QUERY = "/m5/bill/invoice/create", "/m5/bill/invoice/invalid", "/invoice/query"
VERIFY, COLLECT = "/m3/bill/invoice/img/Check/info", "/m4/fpzs/invoice/collect"
LIST, USAGE = "/m4/fpzs/invoice/list", "/m4/fpzs/expense/invoice/status/update"
ENTITLEMENTS = "/m5/bill/entitlement/query"


def invoice_body(taxpayer: Taxpayer, **more: Any) -> dict[str, Any]:
    """An invoice over 106.00 yuan to a company, with the names of the contract."""
    item = {
        "goodsName": "*信息技术服务*软件服务",
        "goodsCode": "3040201010000000000",
        "unit": "套",
        "num": "1",
        "unitPrice": "100.00",
        "detailAmount": "100.00",
        "taxRate": "0.06",
        "taxAmount": "6.00",
    }
    body = {
        "serialNo": f"SO{next(_reqids)}",
        "invoiceType": "02",
        "salerTaxNo": taxpayer.tax_number,
        "buyerName": "海桐贸易有限公司",
        "buyerTaxNo": credit_code(900_002),
        "drawer": "李明",
        "items": [item],
    }
    return {name: value for name, value in (body | more).items() if value is not None}


def received_body(taxpayer: Taxpayer, **more: Any) -> dict[str, Any]:
    """A received invoice, with the names of the contract."""
    body = {
        "invoiceType": "02",
        "invoiceNo": f"26112{next(_reqids) % 10**15:015d}",
        "invoiceDate": "2026-03-02",
        "salerName": "远山供应链有限公司",
        "salerTaxNo": credit_code(777),
        "buyerTaxNo": taxpayer.tax_number,
        "invoiceAmount": "100.00",
        "totalTaxAmount": "6.00",
    }
    return body | more


def ask(system: System, body: dict[str, Any]) -> Any:
    """What became of it."""
    return system.get(QUERY, taxNo=body["salerTaxNo"], serialNo=body["serialNo"])


def issued(system: System, taxpayer: Taxpayer, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """Sent, worked on by the platform, and asked about."""
    body = invoice_body(taxpayer, **more)
    assert code(system.seal(CREATE, body)) == "0000"
    advance(order_id=IssueOrder.objects.latest("pk").pk)
    return body, ask(system, body).json()["data"]


def faults(answer: Any) -> dict[str, str]:
    """The wrong fields with their reasons."""
    assert (answer.status_code, code(answer)) == (422, "1400"), answer.text
    return {fault["field"]: fault["message"] for fault in answer.json()["data"]["faults"]}
