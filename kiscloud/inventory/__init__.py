"""The small inventory of an account set (进销存): goods, purchases, sales, stock on hand, and vouchers of them.

Always true: what is on hand of a good, in pieces and in yuan, is the sum of what its confirmed documents moved, and is
never below nought; goods leave at the moving weighted average and the last piece takes the rest of the value. A
confirmed document stays as it is; it is in at most one voucher.

Imports the books, kiscloud, accounts and config; none of them knows of it.
"""
