"""The overview of a set's inventory."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.inventory.models import Document
from kiscloud.inventory.reports.figures import highest, low_goods, months_until, stock_value, waiting
from kiscloud.inventory.views.doors import draw, in_stock

LOW_SHOWN = 10


@require_safe
@in_stock(Right.STOCK_VIEW)
def home(request: ConsoleRequest, place: Place) -> HttpResponse:
    """What is on hand, what runs low, what the month brought, what waits."""
    month = place.books.month
    value, count = stock_value(place.account_set)
    months = months_until(place.account_set, month)
    low = low_goods(place.account_set)
    context = {
        "month": month,
        "value": value,
        "count": count,
        "months": months,
        "this": months[-1],
        "began": any(one.bought or one.sold for one in months),
        "top": highest(months),
        "low": list(low.order_by("code")[:LOW_SHOWN]),
        "low_count": low.count(),
        "waiting": waiting(place.account_set, month),
        "latest": Document.objects.of(place.account_set).select_related("partner").order_by("-saved_at", "-pk")[:5],
    }
    return draw(request, place, "inventory/home.html", context)
