"""The inventory of account sets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class InventoryApp(AppConfig):
    """Goods, documents, stock."""

    name = "kiscloud.inventory"
    label = "inventory"
    verbose_name = _("Inventory of account sets")

    def ready(self) -> None:
        """Sets are made of its tables, too, and it has its words, links and its place on the workbench."""
        from kiscloud.inventory import contents, event_texts, links

        contents.register()
        event_texts.register()
        links.register()
