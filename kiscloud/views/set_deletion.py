"""Deleting a set, and the records of what was deleted (S15)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.attempt import attempt
from accounts.clearance import needs_code
from accounts.forms.base import Confirmation, typed
from accounts.http import ConsoleRequest
from accounts.models import User
from config.web import page
from kiscloud.services.set_deletion import PURPOSE, bound_to, delete_set, needs_no_code
from kiscloud.views.account_sets import set_of
from kiscloud.views.doors import frame


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Says what will follow; the code is asked for when the person goes on, and not for a failed set (S15.1, S15.5)."""
    account_set = set_of(request, pk)
    if request.method != "POST" or needs_no_code(account_set=account_set):
        return _delete(request, pk=pk)
    return _delete_with_code(request, pk=pk)


def _delete(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    account_set = set_of(request, pk)
    company = account_set.subscription.company
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: delete_set(actor=request.actor, set_id=pk))
    if tried.done:
        messages.success(request, _("The account set “%(set)s” is deleted.") % {"set": account_set.name})
        return redirect("kiscloud:product-set-list", account_set.subscription_id)
    context = {
        **frame(company, here="sets"),
        "account_set": account_set,
        "product": account_set.subscription,
        "form": form,
        "founder": company.founder,
        "no_code": needs_no_code(account_set=account_set),
        "user_count": account_set.users.count(),
    }
    return page(request, "kiscloud/sets/delete.html", context, status=tried.status)


def _binding(request: ConsoleRequest, *, pk: int) -> str:
    return bound_to(set_id=pk, user=request.user)


def _founder(request: ConsoleRequest, *, pk: int) -> User:
    """To whose phone the code goes; the form cannot change it (S15.2)."""
    return set_of(request, pk).subscription.company.founder


_delete_with_code = needs_code(PURPOSE, _binding, _founder)(_delete)
