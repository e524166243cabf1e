"""People of a company."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.http import ConsoleRequest
from config.errors import NotFound
from config.paging import paginate
from config.web import page
from kiscloud.forms.members import MemberForm, RenameForm
from kiscloud.models import CompanyMember
from kiscloud.services.members import (
    Added,
    add_member,
    end_administrator,
    make_administrator,
    remove_member,
    rename_member,
)
from kiscloud.views.doors import company_of, frame


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The address book, administrators marked."""
    company = company_of(request, pk)
    people = company.members.filter(left_at=None).select_related("user")
    context = {**frame(company, here="people"), "page": paginate(people, request, order=("name", "id"))}
    return page(request, "kiscloud/members/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Somebody more, by mobile number or e-mail."""
    company = company_of(request, pk)
    form = MemberForm(typed(request))
    tried = attempt(request, form, lambda: _add(request, form, pk))
    if tried.result is not None:
        messages.success(request, _told_of(tried.result))
        return redirect("kiscloud:member-list", pk)
    context = {**frame(company, here="people"), "form": form}
    return page(request, "kiscloud/members/add.html", context, status=tried.status)


def _add(request: ConsoleRequest, form: MemberForm, pk: int) -> Added:
    limits.operator_adds(company_of(request, pk).account_id)
    return add_member(actor=request.actor, company_id=pk, **form.cleaned_data)


def _told_of(added: Added) -> str:
    person = {"person": added.member.name}
    if added.is_new:
        return _("%(person)s is added. With this number and “Forgot password” they set a password and begin.") % person
    return _("%(person)s is added.") % person


@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Another name in the address book."""
    member = member_of(request, pk)
    form = RenameForm(typed(request), initial={"name": member.name})
    tried = attempt(request, form, lambda: rename_member(actor=request.actor, member_id=pk, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("The name is changed."))
        return redirect("kiscloud:member-list", member.company_id)
    context = {**frame(member.company, here="people"), "form": form, "member": member}
    return page(request, "kiscloud/members/rename.html", context, status=tried.status)


@require_POST
def administrator(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The member becomes an administrator, or is none any more."""
    member = member_of(request, pk)
    if request.POST.get("is_admin") == "1":
        make_administrator(actor=request.actor, member_id=pk)
        messages.success(request, _("%(person)s is an administrator now.") % {"person": member.name})
    else:
        end_administrator(actor=request.actor, member_id=pk)
        messages.success(request, _("%(person)s is no administrator any more.") % {"person": member.name})
    own = member.user_id == request.user.pk
    return redirect("kiscloud:manage") if own else redirect("kiscloud:member-list", member.company_id)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the person belongs to the company no more."""
    member = member_of(request, pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: remove_member(actor=request.actor, member_id=pk))
    if tried.done:
        messages.success(request, _("%(person)s no longer belongs to the company.") % {"person": member.name})
        own = member.user_id == request.user.pk
        return redirect("kiscloud:manage") if own else redirect("kiscloud:member-list", member.company_id)
    context = {**frame(member.company, here="people"), "form": form, "member": member}
    return page(request, "kiscloud/members/remove.html", context, status=tried.status)


def member_of(request: ConsoleRequest, pk: int) -> CompanyMember:
    """The member of a company, for one of its administrators: 404 outside, 403 for other members."""
    member = CompanyMember.objects.filter(pk=pk, left_at=None).select_related("user").first()
    if member is None:
        raise NotFound()
    member.company = company_of(request, member.company_id)
    return member
