"""Serial numbers that a company's orders brought: for what, used or not, and their letter once more (S6.2, S8.1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.clearance import needs_code
from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode
from config.errors import DomainError, NotAllowed, NotFound
from config.paging import paginate
from config.web import page
from kiscloud.models import ActivationKey, Company
from kiscloud.services.activation import KeyUsed
from kiscloud.services.key_care import bound_to, send_key_again
from kiscloud.views.doors import company_of, frame


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Newest first; CD-Keys stand in letters only."""
    company = company_of(request, pk)
    rows = ActivationKey.objects.filter(account=company.account_id).select_related("subscription")
    context = {**frame(company, here="keys"), "page": paginate(rows, request, order=("-id",))}
    return page(request, "kiscloud/keys/list.html", context)


def _of_key(request: ConsoleRequest, pk: int) -> Company:
    """The company that ordered the key."""
    key = ActivationKey.objects.filter(pk=pk).first()
    company = Company.objects.standing().filter(account=key.account_id).first() if key is not None else None
    if company is None:
        raise NotFound()
    return company_of(request, company.pk)


def _binding(request: ConsoleRequest, *, pk: int) -> str:
    """Nobody is asked for a code in vain."""
    _of_key(request, pk)
    if not ActivationKey.objects.unused().filter(pk=pk).exists():
        raise KeyUsed()
    return bound_to(key_id=pk)


@require_POST
@needs_code(OneTimeCode.Purpose.SEND_KEY, _binding)
def send(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The letter leaves again, with a new CD-Key."""
    company = _of_key(request, pk)
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
