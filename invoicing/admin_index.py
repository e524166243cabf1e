"""What invoicing adds to the first page of the admin."""

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.admin_index import Topic, Waiting, add_topic, add_waiting
from invoicing.models import ChangeRequest, CloudOrder, InvoiceRequest, IssueOrder, RedLetter
from invoicing.services.refund_reversals import unreversed

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
REQUESTS = Waiting(
    _("Invoice requests to review"),
    "file-plus",
    "invoicing.view_invoicerequest",
    "admin:invoicing_invoicerequest_changelist",
    "needs=review",
    lambda: InvoiceRequest.objects.to_review().count(),
)
REQUESTED = Topic(
    "invoice_requests",
    _("Invoice requests"),
    [
        "invoicing.invoicerequest",
        "invoicing.invoiceable",
        "invoicing.title",
        "invoicing.invoicecontrol",
        "invoicing.taxitem",
        "invoicing.producttax",
    ],
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
        "invoicing.receivedinvoice",
    ],
)
REFUSED = Waiting(
    _("Invoices that the tax platform refused"),
    "file-x",
    "invoicing.view_issueorder",
    "admin:invoicing_issueorder_changelist",
    "needs=mend",
    lambda: IssueOrder.objects.to_mend().count(),
    "stop",
)
STUCK = Waiting(
    _("Invoices under way for too long"),
    "hourglass",
    "invoicing.view_issueorder",
    "admin:invoicing_issueorder_changelist",
    "needs=stuck",
    lambda: IssueOrder.objects.stuck(at=timezone.now()).count(),
    "warn",
)
RED_LETTERS = Waiting(
    _("Red letters that buyers ask for"),
    "undo-2",
    "invoicing.view_redletter",
    "admin:invoicing_redletter_changelist",
    "needs=answer",
    lambda: RedLetter.objects.to_answer(at=timezone.now()).count(),
    "warn",
)
UNREVERSED = Waiting(
    _("Refunds that no red letter fits, to be netted"),
    "receipt",
    "accounts.view_event",
    "admin:accounts_event_changelist",
    "q=red_letter.impossible",
    lambda: unreversed().count(),
)
ISSUING = Topic("invoices", _("Invoices"), ["invoicing.issueorder", "invoicing.invoice", "invoicing.redletter"])


def register() -> None:
    """Staff see what waits about invoices, and its pages by topic, from now on."""
    add_waiting(REQUESTS)
    for waiting in (REFUSED, STUCK, RED_LETTERS, UNREVERSED):
        add_waiting(waiting)
    add_topic(ISSUING)
    add_waiting(DELIVERIES)
    add_waiting(CHANGES)
    add_topic(REQUESTED)
    add_topic(CLOUD)
