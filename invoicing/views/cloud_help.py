"""The help of the invoice cloud: how to activate, assign, look up and change."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.web import page
from invoicing import policy
from invoicing.services.change_fees import fee_of


@require_safe
@needs(Right.SEE_FINANCE)
def show(request: ConsoleRequest) -> HttpResponse:
    """One page, in the order in which one needs it."""
    context = {
        "fee": fee_of(account=request.account, at=timezone.now()),
        "undo": int(policy.ASSIGNMENT_UNDO.total_seconds() // 60),
        "overlap": int(policy.SECRET_OVERLAP.total_seconds() // 3600),
        "tries": policy.OPERATION_KEY_TRIES,
    }
    return page(request, "invoicing/help/show.html", context)
