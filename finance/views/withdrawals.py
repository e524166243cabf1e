"""Money out: own cash to the account's own bank account."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_http_methods, require_safe

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.clearance import needs_code, own_account
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode
from accounts.permissions import Right
from config.paging import paginate
from config.web import page
from finance.forms.base import show_at_amount
from finance.forms.payments import WithdrawalForm
from finance.models import Withdrawal
from finance.reports import what_it_has
from finance.services.ledger import funds_of
from finance.services.withdrawals import request_withdrawal, withdrawable_of
from finance.views.codes import CodeWanted, unless_code


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """What was asked for, and what became of it."""
    rows = paginate(Withdrawal.objects.visible_to(request.account), request)
    context = {"page": rows, "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account)}
    return page(request, "finance/withdrawals/list.html", context, part="_rows.html")


@require_http_methods(["GET", "POST"])
@needs(Right.MOVE_FUNDS)
def ask(request: ConsoleRequest) -> HttpResponse:
    """How much and to which bank account; sent, a code is asked for, and the money is set aside."""
    form = WithdrawalForm(typed(request), initial={"amount": request.GET.get("amount", "")})
    try:
        tried = attempt(request, form, lambda: unless_code(lambda: _request(request, form)), shown=show_at_amount)
    except CodeWanted:
        return _ask_code(request)
    if tried.result is not None:
        return redirect("finance:withdrawal-detail", tried.result.pk)
    account = request.account
    context: dict[str, Any] = {
        "form": form,
        "payee": account.enterprise.name if account.enterprise else account.holder_name,
        "most": withdrawable_of(account=account),
        "owed": funds_of(account=account).owed,
        "have": what_it_has(account),
    }
    return page(request, "finance/withdrawals/ask.html", context, status=tried.status)


def _request(request: ConsoleRequest, form: WithdrawalForm) -> Withdrawal:
    return request_withdrawal(actor=request.actor, account=request.account, **form.cleaned_data)


@needs_code(OneTimeCode.Purpose.WITHDRAW, own_account)
def _ask_code(request: ConsoleRequest) -> HttpResponse:
    """Opens only when a code was passed in the meantime."""
    return ask(request)


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Where it stands."""
    withdrawal = get_object_or_404(Withdrawal.objects.visible_to(request.account), pk=pk)
    return page(request, "finance/withdrawals/detail.html", {"withdrawal": withdrawal})
