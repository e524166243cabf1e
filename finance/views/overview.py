"""What the account has, who holds what, how long it lasts."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.web import page
from finance.bill_summary import bill_summary
from finance.flows import flow_of, flows_of
from finance.member_limits import warnings_of
from finance.reports import holdings_of, what_it_has
from finance.runway import runway_of

RECENT = 6


@require_safe
@needs(Right.SEE_FINANCE)
def show(request: ConsoleRequest) -> HttpResponse:
    """Enterprise Finance opens with this."""
    account = request.account
    have = what_it_has(account)
    recent = flows_of(account).select_related("manager", "member").order_by("-created_at", "-id")[:RECENT]
    flows = [flow_of(account, one) for one in recent]
    holdings = holdings_of(account, have)
    context = {
        "have": have,
        "flows": flows,
        "holdings": holdings,
        "runway": runway_of(have.books, have.balance),
        "bills": bill_summary(account, have),
        "began": have.began or bool(flows),
        "warnings": warnings_of(account, at=timezone.now()),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, account),
    }
    return page(request, "finance/overview/show.html", context)
