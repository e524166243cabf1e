"""What happened in KIS cloud, in words."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts

TEXTS: dict[str, Words] = {}
PREFIXES = (
    "company.",
    "subscription.",
    "activation_key.",
    "seat.",
    "device.",
    "account_set.",
    "set_user.",
    "drive.",
    "private_server.",
)


def register() -> None:
    """The log speaks of KIS cloud from now on, and can be narrowed to it."""
    add_texts(TEXTS, group=Group("kiscloud", _("KIS cloud"), PREFIXES), pages={})
