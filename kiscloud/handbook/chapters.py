"""Which chapter explains a page: what the question mark in the bar leads to, by the beginning of the page's name.

The longest beginning wins; pages that are not named here lead to the contents. A page that wants one of its own beside
a heading uses the tag `help_mark`.
"""

from collections.abc import Mapping
from typing import Final

from django.urls import reverse

from kiscloud.handbook.markup import address_of

CHAPTERS: Final[Mapping[str, str]] = {
    "accounts:message-": "messages",
    "accounts:workbench": "workbench",
    "accounts:profile": "log-in",
    "accounts:session-": "security#yours",
    "books:": "bookkeeping",
    "books:voucher-": "bookkeeping#vouchers",
    "books:voucher-import": "bookkeeping#files",
    "books:closing": "bookkeeping#closing",
    "books:openings": "bookkeeping#opening",
    "books:user-": "bookkeeping#groups",
    "inventory:": "inventory",
    "inventory:document-": "inventory#documents",
    "inventory:good-": "inventory#begin",
    "inventory:good-ledger": "inventory#reports",
    "inventory:stock-report": "inventory#reports",
    "inventory:partner-": "inventory#begin",
    "kiscloud:company-": "companies",
    "kiscloud:company-to-add": "companies#add",
    "kiscloud:company-detail": "products",
    "kiscloud:product-": "products",
    "kiscloud:product-add": "products#add",
    "kiscloud:product-try": "trials",
    "kiscloud:product-activate": "activation#activate",
    "kiscloud:product-update": "expiry#renew",
    "kiscloud:product-module": "switching#to-public",
    "kiscloud:product-delete": "products#delete",
    "kiscloud:key-": "activation",
    "kiscloud:product-set-list": "account-sets",
    "kiscloud:product-archive": "expiry#archive",
    "kiscloud:company-online": "seats#page",
    "kiscloud:product-online": "seats#page",
    "kiscloud:private-server-": "private-client#id",
    "kiscloud:drive": "windows-client#tray",
    "kiscloud:device-": "windows-client#install",
    "kiscloud:set-launch": "windows-client#install",
    "kiscloud:backup-": "backups",
    "kiscloud:backup-download": "backups#codes",
    "kiscloud:backup-delete": "backups#codes",
    "kiscloud:set-": "account-sets",
    "kiscloud:set-restore": "restore",
    "kiscloud:set-upgrade": "upgrade",
    "kiscloud:set-create": "account-sets#create",
    "kiscloud:set-delete": "account-sets#delete",
    "kiscloud:set-user-": "set-users",
    "kiscloud:set-user-add": "set-users#add",
    "kiscloud:set-user-delete": "set-users#delete",
    "kiscloud:deletion-": "account-sets#records",
}


def chapter_for(view_name: str) -> str:
    """The address of the chapter that explains the page of this name."""
    fitting = [beginning for beginning in CHAPTERS if view_name.startswith(beginning)]
    return address_of(CHAPTERS[max(fitting, key=len)]) if fitting else reverse("kiscloud:help")
