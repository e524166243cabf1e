"""The fund flow: every allotment and recall of the account, from both sides (K10.10)."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from finance.flows import flow_of, narrowed, sums_of
from finance.forms.flows import FlowFilter


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Newest first, with the sums of all that fit the filter."""
    account, form = request.account, FlowFilter(request.GET)
    found = narrowed(account, form.asked)
    rows = paginate(found.select_related("manager", "member"), request, order=("-created_at", "-id"))
    asked = request.GET.copy()
    for name in ("after", "before"):
        asked.pop(name, None)
    context = {
        "filter": form,
        "page": rows,
        "flows": [flow_of(account, one) for one in rows],
        "sums": sums_of(account, found),
        "narrowed": form.narrows,
        "asked": asked.urlencode(),
    }
    return page(request, "finance/flows/list.html", context, part="_rows.html")
