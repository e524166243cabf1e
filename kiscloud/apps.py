"""KIS cloud, and what it listens to."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class KisCloudApp(AppConfig):
    """Companies, products, seats, account sets."""

    name = "kiscloud"
    verbose_name = _("KIS cloud")

    def ready(self) -> None:
        """KIS cloud has its links, words for what it records, its place before staff, and listens to finance."""
        from kiscloud import (
            admin_index,
            backup_letters,
            company_letters,
            event_texts,
            links,
            product_letters,
            web_seats,
            workbench,
        )

        event_texts.register()
        links.register()
        workbench.register()
        company_letters.register()
        backup_letters.register()
        admin_index.register()
        product_letters.register()
        web_seats.register()
