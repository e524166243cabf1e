"""Companies of the person: the way in, and the list (S4)."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from config.web import page
from kiscloud.services.companies import Landing, companies_to_add, landing_of, my_companies


@require_safe
def landing(request: ConsoleRequest) -> HttpResponse:
    """On to what fits the person's companies: the list, or what can be added to it (S4.1, S4.2, S4.4, S4.5)."""
    chooses = landing_of(user=request.user) == Landing.CHOOSE
    return redirect("kiscloud:company-to-add" if chooses else "kiscloud:company-list")


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    """The companies that the person has added."""
    return page(request, "kiscloud/companies/list.html", {"companies": my_companies(user=request.user)})


@require_safe
def to_add(request: ConsoleRequest) -> HttpResponse:
    """Every company that the person administers."""
    return page(request, "kiscloud/companies/to_add.html", {"rows": companies_to_add(user=request.user)})
