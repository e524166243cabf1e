"""Tax numbers (纳税人识别号) as invoices take them. Pure.

A seller is an enterprise with its unified social credit code. A buyer may also have an old number of 15 or 20
characters, or be a person with a citizen's number, or without any.
"""

import re
from datetime import date
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts import credit_code
from accounts.citizen_id import CitizenIdError, parse_citizen_id
from accounts.credit_code import CreditCodeError
from accounts.inputs import WrongInputError

OLD_FORM: Final = re.compile(r"(?:[0-9A-Z]{15}|[0-9A-Z]{20})", re.ASCII)


class TaxNumberError(WrongInputError):
    """Why a text is no tax number of a buyer."""


def parse_seller(text: str) -> str:
    """The seller's number in the stored form; raises CreditCodeError with the first thing that is wrong."""
    return credit_code.parse(text).code


def parse_buyer(text: str, *, required: bool = True, today: date | None = None) -> str:
    """The buyer's number in the stored form, nothing where it may be left out; raises WrongInputError."""
    number = credit_code.normalise(text)
    if not number:
        if required:
            raise TaxNumberError(_("Enter the buyer's tax number."), "tax_number_empty")
        return ""
    if len(number) == credit_code.LENGTH:
        return _of_eighteen(number, today=today)
    if OLD_FORM.fullmatch(number) is None:
        raise TaxNumberError(*_fault(number), count=len(number))
    return number


def _of_eighteen(number: str, *, today: date | None) -> str:
    """A credit code, else a citizen's number; what is wrong is said of the one that it looks like."""
    try:
        return credit_code.parse(number).code
    except CreditCodeError as error:
        try:
            return parse_citizen_id(number, today=today).number
        except CitizenIdError as other:
            like_person = number[:17].isdigit() and number[0] in "12345678" and number[6:8] in ("19", "20")
            raise (other if like_person else error) from None


def _fault(number: str) -> tuple[str | Promise, str]:
    if len(number) in (15, 20):
        return _("A tax number holds only digits and the letters A to Z."), "tax_number_letter"
    return _("A tax number has 15, 18 or 20 characters; this one has %(count)s."), "tax_number_length"
