"""Credit: the account's own lines, what it uses, and what it gives to members of its group."""

from decimal import Decimal

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.models import Relationship
from accounts.permissions import Right
from config import idempotency
from config.errors import worded
from config.idempotency import digest_of, remembered
from config.paging import paginate
from config.web import page
from finance.forms.allotments import AmountForm
from finance.forms.base import show_at_amount
from finance.models import CreditAllotment, CreditLine
from finance.reports import what_it_has
from finance.services.allotments import NotLinked
from finance.services.credit import GroupOnly, allot_credit, credit_held, recall_credit
from finance.services.credit_repayment import repay_credit
from finance.services.ledger import KeyReused
from finance.standings import standings


@require_safe
@needs(Right.SEE_FINANCE)
def overview(request: ConsoleRequest) -> HttpResponse:
    """Limit, use, lines, and the members of the group."""
    account = request.account
    members = Relationship.objects.in_force().filter(manager=account, kind=Relationship.Kind.GROUP)
    rows = paginate(members.select_related("member"), request, order=("-id",))
    received = CreditAllotment.objects.filter(relationship__member=account, amount__gt=0)
    received = received.filter(relationship__state__in=Relationship.IN_FORCE).select_related("relationship__manager")
    context = {
        "have": what_it_has(account),
        "lines": list(CreditLine.objects.filter(account=account)[:50]),
        "received": list(received),
        "page": rows,
        "rows": standings(account, list(rows)),
        "now": timezone.now(),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, account),
    }
    return page(request, "finance/credit/overview.html", context, part="_members.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def give(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A part of the limit to a member."""
    return _move(request, pk, giving=True)


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def take_back(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A part of the limit back from it."""
    return _move(request, pk, giving=False)


def _move(request: ConsoleRequest, pk: int, *, giving: bool) -> HttpResponse:
    relationship = managed(request.account, pk)
    if not relationship.is_in_force:
        raise NotLinked()
    if relationship.kind != Relationship.Kind.GROUP:
        raise GroupOnly()
    form = AmountForm(typed(request), initial={"amount": request.GET.get("amount", "")})
    tried = attempt(request, form, lambda: _once(request, pk, giving=giving, **form.cleaned_data), shown=show_at_amount)
    if tried.done:
        done = _("%(amount)s yuan of credit were given.") if giving else _("%(amount)s yuan of credit were taken back.")
        messages.success(request, done % worded({"amount": form.cleaned_data["amount"]}))
        return redirect("finance:member-detail", pk)
    context = {
        "form": form,
        "relationship": relationship,
        "giving": giving,
        "have": what_it_has(request.account),
        "held": credit_held(relationship=relationship),
    }
    return page(request, "finance/credit/move.html", context, status=tried.status)


def _once(request: ConsoleRequest, pk: int, *, giving: bool, amount: Decimal, key: str) -> None:
    """A form that is sent twice moves the limit once."""
    act = allot_credit if giving else recall_credit
    digest = digest_of("POST", request.path, str(amount).encode())
    try:
        with remembered(f"credit:{request.account.pk}", key, digest) as memory:
            if memory.answer is None:
                act(actor=request.actor, relationship_id=pk, amount=amount)
                memory.keep(200, {})
    except idempotency.KeyReused as error:
        raise KeyReused from error  # in the words of a page: nobody there knows of keys


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def settle(request: ConsoleRequest) -> HttpResponse:
    """Credit in use is paid back from cash."""
    have = what_it_has(request.account)
    form = AmountForm(typed(request), initial={"amount": request.GET.get("amount", "")})
    tried = attempt(
        request,
        form,
        lambda: repay_credit(actor=request.actor, account=request.account, **form.cleaned_data),
        shown=show_at_amount,
    )
    if tried.done:
        messages.success(request, _("%(amount)s yuan of credit were paid back.") % worded({"amount": tried.result}))
        return redirect("finance:credit")
    most = min(have.credit_used, have.balance)
    return page(request, "finance/credit/settle.html", {"form": form, "have": have, "most": most}, status=tried.status)
