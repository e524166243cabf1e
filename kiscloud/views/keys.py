"""Serial numbers that a company's orders brought: for what, used or not, and their letter once more (S6.2, S8.1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, NotAllowed, NotFound
from config.paging import paginate
from config.web import page
from kiscloud.models import ActivationKey, Company
from kiscloud.services.activation import send_key_again
from kiscloud.views.doors import company_of, frame


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Newest first; CD-Keys stand in letters only."""
    company = company_of(request, pk)
    rows = ActivationKey.objects.filter(account=company.account_id).select_related("subscription")
    context = {**frame(company, here="keys"), "page": paginate(rows, request, order=("-id",))}
    return page(request, "kiscloud/keys/list.html", context)


@require_POST
def send(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The letter leaves again, with a new CD-Key."""
    key = ActivationKey.objects.filter(pk=pk).first()
    company = Company.objects.standing().filter(account=key.account_id).first() if key is not None else None
    if company is None:
        raise NotFound()
    company_of(request, company.pk)
    try:
        sent = send_key_again(actor=request.actor, key_id=pk)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
    else:
        text = _("A new letter for %(serial)s is on its way. The CD-Key of the one before opens nothing any more.")
        messages.success(request, text % {"serial": sent.serial})
    return redirect("kiscloud:key-list", company.pk)
