"""The tables of finance, one noun a module."""

from finance.models.allotment import Allotment, FundSettings
from finance.models.batch import Batch
from finance.models.book import Book
from finance.models.callback import GatewayCallback
from finance.models.credit import CreditAllotment, CreditLine
from finance.models.export import Export
from finance.models.proof import LedgerAlarm, LedgerSeal
from finance.models.top_up import TopUp
from finance.models.transfer import Entry, Transfer
from finance.models.withdrawal import Withdrawal

__all__ = [
    "Allotment",
    "Batch",
    "Book",
    "CreditAllotment",
    "CreditLine",
    "Entry",
    "Export",
    "FundSettings",
    "GatewayCallback",
    "LedgerAlarm",
    "LedgerSeal",
    "TopUp",
    "Transfer",
    "Withdrawal",
]
