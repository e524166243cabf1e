"""The three editions: what they are called, which apps they have, which names nobody may bear in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Edition(models.TextChoices):
    """A product of KIS cloud (S1.1)."""

    TRADE = "trade", _("KIS Cloud Trade")
    PROFESSIONAL = "professional", _("KIS Cloud Professional")
    FLAGSHIP = "flagship", _("KIS Cloud Flagship")


class App(models.TextChoices):
    """An app of an account set, as the workbench shows it and as rights are given for it."""

    LEDGER = "gl", _("General ledger")
    REPORTS = "report", _("Reports")
    ASSETS = "fa", _("Fixed assets")
    PAYROLL = "payroll", _("Payroll")
    CASHIER = "cashier", _("Cashier")
    RECEIVABLE = "ar", _("Receivables")
    PAYABLE = "ap", _("Payables")
    PURCHASE = "purchase", _("Purchasing")
    SALES = "sales", _("Sales")
    STOCK = "stock", _("Stock")
    COSTING = "costing", _("Inventory costing")
    PRICE = "price", _("Prices")
    REBATE = "rebate", _("Rebates")
    CASH = "cash", _("Funds")
    ANALYSIS = "analysis", _("Business analysis")
    PRODUCTION = "production", _("Production")
    BASE = "base", _("Basic settings")
    INVENTORY = "psi", _("Inventory (进销存)")


@dataclass(frozen=True, slots=True)
class Facts:
    """What distinguishes an edition."""

    short: str  # in serial numbers
    version: str  # that public sets have now
    apps: tuple[App, ...]
    forbidden_name: str  # of set users, in any letter case (S14.9)
    not_public: tuple["str | Promise", ...]  # what only the private cloud has so far (S18.7)


_LOCAL = (_("Security dongles"), _("Offline mode"), _("Own programs that read the database directly"))
_FINANCE = (App.LEDGER, App.REPORTS, App.ASSETS, App.PAYROLL, App.CASHIER)
_TRADING = (App.PURCHASE, App.SALES, App.STOCK)
EDITIONS: Final[Mapping[str, Facts]] = {
    Edition.TRADE: Facts(
        "SM",
        "9.0",
        (*_TRADING, App.PRICE, App.REBATE, App.CASH, App.ANALYSIS, App.LEDGER, App.INVENTORY, App.BASE),
        "manager",
        _LOCAL,
    ),
    Edition.PROFESSIONAL: Facts(
        "ZY",
        "16.0",
        (*_FINANCE, *_TRADING, App.COSTING, App.RECEIVABLE, App.PAYABLE, App.PRODUCTION, App.INVENTORY, App.BASE),
        "manager",
        (*_LOCAL, _("Account sets larger than 2 GB")),
    ),
    Edition.FLAGSHIP: Facts(
        "QJ",
        "8.0",
        (*_FINANCE, App.RECEIVABLE, App.PAYABLE, *_TRADING, App.COSTING, App.PRODUCTION, App.INVENTORY, App.BASE),
        "Administrator",
        (*_LOCAL, _("Account sets larger than 2 GB")),
    ),
}
