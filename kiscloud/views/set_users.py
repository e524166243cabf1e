"""People of a set (S14)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, show, typed
from accounts.http import ConsoleRequest
from accounts.models import User
from config.errors import NotFound
from config.paging import paginate
from config.web import page
from kiscloud.forms.set_users import MobileForm, PeopleForm, PersonForm, RenameForm, SearchForm
from kiscloud.models import AccountSet, CompanyMember, SetUser
from kiscloud.services.platform_users import add_person
from kiscloud.services.set_users import (
    add_users,
    delete_user,
    disable_user,
    enable_user,
    people_to_add,
    rename_user,
    set_administrator,
    users_of,
)
from kiscloud.views.account_sets import set_of
from kiscloud.views.doors import frame


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Who is in the set, in which state, and what can be done about it."""
    account_set, search = set_of(request, pk), SearchForm(request.GET)
    rows = users_of(account_set=account_set, text=search.text)
    context = _around(account_set) | {"search": search, "page": paginate(rows, request, order=("name", "id"))}
    return page(request, "kiscloud/set_users/list.html", context, part="_rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The address book: who is in the set is ticked and stays so (S14.4)."""
    account_set, search, form = set_of(request, pk), SearchForm(request.GET), PeopleForm(typed(request))
    tried = attempt(
        request,
        form,
        lambda: add_users(actor=request.actor, set_id=pk, member_ids=form.cleaned_data["people"]),
    )
    if tried.result is not None:
        names = "、".join(row.name for row in tried.result)
        messages.success(request, _("%(names)s can use the set now.") % {"names": names})
        return redirect("kiscloud:set-user-list", pk)
    rows = people_to_add(account_set=account_set, text=search.text)
    ticked = {int(value) for value in (*request.POST.getlist("people"), request.GET.get("tick", "")) if _is_id(value)}
    context = _around(account_set) | {
        "search": search,
        "form": form,
        "ticked": ticked,
        "page": paginate(rows, request, order=("name", "id")),
    }
    return page(request, "kiscloud/set_users/add.html", context, status=tried.status)


@require_http_methods(["GET", "HEAD", "POST"])
def person(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A platform user by mobile number, registered or new, for the selection list (S14.3)."""
    account_set, form = set_of(request, pk), PersonForm(typed(request))
    tried = attempt(request, form, lambda: _add_person(request, account_set, form))
    if tried.result is not None:
        sentence = _("%(name)s is in the list now. Confirm to add them to the set.")
        messages.success(request, sentence % {"name": tried.result.name})
        return redirect(f"{reverse('kiscloud:set-user-add', args=[pk])}?tick={tried.result.pk}")
    return page(request, "kiscloud/set_users/person.html", _around(account_set) | {"form": form}, status=tried.status)


@require_POST
def check(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Whether the typed number is registered: a part of the page for htmx, the whole page without (S14.3)."""
    account_set, asked = set_of(request, pk), MobileForm(request.POST)
    company = account_set.subscription.company
    limits.new_names(company.account_id)
    context = _around(account_set) | {"form": PersonForm(initial=request.POST.dict()), "asked": asked}
    if asked.is_valid():
        user = User.objects.filter(mobile=asked.cleaned_data["mobile"]).first()
        member = CompanyMember.objects.filter(company=company, user=user, left_at=None).first() if user else None
        context |= {"checked": True, "registered": user is not None, "member": member}
    return page(request, "kiscloud/set_users/person.html", context, part="_registered.html")


def _add_person(request: ConsoleRequest, account_set: AccountSet, form: PersonForm) -> CompanyMember:
    company = account_set.subscription.company
    limits.operator_adds(company.account_id)
    return add_person(actor=request.actor, company_id=company.pk, **form.cleaned_data)


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Another name in the set (S14.6)."""
    set_user = user_of(request, pk)
    form = RenameForm(typed(request), initial={"name": set_user.name})
    tried = attempt(request, form, lambda: rename_user(actor=request.actor, set_user_id=pk, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("The name is changed everywhere in the set."))
        return redirect("kiscloud:set-user-list", set_user.account_set_id)
    context = _around(set_user.account_set) | {"form": form, "set_user": set_user}
    return page(request, "kiscloud/set_users/rename.html", context, status=tried.status)


@require_POST
def administrator(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The person becomes a system administrator of the set, or is none any more (S14.11)."""
    set_user, admin = user_of(request, pk), request.POST.get("admin") == "1"
    set_administrator(actor=request.actor, set_user_id=pk, admin=admin)
    sentence = _("%(name)s administers the set now.") if admin else _("%(name)s no longer administers the set.")
    messages.success(request, sentence % {"name": set_user.name})
    return redirect("kiscloud:set-user-list", set_user.account_set_id)


@require_POST
def enable(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The person sees the set again."""
    set_user = user_of(request, pk)
    enable_user(actor=request.actor, set_user_id=pk)
    messages.success(request, _("%(name)s can use the set again.") % {"name": set_user.name})
    return redirect("kiscloud:set-user-list", set_user.account_set_id)


@require_http_methods(["GET", "HEAD", "POST"])
def disable(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the person no longer sees the set (S14.16)."""
    set_user, form = user_of(request, pk), Confirmation(typed(request))
    tried = attempt(request, form, lambda: disable_user(actor=request.actor, set_user_id=pk))
    if tried.done:
        messages.success(request, _("%(name)s can no longer use the set.") % {"name": set_user.name})
        return redirect("kiscloud:set-user-list", set_user.account_set_id)
    context = _around(set_user.account_set) | {"form": form, "set_user": set_user}
    return page(request, "kiscloud/set_users/disable.html", context, status=tried.status)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the disabled person is out of the list (S14.13)."""
    set_user, form = user_of(request, pk), Confirmation(typed(request))
    tried = attempt(request, form, lambda: delete_user(actor=request.actor, set_user_id=pk), shown=show)
    if tried.done:
        messages.success(request, _("%(name)s is out of the set.") % {"name": set_user.name})
        return redirect("kiscloud:set-user-list", set_user.account_set_id)
    context = _around(set_user.account_set) | {"form": form, "set_user": set_user}
    return page(request, "kiscloud/set_users/delete.html", context, status=tried.status)


def user_of(request: ConsoleRequest, pk: int) -> SetUser:
    """The set user, for an administrator of the company: 404 outside, 403 for other members."""
    set_user = SetUser.objects.select_related("user").filter(pk=pk).first()
    if set_user is None:
        raise NotFound()
    set_user.account_set = set_of(request, set_user.account_set_id)
    return set_user


def _around(account_set: AccountSet) -> dict[str, object]:
    product = account_set.subscription
    return {**frame(product.company, here="sets"), "account_set": account_set, "product": product}


def _is_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 19
