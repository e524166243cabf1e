"""Finance, and what it adds to dissolving a relationship."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceApp(AppConfig):
    """The ledger and what moves it."""

    name = "finance"
    verbose_name = _("Finance")

    def ready(self) -> None:
        """Finance has its say in dissolving, its links beside the pages, and words for what it records."""
        from accounts import preflight as accounts_preflight
        from finance import event_texts, links, preflight

        accounts_preflight.register(preflight.overdraft)
        accounts_preflight.register_reaction(preflight.what_moves)
        event_texts.register()
        links.register()
