"""Invoices, and what they add to finance."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InvoicingApp(AppConfig):
    """Invoices for cloud spending and the invoice cloud."""

    name = "invoicing"
    verbose_name = _("Invoices")

    def ready(self) -> None:
        """Invoicing has its links, words for what it records, its place before staff, and listens to finance."""
        from invoicing import admin_index, change_letters, event_texts, links

        change_letters.register()
        event_texts.register()
        links.register()
        admin_index.register()
