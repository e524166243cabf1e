"""Finance, and what it adds to dissolving a relationship."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceApp(AppConfig):
    """The ledger and what moves it."""

    name = "finance"
    verbose_name = _("Finance")
