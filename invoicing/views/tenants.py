"""One tenant: its enterprises and what they may do, its orders, its keys."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from invoicing.entitlement_reports import holdings_of
from invoicing.models import CloudOrder, Credential, Taxpayer
from invoicing.services.tenants import tenant_of


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Its page."""
    tenant, now = tenant_of(account=request.account, tenant_id=pk), timezone.now()
    rows = paginate(Taxpayer.objects.bound().filter(tenant=tenant), request, order=("name", "id"))
    orders = CloudOrder.objects.filter(tenant=tenant).exclude(state=CloudOrder.State.REFUNDED)
    context = {
        "tenant": tenant,
        "page": rows,
        "rows": holdings_of(list(rows), now),
        "orders": orders.select_related("package__product").order_by("-pk")[:20],
        "credential": Credential.objects.filter(tenant=tenant).first(),
        "can_act": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/tenants/detail.html", context, part="_enterprises.html")
