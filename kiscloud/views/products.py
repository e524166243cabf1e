"""Products of a company: the list (S6)."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from config.web import page
from kiscloud.views.doors import company_of, frame


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What choosing a company opens (S4.9)."""
    company = company_of(request, pk)
    return page(request, "kiscloud/products/list.html", frame(company, here="products"))
