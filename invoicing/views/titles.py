"""Invoice titles: the list, adding and changing one, the default, putting away."""

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import limits
from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.forms.base import Confirmation, typed
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.permissions import Right
from accounts.registry import registry, searchable
from config.errors import DomainError
from config.web import page
from invoicing.forms.titles import LookUp, TitleForm
from invoicing.models import Title
from invoicing.services import titles
from invoicing.services.titles import missing_for_special

FILLED = ("name", "tax_number", "address")


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """All that are in use, each with what it lacks for a special invoice; at most `policy.TITLES_MAX`."""
    found = Title.objects.usable().filter(account=request.account)
    context = {
        "rows": [{"title": one, "missing": _(", ").join(missing_for_special(title=one))} for one in found],
        "offer": titles.offered(account=request.account),
        "can_change": Right.MANAGE_INVOICES in rights_of(request.actor, request.account),
    }
    return page(request, "invoicing/titles/list.html", context)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def create(request: ConsoleRequest) -> HttpResponse:
    """Typed, found by name in the company register, or offered as the enterprise that the account is verified as."""
    offer = titles.offered(account=request.account)
    begin: dict[str, Any] = asdict(offer) if offer else {}
    begin |= {name: request.GET[name][:200] for name in FILLED if name in request.GET}
    form = TitleForm(typed(request), initial=begin)
    tried = attempt(
        request, form, lambda: titles.add_title(actor=request.actor, account=request.account, buyer=form.buyer)
    )
    if tried.done:
        messages.success(request, _("The title is added."))
        return redirect("invoicing:title-list")
    context = {"form": form, "look_up": LookUp(request.GET), "offer": offer, **_found(request)}
    return page(request, "invoicing/titles/create.html", context, status=tried.status)


def _found(request: ConsoleRequest) -> dict[str, object]:
    """What the register knows of the name; a person can always type it."""
    text = request.GET.get("look_up", "").strip()
    if not text:
        return {}
    if not searchable(text):
        return {"asked": text, "too_short": True}
    try:
        limits.registry_searches(request.user.pk)
        return {"asked": text, "companies": registry().search(text)}
    except DomainError as error:
        return {"asked": text, "trouble": str(error)}


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def edit(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Requests that were sent keep what the title said then."""
    title = _own(request, pk)
    form = TitleForm(typed(request), initial={name: getattr(title, name) for name in TitleForm.base_fields})
    tried = attempt(request, form, lambda: titles.change_title(actor=request.actor, title_id=pk, buyer=form.buyer))
    if tried.done:
        messages.success(request, _("The title is changed."))
        return redirect("invoicing:title-list")
    return page(request, "invoicing/titles/edit.html", {"form": form, "title": title}, status=tried.status)


@require_POST
@needs(Right.MANAGE_INVOICES)
def default(request: ConsoleRequest, pk: int) -> HttpResponse:
    """It is used unless another is chosen."""
    title = titles.make_default(actor=request.actor, title_id=_own(request, pk).pk)
    messages.success(request, _("“%(name)s” is used unless another is chosen.") % {"name": title.name})
    return redirect("invoicing:title-list")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_INVOICES)
def archive(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks, then puts it away."""
    title = _own(request, pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: titles.archive_title(actor=request.actor, title_id=pk))
    if tried.done:
        messages.success(request, _("The title is put away. Requests that were sent keep it."))
        return redirect("invoicing:title-list")
    return page(request, "invoicing/titles/archive.html", {"form": form, "title": title}, status=tried.status)


def _own(request: ConsoleRequest, pk: int) -> Title:
    if (title := Title.objects.usable().filter(account=request.account, pk=pk).first()) is None:
        raise Http404
    return title
