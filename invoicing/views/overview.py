"""What can be invoiced, what is under way, and a picture by month: the console of invoices opens with it."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.web import page
from finance.services.trusts import payer_of
from invoicing.models import InvoiceControl, InvoiceRequest, Title
from invoicing.open_amounts import figures_of, picture_of
from invoicing.request_reports import members_shown
from invoicing.services.controls import control_over
from invoicing.services.invoiceables import collect

RECENT = 6


@require_safe
@needs(Right.SEE_FINANCE)
def show(request: ConsoleRequest) -> HttpResponse:
    """Invoices open with this."""
    account = request.account
    collect(payer=account)
    recent = InvoiceRequest.objects.visible_to(account).select_related("account", "asked_by")
    waiting = InvoiceControl.objects.filter(state=InvoiceControl.State.PROPOSED, relationship__member=account)
    payer = payer_of(account=account, at=timezone.now())
    context = {
        "figures": figures_of(account),
        "picture": picture_of(account),
        "requests": list(recent.order_by("-id")[:RECENT]),
        "to_review": InvoiceRequest.objects.to_review().filter(account=account).count(),
        "has_title": Title.objects.usable().filter(account=account).exists(),
        "control": control_over(account=account),
        "proposed": waiting.select_related("relationship__manager").first(),
        "paid_by": payer.account if payer.trust else None,
        "has_members": members_shown(account).exists(),
        "can_ask": Right.MANAGE_INVOICES in rights_of(request.actor, account),
    }
    return page(request, "invoicing/overview/show.html", context)
