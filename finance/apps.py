"""Finance, and what it adds to dissolving a relationship."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FinanceApp(AppConfig):
    """The ledger and what moves it."""

    name = "finance"
    verbose_name = _("Finance")

    def ready(self) -> None:
        """Finance has its say in dissolving, its links, words for what it records, and its place before staff."""
        from accounts import events, targets
        from accounts import preflight as accounts_preflight
        from finance import (
            admin_index,
            event_texts,
            limit_letters,
            limit_texts,
            links,
            preflight,
            statement_letters,
            trust_letters,
            trust_rules,
            trust_texts,
        )
        from finance.services import arrivals, funds_watch, inheritances, staff_notices

        accounts_preflight.register(preflight.overdraft)
        accounts_preflight.register(preflight.arrears)
        accounts_preflight.register_reaction(preflight.who_pays)
        accounts_preflight.register_reaction(preflight.what_moves)
        targets.register_manager_check(trust_rules.chained_manager)
        trust_letters.register()
        trust_texts.register()
        for kind in inheritances.FOLLOWED:
            events.subscribe(kind, inheritances.JOB)
        events.subscribe("certification.approved", "finance.follow_certification")
        accounts_preflight.register_reaction(preflight.what_ends)
        limit_letters.register()
        limit_texts.register()
        for kind in funds_watch.WATCHED:
            events.subscribe(kind, funds_watch.JOB)
        event_texts.register()
        links.register()
        statement_letters.register()
        admin_index.register()
        for kind in staff_notices.WHAT_TO_DO:
            events.subscribe(kind, staff_notices.JOB)
        for kind in arrivals.ARRIVALS:
            events.subscribe(kind, arrivals.JOB)
        for kind in arrivals.REVIEWS:
            events.subscribe(kind, arrivals.REVIEW)
