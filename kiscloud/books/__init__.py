"""The books of an account set: subjects, vouchers, periods, reports.

Always true: a voucher that is no draft balances and has its lines for good; a posted one never changes; numbers have no
gaps when a period closes; balances are kept while posting, one row for a subject and month, so a report reads one month
however long the history is. Money is Decimal with two places; a month is a number like 202603.

Imports kiscloud's models and services, accounts and config; kiscloud knows nothing of it.
"""
