"""Where the money goes: a month, the months before, by product, member and folder (K1.1, A2.6)."""

from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Point, Right
from accounts.services.looks import note_looks
from config.web import page
from finance.billed import billed_so_far
from finance.bills import GROUP, members_looked_at
from finance.forms.bills import SpendingFilter
from finance.services.trusts import payer_of
from finance.spending import months_back, spending_of


@require_safe
@needs(Right.SEE_FINANCE)
def show(request: ConsoleRequest) -> HttpResponse:
    """The picture; each part of it leads to the lines that it is made of."""
    account, now = request.account, timezone.now()
    form = SpendingFilter(request.GET, account=account)
    chosen = form.chosen
    if chosen["scope"] == GROUP:
        shown = {"scope": GROUP, "first": months_back(chosen["month"], chosen["span"] - 1), "last": chosen["month"]}
        seen = members_looked_at(account, shown)
        note_looks(actor=request.actor, relationships=seen, page="bills", point=Point.VIEW_BILLS)
    payer = payer_of(account=account, at=now)
    context: dict[str, Any] = {
        "filter": form,
        "chosen": chosen,
        "spending": spending_of(account, now=now, **chosen),
        "bills": f"month={chosen['month']:%Y-%m}" + ("&scope=group" if chosen["scope"] == GROUP else ""),
        "earlier": f"{months_back(chosen['month'], 1):%Y-%m}",
        "payer": payer.account if payer.trust else None,
        "billed": None if payer.trust else billed_so_far(account, chosen["scope"], at=now),
    }
    return page(request, "finance/spending/show.html", context, part="_picture.html")
