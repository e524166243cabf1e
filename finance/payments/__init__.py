"""Paying in: what a payment provider is asked and what it answers. `PAYMENT_BACKEND` names the class.

    backend = payments()
    backend.create(order=Order(…))              -> Opened: where the payer pays
    backend.query(reference="12345678")         -> Found, or None: the provider knows no such order
    backend.verify_callback(headers=…, body=…)  -> CallbackFacts, or CallbackRefused

A call that failed says whether it may have had an effect: `NotTaken` had none and can be repeated, after `Unclear`
the provider is asked by `query` and nothing is created anew.
"""

from finance.payments.contract import (
    CallbackFacts,
    CallbackRefused,
    CallbackUnreadable,
    Found,
    NotTaken,
    Opened,
    Order,
    Payment,
    PaymentBackend,
    PaymentError,
    Status,
    Unclear,
    payments,
)

__all__ = [
    "CallbackFacts",
    "CallbackRefused",
    "CallbackUnreadable",
    "Found",
    "NotTaken",
    "Opened",
    "Order",
    "Payment",
    "PaymentBackend",
    "PaymentError",
    "Status",
    "Unclear",
    "payments",
]
