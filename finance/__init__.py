"""Money, and everything that becomes money.

Owns the ledger, books, top-ups and withdrawals, allotments and recalls, credit.

Always true: the books balance to zero after every statement; no cash book is ever negative and no credit book below
its limit; what was posted never changes; every figure on a page can be traced to entries.

May import `accounts` and `config`.
"""
