"""Invoices in the names and codes of Kingdee's standard contract, and its answers in ours. Pure."""

import json
import re
import secrets
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.utils import timezone

from invoicing.faces import DISCOUNT, DISCOUNTED, NORMAL, Face, Line
from invoicing.tax.contract import Fault, Outcome, Unclear, Verdict

KINDS: Final = {"special": "01", "ordinary": "02"}
NATURES: Final = {NORMAL: "0", DISCOUNT: "1", DISCOUNTED: "2"}
# Why it is taken back: tax bureaus number an error 01 and a return 02, this contract the other way round.
REASONS: Final = {"01": "2", "02": "1", "03": "3", "04": "4"}
EXEMPT: Final = ("1", "2")  # exempt and outside VAT are preferences, by this contract
ISSUED, FAILED, UNDER_WAY = "2", "3", ("0", "1")
NORMAL_STATUS, PARTLY_REVERSED = "0", "7"
GONE: Final = ("2", "3", "8")  # void, reversed, wholly reversed
_NUMBER: Final = re.compile(r"\d{20}", re.ASCII)
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?", re.ASCII)


def issue_body(serial: str, face: Face) -> dict[str, Any]:
    """What `create` takes for a blue invoice."""
    seller, buyer = face.seller, face.buyer
    return {
        "serialNo": serial,
        "invoiceType": KINDS[face.kind],
        "type": "0",
        "salerTaxNo": seller.tax_number,
        "salerName": seller.name,
        "salerAddress": seller.address,
        "salerPhone": seller.phone,
        "salerCardName": seller.bank,
        "salerCardNumber": seller.bank_account,
        "buyerName": buyer.name,
        "buyerTaxNo": buyer.tax_number,
        "buyerAddress": buyer.address,
        "buyerFixedTelephone": buyer.phone,
        "buyerAccount": f"{buyer.bank} {buyer.bank_account}".strip(),
        "invoiceAmount": money(face.amount),
        "totalTaxAmount": money(face.tax),
        "totalAmount": money(face.total),
        "remark": face.remark,
        "drawer": face.drawer,
        "payee": str(face.extra.get("payee", "")),
        "reviewer": str(face.extra.get("reviewer", "")),
        "taxFlag": "0",
        "inventoryFlag": "0",
        "items": [_item(line) for line in face.lines],
    }


def red_body(serial: str, face: Face) -> dict[str, Any]:
    """What `invalid` takes: it takes back whole invoices only."""
    return {
        "serialNo": serial,
        "salerTaxNo": face.seller.tax_number,
        "originalInvoiceCode": "",
        "originalInvoiceNo": face.reverses,
        "redReason": REASONS[face.red_reason],
    }


def check_body(number: str, code: str, day: date, total: Decimal) -> dict[str, Any]:
    """What `Check/info` takes."""
    return {
        "invoiceCode": code,
        "invoiceNo": number,
        "invoiceDate": f"{day:%Y-%m-%d}",
        "totalAmount": money(total),
    }


def outcome_of(data: Mapping[str, Any], serial: str, fault: Fault) -> Outcome:
    """What became of the serial. Raises Unclear for what has no sense."""
    if data.get("serialNo") != serial:
        raise Unclear("answer about another serial")
    status = str(data.get("status", ""))
    if status in UNDER_WAY:
        return Outcome()
    if status == FAILED:
        return Outcome(fault=fault, message=text(data.get("failReason"), 300))
    number, total = str(data.get("invoiceNo", "")), amount(data.get("totalAmount"))
    if status != ISSUED or _NUMBER.fullmatch(number) is None or total is None:
        raise Unclear("answer about an invoice without sense")
    return Outcome(number=number, issued_at=_moment(data.get("invoiceDate")), total=total)


def verdict_of(data: Mapping[str, Any], number: str, total: Decimal) -> Verdict:
    """What a verification says of this number and total. Raises Unclear for what has no sense."""
    found = amount(data.get("totalAmount"))
    if found is None:
        raise Unclear("answer about an invoice without total")
    if (str(data.get("invoiceNo", "")), found) != (number, total):
        return Verdict.MISMATCH
    status = str(data.get("invoiceStatus", NORMAL_STATUS))
    if status in GONE:
        return Verdict.REVERSED
    if status not in {NORMAL_STATUS, PARTLY_REVERSED}:
        raise Unclear("answer with an unknown status")
    return Verdict.CONSISTENT


def money(value: Decimal) -> str:
    """As the contract writes amounts."""
    return f"{value:.2f}"


def amount(value: Any) -> Decimal | None:
    """An amount that was sent as text or number; None for what is none."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    try:
        found = Decimal(str(value))
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found) < 10**16 and found == round(found, 2) else None


def text(value: Any, length: int) -> str:
    """A sentence of the platform, cut, without what cannot be printed."""
    found = value if isinstance(value, str) else ""
    return "".join(char for char in found if char.isprintable())[:length]


def compact(body: Mapping[str, Any]) -> str:
    """As JSON."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


def _item(line: Line) -> dict[str, Any]:
    return {
        "goodsName": f"*{line.class_name}*{line.name}",
        "goodsCode": line.class_code,
        "specModel": line.spec,
        "unit": line.unit,
        "num": _factor(line.quantity),
        "unitPrice": _factor(line.price),
        "detailAmount": money(line.amount),
        "taxRate": _factor(line.rate),
        "taxAmount": money(line.tax),
        "discountType": NATURES[line.nature],
        "preferentialPolicy": "1" if line.zero_rate in EXEMPT else "0",
        "vatException": {"1": "免税", "2": "不征税"}.get(line.zero_rate, ""),
        "zeroTaxRateFlag": line.zero_rate,
        "deduction": "",
    }


def _factor(value: Decimal | None) -> str:
    """A quantity, price or rate without needless noughts; empty where there is none."""
    if value is None:
        return ""
    shown = f"{value:f}"
    return shown.rstrip("0").rstrip(".") if "." in shown else shown


def _moment(value: Any) -> datetime | None:
    """A day, or a moment, in the bureau's time; None where it was not said."""
    if not isinstance(value, str) or _DATE.fullmatch(value) is None:
        return None
    try:
        return timezone.make_aware(datetime.fromisoformat(value))
    except ValueError:
        return None


def request_id() -> str:
    """Milliseconds and three digits at random, as the contract wants it."""
    return f"{int(timezone.now().timestamp() * 1000)}{secrets.randbelow(1000):03d}"
