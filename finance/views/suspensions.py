"""Services that stop, or have stopped, because bills are unpaid: which, when, and what to do."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from finance.models import Suspension
from finance.services.means import means_of
from finance.views.limit_tabs import limit_tabs


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """The account's own services and those that it pays for, newest first; above them what is to be paid."""
    account, now = request.account, timezone.now()
    found = Suspension.objects.visible_to(account).select_related("owner", "payer", "product")
    rows = paginate(found, request, order=("-id",))
    mine = Suspension.objects.open().filter(payer=account)
    context = {
        "page": rows,
        "means": means_of(account=account, at=now),
        "first": mine.filter(state=Suspension.State.GRACE).order_by("stops_at").first(),
        "stopped": mine.filter(state=Suspension.State.SUSPENDED).count(),
        "now": now,
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, account),
        "tabs": limit_tabs(request),
    }
    return page(request, "finance/suspensions/list.html", context, part="_rows.html")
