"""What invoicing adds to the first page of the admin."""

from django.utils.translation import gettext_lazy as _

from accounts.admin_index import Topic, Waiting, add_topic, add_waiting
from invoicing.models import ChangeRequest, CloudOrder

CHANGES = Waiting(
    _("Change requests of the invoice cloud to review"),
    "file-pen",
    "invoicing.view_changerequest",
    "admin:invoicing_changerequest_changelist",
    "needs=review",
    lambda: ChangeRequest.objects.to_review().count(),
)
DELIVERIES = Waiting(
    _("Orders of the invoice cloud to deliver"),
    "package",
    "invoicing.view_cloudorder",
    "admin:invoicing_cloudorder_changelist",
    "needs=delivering",
    lambda: CloudOrder.objects.to_deliver().count(),
)
CLOUD = Topic(
    "invoice_cloud",
    _("Invoice cloud"),
    [
        "invoicing.cloudorder",
        "invoicing.changerequest",
        "invoicing.package",
        "invoicing.tenant",
        "invoicing.taxpayer",
        "invoicing.entitlement",
        "invoicing.credential",
    ],
)


def register() -> None:
    """Staff see what waits about invoices, and its pages by topic, from now on."""
    add_waiting(DELIVERIES)
    add_waiting(CHANGES)
    add_topic(CLOUD)
