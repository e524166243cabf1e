"""Money in: announced here, paid at the bank or at the payment provider."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.errors import DomainError, NotAllowed, NotFound
from config.paging import paginate
from config.web import page
from finance.forms.payments import TopUpForm
from finance.models import TopUp
from finance.payments import payments
from finance.payments.offline import bank_details
from finance.services.payments import open_payment
from finance.services.top_ups import cancel_top_up, start_top_up


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What was announced, and what became of it."""
    rows = paginate(TopUp.objects.visible_to(request.account), request)
    now = timezone.now()
    context = {
        "page": rows,
        "rows": [(top_up, top_up.state_at(at=now)) for top_up in rows],
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/top_ups/list.html", context, part="_rows.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def announce(request: ConsoleRequest) -> HttpResponse:
    """The amount; then how to pay it."""
    form = TopUpForm(typed(request), online=payments().takes_orders, initial={"amount": request.GET.get("amount", "")})
    tried = attempt(
        request, form, lambda: start_top_up(actor=request.actor, account=request.account, **form.cleaned_data)
    )
    if tried.result is not None:
        return redirect("finance:top-up-detail", tried.result.pk)
    return page(request, "finance/top_ups/announce.html", {"form": form}, status=tried.status)


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """How to pay, while it waits; afterwards what happened."""
    top_up, now = _own(request, pk), timezone.now()
    context = {
        "top_up": top_up,
        "state": top_up.state_at(at=now),
        "payable": top_up.is_payable(at=now),
        "bank": bank_details() if top_up.channel == TopUp.Channel.BANK else None,
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/top_ups/detail.html", context)


@require_POST
@needs(Right.MOVE_FUNDS)
def pay(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The order stands at the payment provider, and the page leads on to it by a link.

    Not by a redirect: the policy lets a form lead to this site only, and browsers hold to it on redirects as well.
    """
    top_up = _own(request, pk)
    back = reverse("finance:top-up-detail", args=[pk])
    try:
        open_payment(actor=request.actor, top_up_id=top_up.pk, return_url=request.build_absolute_uri(back))
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
    return redirect(back)


@require_POST
@needs(Right.MOVE_FUNDS)
def cancel(request: ConsoleRequest, pk: int) -> HttpResponse:
    """It is not going to be paid."""
    top_up = _own(request, pk)
    try:
        cancel_top_up(actor=request.actor, top_up_id=top_up.pk)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The top-up has been closed. Do not pay under its number any more."))
    return redirect("finance:top-up-detail", pk)


def _own(request: ConsoleRequest, pk: int) -> TopUp:
    return get_object_or_404(TopUp.objects.visible_to(request.account), pk=pk)
