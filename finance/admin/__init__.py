"""The pages of support staff for money, one module a topic; importing this package registers them."""

from finance.admin import credit, ledger, proof, records, top_ups, usage, withdrawals

__all__ = ["credit", "ledger", "proof", "records", "top_ups", "usage", "withdrawals"]
