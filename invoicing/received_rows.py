"""What stands on a received invoice, and what can be wrong with it. Pure.

Digital ones have a number of 20 digits; those before them a code of 10 or 12 digits and a number of 8.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError
from accounts.names import clean_name
from finance.money import MOST
from invoicing.invoice_numbers import parse_number
from invoicing.tax_numbers import parse_buyer

KINDS: Final[dict[str, str | Promise]] = {
    "01": _("Digital VAT special invoice"),
    "02": _("Digital ordinary invoice"),
    "03": _("VAT special invoice with code"),
    "04": _("VAT ordinary invoice with code"),
}
DIGITAL: Final = ("01", "02")
FIRST_DAY: Final = date(1994, 1, 1)  # when VAT invoices began
_CODE: Final = re.compile(r"[0-9]{10}([0-9]{2})?", re.ASCII)
_OLD_NUMBER: Final = re.compile(r"[0-9]{8}", re.ASCII)
Problem = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReceivedRow:
    """A received invoice as it was told; red ones have negative amounts."""

    number: str
    kind: str
    issued_on: date
    seller_name: str
    seller_tax_number: str
    buyer_tax_number: str
    amount: Decimal
    tax: Decimal
    code: str = ""

    @property
    def total(self) -> Decimal:
        """With tax."""
        return self.amount + self.tax


def row_problems(row: ReceivedRow, *, today: date) -> list[Problem]:
    """Everything that is wrong, each with its field; nothing where it can be collected."""
    found = [*_number(row, today), *_seller(row), *_amounts(row)]
    if not FIRST_DAY <= row.issued_on <= today:
        found.append(("issued_on", str(_("The day of the invoice is not in the future."))))
    return found


def _number(row: ReceivedRow, today: date) -> Iterator[Problem]:
    if row.kind not in KINDS:
        yield "kind", str(_("The kind is one of %(codes)s.")) % {"codes": ", ".join(KINDS)}
    elif row.kind in DIGITAL:
        try:
            if str(parse_number(row.number, today=today).year) != str(row.issued_on.year):
                yield "issued_on", str(_("The number begins with another year than that of the day."))
        except WrongInputError as error:
            yield "number", error.sentence
        if row.code:
            yield "code", str(_("Digital invoices have no code."))
    else:
        if _CODE.fullmatch(row.code) is None:
            yield "code", str(_("The code has 10 or 12 digits."))
        if _OLD_NUMBER.fullmatch(row.number) is None:
            yield "number", str(_("The number of an invoice with code has 8 digits."))


def _seller(row: ReceivedRow) -> Iterator[Problem]:
    try:
        clean_name(row.seller_name, max_length=100)
    except WrongInputError as error:
        yield "seller_name", error.sentence
    try:
        if parse_buyer(row.seller_tax_number) != row.seller_tax_number:
            yield "seller_tax_number", str(_("Write the number in capitals and without spaces."))
    except WrongInputError as error:
        yield "seller_tax_number", error.sentence


def _amounts(row: ReceivedRow) -> Iterator[Problem]:
    for name in ("amount", "tax"):
        value: Decimal = getattr(row, name)
        if not value.is_finite() or abs(value) > MOST or value != round(value, 2):
            yield name, str(_("An amount has at most two decimal places, and less than 14 digits before the point."))
            return
    if row.amount == 0:
        yield "amount", str(_("The amount is not zero."))
    if row.amount * row.tax < 0:
        yield "tax", str(_("Amount and tax are both above or both below zero."))
