"""Bill lines in the columns of FOCUS 1.2, the FinOps Open Cost and Usage Specification.

BilledCost is what is invoiced: payable less vouchers. ContractedCost is the list price at the contract's share. Upfront
payments for commitments are no bill lines of usage, so nothing is amortised: EffectiveCost is BilledCost. Columns that
the specification makes conditional stand here where a line knows them. Times are UTC; months are those of statements.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy

from finance.bills import lines_with_folders
from finance.cycles import month_start, next_month
from finance.models import BillLine
from finance.models.product import PayMode
from finance.money import EIGHT
from finance.spreadsheets import harmless
from finance.tables.base import Table
from finance.worksheet import Cell

Kind = BillLine.Category
CHARGE = {Kind.USE: "Usage", Kind.ADJUST: "Adjustment"}  # anything else is about a purchase
SERVICES = {
    "ai": "AI and Machine Learning",
    "analytics": "Analytics",
    "compute": "Compute",
    "database": "Databases",
    "network": "Networking",
    "security": "Security",
    "storage": "Storage",
}
COLUMNS = (
    "payable",
    "voucher",
    "gross",
    "rate",
    "quantity",
    "category",
    "revision",
    "cycle_start",
    "cycle_end",
    "statement__month",
    "statement_id",
    "payer__number",
    "payer__name",
    "owner__number",
    "owner__name",
    "product__code",
    "product__name",
    "product__unit",
    "product__pay_mode",
    "product__category__code",
    "instance",
    "path",
)
Row = dict[str, Any]


def _cost(row: Row) -> Decimal:
    paid: Decimal = row["payable"] - row["voucher"]
    return paid


def _contracted(row: Row) -> Decimal:
    cost: Decimal = (row["gross"] * row["rate"]).quantize(EIGHT)
    return cost


def _correction(row: Row) -> bool:
    """It mends a month that is closed: usage of an earlier one."""
    late: bool = row["category"] == Kind.USE and row["cycle_end"] <= month_start(row["statement__month"])
    return late


def _of_usage(name: str) -> Callable[[Row], Cell]:
    return lambda row: row[name] if row["category"] == Kind.USE else ""


def _priced(row: Row, name: str) -> Cell:
    """Refunds and adjustments may leave it open."""
    value: Cell = "" if row["category"] == Kind.ADJUST else row[name]
    return value


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def _month(month: date) -> str:
    return _moment(month_start(month))


FIELDS: dict[str, Callable[[Row], Cell]] = {
    "BilledCost": _cost,
    "BillingAccountId": lambda row: row["payer__number"],
    "BillingAccountName": lambda row: row["payer__name"],
    "BillingCurrency": lambda _row: "CNY",
    "BillingPeriodEnd": lambda row: _month(next_month(row["statement__month"])),
    "BillingPeriodStart": lambda row: _month(row["statement__month"]),
    "ChargeCategory": lambda row: CHARGE.get(row["category"], "Purchase"),
    "ChargeClass": lambda row: "Correction" if _correction(row) else "",
    "ChargeDescription": lambda row: f"{row['product__name']} {Kind(row['category']).label}",
    "ChargeFrequency": lambda row: "Usage-Based" if row["category"] == Kind.USE else "One-Time",
    "ChargePeriodEnd": lambda row: _moment(row["cycle_end"]),
    "ChargePeriodStart": lambda row: _moment(row["cycle_start"]),
    "ConsumedQuantity": _of_usage("quantity"),
    "ConsumedUnit": _of_usage("product__unit"),
    "ContractedCost": _contracted,
    "EffectiveCost": _cost,
    "InvoiceId": lambda row: str(row["statement_id"]),
    "InvoiceIssuerName": lambda _row: settings.SITE_NAME,
    "ListCost": lambda row: row["gross"],
    "PricingCategory": lambda _row: "Standard",
    "PricingQuantity": lambda row: _priced(row, "quantity"),
    "PricingUnit": lambda row: _priced(row, "product__unit"),
    "ProviderName": lambda _row: settings.SITE_NAME,
    "PublisherName": lambda _row: settings.SITE_NAME,
    "ResourceId": lambda row: row["instance"],
    "ServiceCategory": lambda row: SERVICES.get(row["product__category__code"], "Other"),
    "ServiceName": lambda row: row["product__name"],
    "SkuId": lambda row: row["product__code"],
    "SubAccountId": lambda row: row["owner__number"],
    "SubAccountName": lambda row: row["owner__name"],
    "x_Folder": lambda row: row["path"],
    "x_PayMode": lambda row: str(PayMode(row["product__pay_mode"]).value),
}


def _cells(_account: int, row: Sequence[Any]) -> list[Cell]:
    named = dict(zip(COLUMNS, row, strict=True))
    return [harmless(field(named)) for field in FIELDS.values()]


FOCUS = Table(
    title=gettext_lazy("Bill lines in FOCUS columns"),
    slug="focus",
    found=lines_with_folders,
    order=("-billed_at", "-id"),
    columns=COLUMNS,
    titles=lambda: list(FIELDS),
    widths=(18,) * len(FIELDS),
    cells=_cells,
    marked=False,
)
