"""The tables of finance, one noun a module."""

from finance.models.allotment import Allotment, FundSettings
from finance.models.book import Book
from finance.models.credit import CreditAllotment, CreditLine
from finance.models.top_up import TopUp, Withdrawal
from finance.models.transfer import Entry, Transfer

__all__ = [
    "Allotment",
    "Book",
    "CreditAllotment",
    "CreditLine",
    "Entry",
    "FundSettings",
    "TopUp",
    "Transfer",
    "Withdrawal",
]
