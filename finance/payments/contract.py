"""The words in which payments are talked about with any provider. See the package."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from config.errors import DomainError


class Status(StrEnum):
    """Where an order stands. Paid and failed are final at the provider."""

    WAITING = "waiting"
    PAID = "paid"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, in yuan. The reference is ours; one reference is one order."""

    reference: str
    amount: Decimal
    subject: str
    notify_url: str
    return_url: str


@dataclass(frozen=True, slots=True)
class Opened:
    """The order stands at the provider, under its number, and is paid at this address."""

    provider_id: str
    pay_url: str


@dataclass(frozen=True, slots=True)
class Payment:
    """What the provider says of an order."""

    reference: str
    provider_id: str
    amount: Decimal
    status: Status


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a question about an order; while it waits, with its pay address."""

    payment: Payment
    pay_url: str = ""


@dataclass(frozen=True, slots=True)
class CallbackFacts:
    """A message of the provider, proved to be its own. The digest tells a repeat from a reuse of the nonce."""

    payment: Payment
    nonce: str
    digest: bytes


class PaymentError(Exception):
    """The provider gave no usable answer. The text holds neither address nor content."""


class NotTaken(PaymentError):
    """There is certainly no order; asking for it again is safe."""


class Unclear(PaymentError):
    """Nobody can say whether there is an order now."""


class CallbackRefused(DomainError):
    """Not proved to come from the provider, or too old (401). Says no more than that to whoever tries."""

    code = "callback_refused"
    status = 401
    sentence = _("The signature of this message does not hold, or the message is too old.")


class CallbackUnreadable(DomainError):
    """Rightly signed, but not in the agreed form (400)."""

    code = "callback_unreadable"
    status = 400
    sentence = _("This message is not in the agreed form.")


class PaymentBackend(Protocol):
    """A payment provider. Calls go out of any transaction; each is bounded in time."""

    takes_orders: bool  # whether payments can be made online at all

    def create(self, *, order: Order) -> Opened:
        """The order stands at the provider. Raises NotTaken, Unclear."""
        ...

    def query(self, *, reference: str) -> Found | None:
        """Where the order stands; None where the provider knows none. Raises PaymentError."""
        ...

    def verify_callback(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> CallbackFacts:
        """What the message says, proved. Raises CallbackRefused, CallbackUnreadable."""
        ...


def payments() -> PaymentBackend:
    """The configured provider; stops with `ImproperlyConfigured` where one of its settings is missing."""
    made: PaymentBackend = import_string(settings.PAYMENT_BACKEND)()
    return made
