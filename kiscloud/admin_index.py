"""What KIS cloud adds to the first page of the admin."""

from django.utils.translation import gettext_lazy as _

from accounts.admin_index import Topic, Waiting, add_topic, add_waiting
from kiscloud.models import AccountSet
from kiscloud.services.backup_alarms import troubled

FAILED_SETS = Waiting(
    _("Account sets that could not be created or restored"),
    "book-x",
    "kiscloud.view_accountset",
    "admin:kiscloud_accountset_changelist",
    "state__exact=failed",
    lambda: AccountSet.objects.filter(state=AccountSet.State.FAILED).count(),
    "warn",
)
UNBACKED_SETS = Waiting(
    _("Account sets without a good automatic backup"),
    "archive-x",
    "kiscloud.view_accountset",
    "admin:kiscloud_accountset_changelist",
    "backups=trouble",
    lambda: troubled().count(),
    "stop",
)
SETS = Topic("account_sets", _("Account sets"), ["kiscloud.accountset", "books.books", "kiscloud.deletion"])
PRODUCTS = Topic(
    "kis_products",
    _("Products of KIS cloud"),
    ["kiscloud.company", "kiscloud.subscription", "kiscloud.activationkey", "kiscloud.offering"],
)
CLIENTS = Topic(
    "kis_clients",
    _("Clients of KIS cloud"),
    ["kiscloud.release", "kiscloud.device", "kiscloud.seat", "kiscloud.privateserver"],
)


def register() -> None:
    """Staff see what waits about KIS cloud, and its pages by topic, from now on."""
    add_waiting(FAILED_SETS)
    add_waiting(UNBACKED_SETS)
    add_topic(PRODUCTS)
    add_topic(SETS)
    add_topic(CLIENTS)
