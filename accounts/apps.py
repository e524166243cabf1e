"""Accounts, and what listens to its events."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsApp(AppConfig):
    """People, accounts and their links."""

    name = "accounts"
    verbose_name = _("People and accounts")

    def ready(self) -> None:
        """Subscribes this app's own reactions to its events."""
        from accounts import notifications

        notifications.subscribe_all()
