"""Invoices, and what they add to finance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingApp(AppConfig):
    """Invoices for cloud spending and the invoice cloud."""

    name = "invoicing"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        """Invoicing has its links, words for what it records, its place before staff, and listens to finance."""
        from accounts import events
        from accounts import preflight as accounts_preflight
        from invoicing import (
            admin_index,
            change_letters,
            cloud_letters,
            event_texts,
            invoice_letters,
            links,
            preflight,
            red_letter_letters,
            request_letters,
        )
        from invoicing.services import controls, invoice_files, invoiceables, refund_reversals, reopening

        accounts_preflight.register(preflight.requests_under_way)
        accounts_preflight.register_reaction(preflight.what_ends)
        for kind in invoiceables.FOLLOWED:
            events.subscribe(kind, invoiceables.JOB)
        for kind in refund_reversals.FOLLOWED:
            events.subscribe(kind, refund_reversals.JOB)
        for kind in invoice_files.FOLLOWED:
            events.subscribe(kind, invoice_files.JOB)
        for kind in reopening.FOLLOWED:
            events.subscribe(kind, reopening.JOB)
        for kind in controls.FOLLOWED:
            events.subscribe(kind, controls.JOB)
        change_letters.register()
        request_letters.register()
        invoice_letters.register()
        red_letter_letters.register()
        event_texts.register()
        links.register()
        admin_index.register()
        cloud_letters.register()
