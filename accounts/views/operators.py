"""The people who act in the account."""

from collections.abc import Collection

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from accounts import limits
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.forms.operators import AddOperatorForm, RoleForm
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Operator
from accounts.permissions import CONSOLE_ROLES, Right, Role
from accounts.services.operators import add_operator, change_role, remove_operator
from config.errors import NotFound
from config.paging import paginate
from config.web import page


@require_GET
@needs(Right.MANAGE_OPERATORS)
def index(request: ConsoleRequest) -> HttpResponse:
    """Who acts here, in which role, and since when."""
    operators = request.account.operators.select_related("user", "added_by")
    return page(request, "accounts/operators/list.html", {"page": paginate(operators, request, order=("pk",))})


@needs(Right.MANAGE_OPERATORS)
def add(request: ConsoleRequest) -> HttpResponse:
    """Somebody more; a person without a login gets one that waits for its first password (S2.7)."""
    form = AddOperatorForm(typed(request), roles=_roles(request), initial={"role": Role.VIEWER})
    tried = attempt(request, form, lambda: _add(request, form))
    if tried.result is not None:
        messages.success(request, _told_of(tried.result))
        return redirect("accounts:operator-list")
    return page(request, "accounts/operators/add.html", {"form": form}, status=tried.status)


def _add(request: ConsoleRequest, form: AddOperatorForm) -> Operator:
    limits.operator_adds(request.account.pk)
    return add_operator(actor=request.actor, account=request.account, **form.cleaned_data)


def _told_of(operator: Operator) -> str:
    person = {"person": str(operator.user)}
    if operator.user.activated_at is None:
        return _("%(person)s is added. With this number and “Forgot password” they set a password and begin.") % person
    return _("%(person)s is added and finds the account at the next page.") % person


@needs(Right.MANAGE_OPERATORS)
def role(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Another role."""
    operator = _operator(request, pk)
    form = RoleForm(typed(request), roles=_roles(request), initial={"role": operator.role})
    tried = attempt(request, form, lambda: change_role(actor=request.actor, operator_id=pk, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("The role is changed. It holds from the next page on."))
        return redirect("accounts:operator-list")
    return page(request, "accounts/operators/role.html", {"form": form, "operator": operator}, status=tried.status)


@needs(Right.MANAGE_OPERATORS)
def remove(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the person can no longer act here."""
    operator = _operator(request, pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: remove_operator(actor=request.actor, operator_id=pk))
    if tried.done:
        messages.success(request, _("%(person)s no longer acts in this account.") % {"person": operator.user})
        own = operator.user_id == request.user.pk
        return redirect("accounts:home" if own else "accounts:operator-list")
    return page(request, "accounts/operators/remove.html", {"form": form, "operator": operator}, status=tried.status)


def _roles(request: ConsoleRequest) -> Collection[str]:
    """Which the person may give: in a member's console fewer than at home."""
    return CONSOLE_ROLES if request.actor.through is not None else Role.values


def _operator(request: ConsoleRequest, pk: int) -> Operator:
    operator = request.account.operators.select_related("user").filter(pk=pk).first()
    if operator is None:
        raise NotFound()
    return operator
