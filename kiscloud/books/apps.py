"""The books of account sets."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BooksApp(AppConfig):
    """Subjects, vouchers, periods, reports."""

    name = "kiscloud.books"
    label = "books"
    verbose_name = _("Books of account sets")

    def ready(self) -> None:
        """Sets are made of the books' tables, and the log has words for what happens in them."""
        from kiscloud.books import contents, event_texts, links

        contents.register()
        event_texts.register()
        links.register()
