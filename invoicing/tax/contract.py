"""The words in which invoices are issued with any tax platform. See the package."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

from invoicing.faces import Face


class Fault(StrEnum):
    """Why a platform refuses; whoever reads it knows what to do next."""

    AUTH = "auth"  # our credentials are wrong
    NOT_ENTITLED = "not_entitled"
    INVALID = "invalid"  # the content
    DUPLICATE = "duplicate"  # the serial stands there with another content
    REFUSED = "refused"  # by the tax bureau
    LIMIT = "limit"  # the month's credit limit of the seller
    LOGIN = "login"  # somebody must log in at the bureau
    FACE = "face_check"  # somebody must show his face at the bureau
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a serial: under way, issued with a number, or refused. `total` is what the platform issued."""

    number: str = ""
    issued_at: datetime | None = None
    fault: Fault | None = None
    message: str = ""
    total: Decimal | None = None


class Verdict(StrEnum):
    """What a verification says."""

    CONSISTENT = "consistent"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    DAILY_LIMIT = "daily_limit"
    QUOTA = "quota_exhausted"
    TOO_FRESH = "same_day"
    TOO_OLD = "too_old"
    REVERSED = "reversed"
    FAILED = "service_error"


class TaxError(Exception):
    """The platform gave no usable answer. The text holds neither secrets nor content."""


class NotTaken(TaxError):
    """The platform certainly does not have it, and says why."""

    def __init__(self, fault: Fault, message: str = "") -> None:
        super().__init__(f"{fault}: {message}")
        self.fault, self.message = fault, message


class Busy(TaxError):
    """Nothing has happened; the same may be tried again later."""


class Unclear(TaxError):
    """Nobody can say whether the platform has it."""


class TaxBackend(Protocol):
    """A tax platform. Calls go out of any transaction; each is bounded in time."""

    forms: Collection[str]  # of the files that it gives: pdf, xml; the others are drawn here

    def issue(self, *, serial: str, face: Face) -> None:
        """The platform has taken it and works on it; blue or red. Raises NotTaken, Busy, Unclear."""
        ...

    def query(self, *, serial: str, seller_tax_number: str) -> Outcome | None:
        """What became of it; None where the platform knows no such serial. Raises TaxError."""
        ...

    def verify(self, *, number: str, issued_on: date, total: Decimal, code: str = "") -> Verdict:
        """Whether such an invoice is on record. Raises TaxError."""
        ...

    def download(self, *, serial: str, seller_tax_number: str, form: str) -> bytes | None:
        """Its file of that form, None as long as there is none. Raises TaxError."""
        ...


def tax_platform() -> TaxBackend:
    """The configured platform; stops with `ImproperlyConfigured` where one of its settings is missing."""
    made: TaxBackend = import_string(settings.TAX_BACKEND)()
    return made
