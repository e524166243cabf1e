"""Paying without a gateway: by bank transfer, which staff confirm."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings

from finance.payments.contract import CallbackFacts, CallbackRefused, Found, NotTaken, Opened, Order


@dataclass(frozen=True, slots=True)
class BankDetails:
    """Where a bank transfer goes; the payer adds the top-up's reference."""

    payee: str
    bank: str
    number: str


def bank_details() -> BankDetails | None:
    """The platform's bank account (`PAYMENT_PAYEE`, `PAYMENT_BANK`, `PAYMENT_BANK_ACCOUNT`).

    None where it has not been set: then the page names the support instead, and nobody pays to an invented account.
    """
    given = {name: settings.PAYMENT_OPTIONS.get(name, "").strip() for name in ("payee", "bank", "bank_account")}
    if not all(given.values()):
        return None
    return BankDetails(payee=given["payee"], bank=given["bank"], number=given["bank_account"])


class OfflineBackend:
    """`PAYMENT_BACKEND=finance.payments.offline.OfflineBackend`: no online payment, `bank_details` says how to pay."""

    takes_orders = False

    def create(self, *, order: Order) -> Opened:
        """Never: there is nobody to place an order with."""
        raise NotTaken(f"no online payment for {order.reference}")

    def query(self, *, reference: str) -> Found | None:  # noqa: ARG002  (the contract's name)
        """There are no orders."""
        return None

    def verify_callback(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> CallbackFacts:  # noqa: ARG002
        """Nobody is expected to call."""
        raise CallbackRefused()
