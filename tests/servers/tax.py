"""An invoice cloud that speaks the standard contract, signs and opens in another way, and plays its bad days."""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.servers.local import Reply, Request, serving

CLIENT_ID, SECRET, KEY = "invoiceClient01", "secret-of-the-invoice-cloud", "0123456789abcdef"
AUTH, EXPIRED, DUPLICATE, UNKNOWN, INVALID, BUSY = "1101", "1305", "9001", "9002", "9003", "9004"
CODES = f"{EXPIRED}=token,{DUPLICATE}=duplicate,{UNKNOWN}=unknown,{BUSY}=busy,0006=not_found,0009=daily_limit"
SIGNS = {
    "0": lambda text: hashlib.md5(text).hexdigest(),
    "1": lambda text: hashlib.sha256(text).hexdigest(),
    "2": lambda text: hmac.digest(SECRET.encode(), text, "sha256").hex(),
}


@dataclass
class InvoiceCloud:
    """What it was asked, which invoices it knows, and what it shall answer instead."""

    url: str = ""
    sign: str = "0"
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)  # the last one lives
    invoices: dict[str, dict[str, Any]] = field(default_factory=dict)
    plays: dict[str, Reply] = field(default_factory=dict)  # by the path's end: answered instead, though it is done
    refuses: dict[str, str] = field(default_factory=dict)  # by the path's end: an errcode, and nothing is done
    next_status: str = "2"
    pdf_url: str = ""  # named by queries

    @property
    def options(self) -> dict[str, str]:
        """`TAX_OPTIONS` that lead here."""
        named = {"client_id": CLIENT_ID, "client_secret": SECRET, "encrypt_key": KEY, "sign": self.sign}
        return {"endpoint": self.url, **named, "timeout": "5", "codes": CODES}

    def paths(self) -> list[str]:
        """Everything it was asked for, tokens included."""
        return [path for path, _said in self.asked]


@contextmanager
def invoice_cloud() -> Iterator[InvoiceCloud]:
    """The cloud, and on its network this machine's address."""
    state = InvoiceCloud()

    def answer(request: Request) -> Reply:
        parts = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        reply = _answer(state, parts.path, query, request.body)
        return state.plays.get(_end(parts.path), reply)

    with serving(answer) as url:
        state.url = url
        yield state


def _answer(state: InvoiceCloud, path: str, query: dict[str, str], body: bytes) -> Reply:
    if path.endswith(".pdf"):
        return Reply(404)
    if path == "/base/oauth/token":
        state.asked.append((path, json.loads(body)))
        return _token(state, json.loads(body))
    if not state.tokens or query.get("access_token") != state.tokens[-1] or len(query.get("reqid", "")) < 16:
        state.asked.append((path, {"refused": True}))
        return _envelope(EXPIRED, "token失效", status=401)
    said = _opened(body) if path.endswith("/create") else json.loads(body or b"{}") | query
    state.asked.append((path, said))
    if code := state.refuses.get(_end(path)):
        return _envelope(code, "税局繁忙")
    return {
        "/m5/bill/invoice/create": _create,
        "/m5/bill/invoice/invalid": _invalid,
        "/invoice/query": _query,
        "/m3/bill/invoice/img/Check/info": _check,
    }[path](state, said)


def _end(path: str) -> str:
    return path.rpartition("/")[2]


def _token(state: InvoiceCloud, said: dict[str, str]) -> Reply:
    text = f"{CLIENT_ID}{SECRET}{said['timestamp']}".encode()
    fresh = abs(time.time() * 1000 - int(said["timestamp"])) < 300_000
    if said["client_id"] != CLIENT_ID or said["sign"] != SIGNS[state.sign](text) or not fresh:
        return _envelope(AUTH, "授权信息与企业不匹配")
    state.tokens.append(f"token-{len(state.tokens) + 1:08d}")
    said_back = {"access_token": state.tokens[-1], "token_type": "bearer", "expires_in": 7200}
    return Reply.json({"errcode": "0000", "description": "成功", **said_back})


def _create(state: InvoiceCloud, said: dict[str, Any]) -> Reply:
    """A serial stands once, whatever it says."""
    if said["serialNo"] in state.invoices:
        return _envelope(DUPLICATE, "流水号已存在")
    rows = [(float(one["detailAmount"]), float(one["taxAmount"])) for one in said["items"]]
    if round(sum(map(sum, rows)), 2) != float(said["totalAmount"]):
        return _envelope(INVALID, "合计不符")
    state.invoices[said["serialNo"]] = {**said, "invoiceNo": f"2611200000000000{len(state.invoices) + 1:04d}"}
    return _envelope(data={"serialNo": said["serialNo"], "invoiceCode": "", "invoiceNo": "", "pdfUrl": ""})


def _invalid(state: InvoiceCloud, said: dict[str, Any]) -> Reply:
    blue = next((one for one in state.invoices.values() if one["invoiceNo"] == said["originalInvoiceNo"]), None)
    if blue is None:
        return _envelope(INVALID, "原发票不存在")
    red = {
        **said,
        "totalAmount": f"-{blue['totalAmount']}",
        "invoiceNo": f"2611200000000000{len(state.invoices) + 1:04d}",
    }
    state.invoices[said["serialNo"]] = red
    return _envelope(data={"serialNo": said["serialNo"]})


def _query(state: InvoiceCloud, said: dict[str, Any]) -> Reply:
    one = state.invoices.get(said["serialNo"])
    if one is None or one["salerTaxNo"] != said["taxNo"] or said["fpdk_type"] != "3":
        return _envelope(UNKNOWN, "未查询到数据")
    done = state.next_status == "2"
    data = {
        "serialNo": said["serialNo"],
        "status": state.next_status,
        "invoiceNo": one["invoiceNo"] if done else "",
        "invoiceDate": "2026-03-01 09:30:00" if done else "",
        "totalAmount": one["totalAmount"],
        "failCode": "",
        "pdfUrl": state.pdf_url if done else "",
        "failReason": "发票授信额度不足" if state.next_status == "3" else "",
    }
    return _envelope(data=data)


def _check(state: InvoiceCloud, said: dict[str, Any]) -> Reply:
    one = next((one for one in state.invoices.values() if one["invoiceNo"] == said["invoiceNo"]), None)
    if one is None:
        return _envelope("0006", "查无此票")
    status = one.get("invoiceStatus", "0")
    return _envelope(data={"invoiceNo": one["invoiceNo"], "totalAmount": one["totalAmount"], "invoiceStatus": status})


def _envelope(code: str = "0000", description: str = "成功", *, data: Any = None, status: int = 200) -> Reply:
    return Reply.json({"errcode": code, "description": description, "data": data}, status)


def _opened(body: bytes) -> dict[str, Any]:
    raw = Cipher(algorithms.AES(KEY.encode()), modes.ECB()).decryptor().update(base64.b64decode(body))
    found: dict[str, Any] = json.loads(raw[: -raw[-1]])
    return found
