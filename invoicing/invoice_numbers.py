"""The number of an invoice: 20 digits, without check digit. Pure.

26      11      2        000000000000001
year    region  channel  sequence, counted within year and region
"""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError, without_unseen

FIRST_YEAR: Final = 2021  # when such invoices began
CHANNEL: Final = "2"  # a platform; others are known, and new ones are not refused
SEQUENCE_DIGITS: Final = 15
_PROVINCES = (range(11, 16), range(21, 24), range(31, 38), range(41, 47), range(50, 55), range(61, 66))
PROVINCES: Final = frozenset(str(code) for codes in _PROVINCES for code in codes)
# Cities with a tax bureau of their own, by the first four digits of their administrative code.
CITIES: Final = {"2102": "91", "3302": "92", "3502": "93", "3702": "94", "4403": "95"}
REGIONS: Final = PROVINCES | frozenset(CITIES.values())
_NUMBER: Final = re.compile(r"[0-9]{20}", re.ASCII)


class InvoiceNumberError(WrongInputError):
    """Why a text is no number of an invoice."""


@dataclass(frozen=True, slots=True)
class InvoiceNumber:
    """A number, taken apart."""

    year: int
    region: str
    sequence: int
    channel: str = CHANNEL

    def __str__(self) -> str:
        return f"{self.year % 100:02d}{self.region}{self.channel}{self.sequence:0{SEQUENCE_DIGITS}d}"


def build_number(*, year: int, region: str, sequence: int, channel: str = CHANNEL) -> str:
    """The number with that place in its series; ValueError where there is no such series or place."""
    if region not in REGIONS or year < FIRST_YEAR or not 0 < sequence < 10**SEQUENCE_DIGITS:
        raise ValueError("no such series of invoice numbers")
    return str(InvoiceNumber(year, region, sequence, channel))


def parse_number(text: str, *, today: date | None = None) -> InvoiceNumber:
    """What the text says; raises InvoiceNumberError with the first thing that is wrong. Any channel is taken."""
    number = without_unseen(text)
    if _NUMBER.fullmatch(number) is None:
        raise InvoiceNumberError(_("The number of an invoice has 20 digits."), "invoice_number_form")
    year, this_year = 2000 + int(number[:2]), (today or timezone.localdate()).year
    if not FIRST_YEAR <= year <= this_year:
        raise InvoiceNumberError(
            _("The number begins with the year of the invoice: %(first)s to %(last)s. Here it is %(year)s."),
            "invoice_number_year",
            first=f"{FIRST_YEAR % 100:02d}",
            last=f"{this_year % 100:02d}",
            year=number[:2],
        )
    if number[2:4] not in REGIONS:
        raise InvoiceNumberError(
            _("Digits 3 and 4 name the region of the tax bureau; there is none with %(region)s."),
            "invoice_number_region",
            region=number[2:4],
        )
    return InvoiceNumber(year, number[2:4], int(number[5:]), number[4])


def region_of(tax_number: str) -> str:
    """The region in which an enterprise's invoices are numbered, by its credit code (in the stored form)."""
    administrative = tax_number[2:6]
    region = CITIES.get(administrative, administrative[:2])
    if region not in REGIONS:
        raise ValueError("no tax bureau has that region")
    return region
