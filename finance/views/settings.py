"""What the account chose for moving its funds."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.actors import require, rights_of
from accounts.attempt import attempt
from accounts.clearance import needs_code, own_account
from accounts.forms.base import typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from config.web import page
from finance.forms.allotments import CodeLimitForm
from finance.services.allotments import CODE_PURPOSE, choose_code_limit, code_limit


@require_http_methods(["GET", "POST"])
@needs(Right.SEE_FINANCE)
def edit(request: ConsoleRequest) -> HttpResponse:
    """From which amount on an allotment asks for a code; choosing it asks for one itself."""
    if request.method == "POST":
        require(request.actor, Right.MOVE_FUNDS, request.account)
    form = CodeLimitForm(typed(request), initial={"amount": code_limit(account=request.account)})
    if not form.is_bound or not form.is_valid():
        return _page(request, form, status=422 if form.is_bound else 200)
    return _choose(request)


@needs_code(CODE_PURPOSE, own_account)
def _choose(request: ConsoleRequest) -> HttpResponse:
    form = CodeLimitForm(request.POST)
    tried = attempt(
        request,
        form,
        lambda: choose_code_limit(actor=request.actor, account=request.account, amount=form.cleaned_data["amount"]),
    )
    if tried.done:
        messages.success(request, _("The limit applies from now on."))
        return redirect("finance:settings")
    return _page(request, form, status=tried.status)


def _page(request: ConsoleRequest, form: CodeLimitForm, *, status: int) -> HttpResponse:
    can_move = Right.MOVE_FUNDS in rights_of(request.actor, request.account)
    context = {"form": form, "can_move": can_move, "code_limit": code_limit(account=request.account)}
    return page(request, "finance/settings/edit.html", context, status=status)
