"""The pages of support staff for money, one module a topic; importing this package registers them."""

from finance.admin import (
    bills,
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
    "bills",
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
