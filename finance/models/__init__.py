"""The tables of finance, one noun a module."""

from finance.models.allotment import Allotment, FundSettings
from finance.models.batch import Batch
from finance.models.bill import BillLine
from finance.models.book import Book
from finance.models.budget import BalanceAlert, Budget, BudgetCrossing, PurchaseStop, Suspension
from finance.models.callback import GatewayCallback
from finance.models.commitment import Commitment, CommitmentUse
from finance.models.credit import CreditAllotment, CreditLine, StripedCredit
from finance.models.day_sum import DaySum, Spend
from finance.models.discount import Discount, Promotion
from finance.models.export import Export
from finance.models.metering_key import MeteringKey
from finance.models.order import Order, Resource
from finance.models.plan import PlanItem, RepaymentPlan
from finance.models.product import Category, Price, PriceTier, Product
from finance.models.proof import LedgerAlarm, LedgerSeal
from finance.models.statement import Dispute, Statement, StatementPart
from finance.models.top_up import TopUp
from finance.models.transfer import Entry, Transfer
from finance.models.trust import Inheritance, Reseller, Trust, TrustMonth
from finance.models.usage import BillingShard, LateUsage, RefusedLine, Usage, UsageImport
from finance.models.voucher import Coupon, Voucher, VoucherUse
from finance.models.withdrawal import Withdrawal

__all__ = [
    "Allotment",
    "BalanceAlert",
    "Batch",
    "BillLine",
    "BillingShard",
    "Book",
    "Budget",
    "BudgetCrossing",
    "Category",
    "Commitment",
    "CommitmentUse",
    "Coupon",
    "CreditAllotment",
    "CreditLine",
    "DaySum",
    "Discount",
    "Dispute",
    "Entry",
    "Export",
    "FundSettings",
    "GatewayCallback",
    "Inheritance",
    "LateUsage",
    "LedgerAlarm",
    "LedgerSeal",
    "MeteringKey",
    "Order",
    "PlanItem",
    "Price",
    "PriceTier",
    "Product",
    "Promotion",
    "PurchaseStop",
    "RefusedLine",
    "RepaymentPlan",
    "Reseller",
    "Resource",
    "Spend",
    "Statement",
    "StatementPart",
    "StripedCredit",
    "Suspension",
    "TopUp",
    "Transfer",
    "Trust",
    "TrustMonth",
    "Usage",
    "UsageImport",
    "Voucher",
    "VoucherUse",
    "Withdrawal",
]
