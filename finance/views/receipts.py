"""The receipt of a transfer, which either side can open and check."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.web import page
from finance.receipts import receipt_of


@require_safe
@needs(Right.SEE_FINANCE)
def show(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Computes the chain anew, each time."""
    receipt = receipt_of(request.account, pk)
    allotment = getattr(receipt.transfer, "allotment", None)
    context = {
        "receipt": receipt,
        "allotment": allotment,
        "managing": allotment is not None and allotment.manager_id == request.account.pk,
    }
    return page(request, "finance/receipts/show.html", context)
