"""The invoice cloud's home, and help for whoever misses a letter."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.web import page
from invoicing.entitlement_reports import seen_by, totals_of
from invoicing.models import Package
from invoicing.next_steps import next_steps
from invoicing.reports import tenant_cards


@require_safe
@needs(Right.SEE_FINANCE)
def home(request: ConsoleRequest) -> HttpResponse:
    """What to do next, what is in force, and the tenants."""
    now, account = timezone.now(), request.account
    context = {
        "steps": next_steps(account, now),
        "totals": totals_of(seen_by(account).filter(taxpayer__tenant__merged_into=None), now),
        "tenants": tenant_cards(account, now),
        "ordered": account.cloud_orders.exists(),
        "packages": Package.objects.filter(product__active=True, pays_change=False).select_related("product")[:6],
        "can_act": Right.MANAGE_INVOICES in rights_of(request.actor, account),
        "can_order": Right.MOVE_FUNDS in rights_of(request.actor, account),
    }
    return page(request, "invoicing/cloud/home.html", context)


@require_safe
@login_not_required
def letter_help(request: HttpRequest) -> HttpResponse:
    """The three steps for whoever got no activation letter (I1.3)."""
    known = request.user.is_authenticated
    return page(request, "invoicing/cloud/letter_help.html", {"frame": "console.html" if known else "bare.html"})
