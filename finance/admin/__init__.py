"""The pages of support staff for money, one module a topic; importing this package registers them."""

from finance.admin import (
    catalogue,
    commitments,
    credit,
    disputes,
    ledger,
    limits,
    offers,
    orders,
    proof,
    records,
    statements,
    top_ups,
    trusts,
    usage,
    withdrawals,
)

__all__ = [
    "catalogue",
    "commitments",
    "credit",
    "disputes",
    "ledger",
    "limits",
    "offers",
    "orders",
    "proof",
    "records",
    "statements",
    "top_ups",
    "trusts",
    "usage",
    "withdrawals",
]
