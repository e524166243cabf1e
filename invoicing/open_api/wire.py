"""The contract's names and codes, mapped once to what an invoice is here (`invoicing.faces`), in both directions."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from accounts.email_address import normalise_email
from accounts.inputs import WrongInputError
from invoicing import policy
from invoicing.amounts import line_amount, line_tax, split_inclusive, unit_price
from invoicing.checks import Fault
from invoicing.faces import DISCOUNT, DISCOUNTED, NORMAL, ZERO, Face, Line, Party
from invoicing.models import InvoiceKind
from invoicing.models.red_letter import RedReason
from invoicing.open_api.reading import Reading
from invoicing.red_parts import Part

KINDS: Final = {"01": InvoiceKind.SPECIAL.value, "02": InvoiceKind.ORDINARY.value}
NATURES: Final = {"0": NORMAL, "1": DISCOUNT, "2": DISCOUNTED}
REASONS: Final = {
    "1": RedReason.RETURN.value,
    "2": RedReason.ERROR.value,
    "3": RedReason.ENDED.value,
    "4": RedReason.ALLOWANCE.value,
}
# Rates that are none, with the reason why there is no tax.
NO_RATES: Final = {Decimal(-1): "2", Decimal(-2): "1"}
HEAD: Final = {
    "kind": "invoiceType",
    "drawer": "drawer",
    "remark": "remark",
    "lines": "items",
    "reverses": "originalInvoiceNo",
    "red_reason": "redReason",
}
SELLER: Final = {
    "name": "salerName",
    "tax_number": "salerTaxNo",
    "address": "salerAddress",
    "phone": "salerPhone",
    "bank": "salerCardName",
    "bank_account": "salerCardNumber",
}
BUYER: Final = {
    "name": "buyerName",
    "tax_number": "buyerTaxNo",
    "address": "buyerAddress",
    "phone": "buyerFixedTelephone",
    "bank": "buyerAccount",
    "bank_account": "buyerAccount",
}
LINE: Final = {
    "name": "goodsName",
    "class_code": "goodsCode",
    "class_name": "goodsName",
    "spec": "specModel",
    "unit": "unit",
    "quantity": "num",
    "price": "unitPrice",
    "amount": "detailAmount",
    "rate": "taxRate",
    "tax": "taxAmount",
    "nature": "discountType",
    "zero_rate": "zeroTaxRateFlag",
    "reverses": "originalSeq",
}
TOTALS: Final = {"amount": "invoiceAmount", "tax": "totalTaxAmount", "total": "totalAmount"}
EXTRAS: Final = ("payee", "reviewer")
_CLASSED: Final = re.compile(r"\*([^*]+)\*(.+)")
_BANK: Final = re.compile(r"(.*\S)\s+(\S+)")


@dataclass(frozen=True, slots=True)
class Wanted:
    """An invoice that is to be issued, under the caller's serial."""

    serial: str
    email: str
    face: Face


@dataclass(frozen=True, slots=True)
class RedWanted:
    """An invoice that is to be taken back: these parts of its lines, or all that is left."""

    serial: str
    seller_tax_number: str
    number: str
    reason: str
    email: str
    parts: tuple[Part, ...] | None = None


def is_red(body: Mapping[str, Any]) -> bool:
    """Whether `create` is to issue a red invoice."""
    return str(body.get("type", "0")) == "1"


def read_wanted(body: Mapping[str, Any], class_names: Mapping[str, str]) -> Wanted:
    """The invoice that the body describes. Raises Faults with everything that cannot be read.

    `class_names`: short names of tax classes, for items whose name does not carry it (`*class*item`).
    """
    reading = Reading(body)
    reading.choice("type", {"0": "", "1": ""}, "")
    inclusive = reading.choice("taxFlag", {"0": False, "1": True}, False) or False
    serial, email = reading.serial("serialNo"), _email(reading)
    seller = _party(reading, SELLER, joint="salerAccount")
    buyer = _party(reading, BUYER, joint="buyerAccount")
    lines = [_line(one, class_names, inclusive) for one in reading.items("items", most=policy.LINES_MAX)]
    face = Face(
        kind=reading.choice("invoiceType", KINDS) or "",
        seller=seller,
        buyer=replace(buyer, phone=buyer.phone or reading.text("buyerMobilePhone")),
        lines=tuple(line for line in lines if line is not None),
        drawer=reading.text("drawer"),
        remark=reading.text("remark"),
        extra={name: text for name in EXTRAS if (text := reading.text(name, most=40))},
    )
    if not reading.faults:
        _totals(reading, face)
    reading.raise_faults()
    return Wanted(serial, email, face)


def read_red(body: Mapping[str, Any]) -> RedWanted:
    """The taking back that the body describes. Raises Faults."""
    reading = Reading(body)
    wanted = RedWanted(
        serial=reading.serial("serialNo"),
        seller_tax_number=reading.text("salerTaxNo", needed=True, most=20),
        number=reading.text("originalInvoiceNo", needed=True, most=20),
        reason=reading.choice("redReason", REASONS, RedReason.ERROR.value) or "",
        email=_email(reading),
        parts=tuple(_parts(reading)) if body.get("items") else None,
    )
    reading.raise_faults()
    return wanted


def place_of(place: str) -> str:
    """The contract's name for a place in a face's JSON form: `lines.0.tax` is `items.0.taxAmount`."""
    words = place.split(".")
    if words[0] == "lines" and len(words) == 3:
        return f"items.{words[1]}.{LINE.get(words[2], words[2])}"
    if words[0] in ("seller", "buyer") and len(words) == 2:
        return (SELLER if words[0] == "seller" else BUYER).get(words[1], place)
    return HEAD.get(place, place)


def faults_of(found: list[Fault]) -> list[tuple[str, str]]:
    """What is wrong with a face, by the contract's names."""
    return [(place_of(fault.place), fault.sentence) for fault in found]


def _email(reading: Reading) -> str:
    typed = reading.text("buyerEmail")
    try:
        return normalise_email(typed) if typed else ""
    except WrongInputError as error:
        reading.fault("buyerEmail", error.sentence)
        return ""


def _party(reading: Reading, names: Mapping[str, str], *, joint: str) -> Party:
    """A party; bank and account may stand in one field, with a space between them."""
    party = Party(**{field: reading.text(name) for field, name in names.items() if name != joint})
    if not party.bank_account and (text := reading.text(joint)):
        match = _BANK.fullmatch(text)
        bank, account = match.groups() if match else ("", text)
        party = replace(party, bank=party.bank or bank, bank_account=account)
    return party


def _line(item: Reading, class_names: Mapping[str, str], inclusive: bool) -> Line | None:
    name, code = item.text("goodsName", needed=True), item.text("goodsCode", needed=True, most=19)
    classed = _CLASSED.fullmatch(name)
    rate, zero_rate = _rate(item)
    quantity, price, amount = (item.number(field) for field in ("num", "unitPrice", "detailAmount"))
    if amount is None and quantity is not None and price is not None:
        amount = line_amount(quantity, price)
    tax = item.number("taxAmount")
    if amount is None:
        item.fault("detailAmount", _("Send the amount, or quantity and price."))
    line = Line(
        name=classed[2] if classed else name,
        class_code=code,
        class_name=classed[1] if classed else class_names.get(code, ""),
        amount=amount or ZERO,
        rate=rate or ZERO,
        tax=tax if tax is not None else ZERO,
        spec=item.text("specModel"),
        unit=item.text("unit"),
        quantity=quantity,
        price=price,
        zero_rate=zero_rate,
        nature=item.choice("discountType", NATURES, NORMAL) or NORMAL,
    )
    _preference(item, line)
    if item.faults:  # a number that is none cannot be counted with
        return line
    if inclusive:
        return _exclusive(line, tax)
    return line if tax is not None else replace(line, tax=line_tax(line.amount, line.rate))


def _rate(item: Reading) -> tuple[Decimal | None, str]:
    """The rate, and why there is none: as a flag, or as -1 (outside VAT) and -2 (exempt)."""
    rate, zero_rate = item.number("taxRate", needed=True), item.text("zeroTaxRateFlag", most=1)
    if rate is not None and rate in NO_RATES:
        return ZERO, zero_rate or NO_RATES[rate]
    if rate is not None and not 0 <= rate < 1:
        item.fault("taxRate", _("Write 6 % as 0.06."))
    return rate, zero_rate


def _exclusive(line: Line, tax: Decimal | None) -> Line:
    """The line without tax in its amount and price, which were sent with it."""
    whole = line.amount
    amount, worked_out = split_inclusive(whole, line.rate)
    if tax is not None:
        amount = whole - tax
    price = unit_price(amount, line.quantity) if line.quantity and line.price is not None else line.price
    return replace(line, amount=amount, tax=worked_out if tax is None else tax, price=price)


def _preference(item: Reading, line: Line) -> None:
    """What this invoice cloud does not issue is refused, never left out in silence."""
    if item.text("preferentialPolicy") == "1" and line.zero_rate not in ("1", "2"):
        item.fault("preferentialPolicy", _("Preferences are offered for items that are exempt or outside VAT only."))
    if item.number("deduction"):
        item.fault("deduction", _("Invoices over a difference are not offered."))


def _totals(reading: Reading, face: Face) -> None:
    """Totals that were sent are those of the lines."""
    for field, name in TOTALS.items():
        sent, summed = reading.number(name), getattr(face, field)
        if sent is not None and sent != summed:
            reading.fault(name, _("The lines add up to %(sum)s; here it is %(sent)s."), sum=summed, sent=sent)


def _parts(reading: Reading) -> Iterator[Part]:
    """Amounts are negative, as they stand on the red invoice. Each line names the one it takes back by its place from
    1; without a name it is the one at the same place."""
    for place, item in enumerate(reading.items("items", most=policy.LINES_MAX), 1):
        seq, quantity = item.number("originalSeq"), item.number("num")
        amount, tax = item.number("detailAmount"), item.number("taxAmount")
        if seq is not None and not (seq == int(seq) and 0 < seq <= policy.LINES_MAX):
            item.fault("originalSeq", _("The number of a line of the invoice, counted from 1."))
        elif amount is None and quantity is None:
            item.fault("detailAmount", _("Send the amount or the quantity, below zero."))
        else:
            turned = (None if value is None else -value for value in (amount, quantity, tax))
            yield Part(place if seq is None else int(seq), None, *turned)
