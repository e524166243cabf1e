"""Finance, and what it adds to dissolving a relationship."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceApp(AppConfig):
    """The ledger and what moves it."""

    name = "finance"
    verbose_name = _("Finance")

    def ready(self) -> None:
        """Finance has its say in dissolving, its links, words for what it records, and its place before staff."""
        from accounts import events
        from accounts import preflight as accounts_preflight
        from finance import admin_index, event_texts, links, preflight
        from finance.services import arrivals, staff_notices

        accounts_preflight.register(preflight.overdraft)
        accounts_preflight.register_reaction(preflight.what_moves)
        event_texts.register()
        links.register()
        admin_index.register()
        for kind in staff_notices.WHAT_TO_DO:
            events.subscribe(kind, staff_notices.JOB)
        for kind in arrivals.ARRIVALS:
            events.subscribe(kind, arrivals.JOB)
        for kind in arrivals.REVIEWS:
            events.subscribe(kind, arrivals.REVIEW)
