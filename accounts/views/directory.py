"""The resource directory: the tree, and how accounts get into it (K12.7, K13.1, K13.2)."""

import re

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import limits
from accounts.attempt import attempt
from accounts.clearance import needs_code, own_account
from accounts.forms.directory import InviteForm, PlaceForm, ResourceAccountForm
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Account, Invitation, OneTimeCode
from accounts.permissions import Right
from accounts.services import directory
from accounts.targets import Problem, check_target
from accounts.tree import folder_choices, load_tree
from accounts.views.consoles import member_of
from config.errors import InputError, NotFound
from config.web import page

NUMBER = re.compile(r"[0-9]{1,18}")


@require_GET
@needs(Right.MANAGE_DIRECTORY)
def index(request: ConsoleRequest) -> HttpResponse:
    """The tree, one folder of it, or what was searched; before it is opened, what it is for."""
    query, chosen = request.GET.get("q", "").strip()[:60], _number(request, "folder")
    tree = load_tree(
        request.account, folder_id=None if query else chosen, query=query, page=_number(request, "page") or 1
    )
    if tree is None:
        if chosen:
            raise NotFound()
        return page(request, "accounts/directory/closed.html")
    context = {"tree": tree, "q": query, "chosen": chosen}
    return page(request, "accounts/directory/index.html", context, part="_tree.html")


@require_POST
@needs(Right.MANAGE_DIRECTORY)
def open_tree(request: ConsoleRequest) -> HttpResponse:
    """The directory is opened, with its top folder."""
    directory.open_directory(actor=request.actor, account=request.account)
    messages.success(request, _("The resource directory is open. Now add folders and accounts."))
    return redirect("accounts:directory")


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
@needs_code(OneTimeCode.Purpose.INVITE, own_account)
def invite(request: ConsoleRequest) -> HttpResponse:
    """An account is asked to join, and to let this one's administrators into its console."""
    form = InviteForm(request.POST or None, options=_options(request), initial={"folder": _number(request, "folder")})
    tried = attempt(request, form, lambda: _send(request, form))
    if tried.done:
        sentence = _("The invitation is on its way by text message and e-mail. It can be answered for 48 hours.")
        messages.success(request, sentence)
        return redirect("accounts:directory")
    return page(request, "accounts/directory/invite.html", {"form": form}, status=tried.status)


def _send(request: ConsoleRequest, form: InviteForm) -> Invitation:
    problem = _problem(request.account, form.cleaned_data["identifier"])[1]
    if problem is not None:
        raise InputError("identifier", problem.sentence)
    return directory.invite_to_directory(actor=request.actor, account=request.account, **form.facts)


@require_POST
@needs(Right.MANAGE_DIRECTORY)
def check(request: ConsoleRequest) -> HttpResponse:
    """Says while the form is being filled in whether this account can be invited, and why not (K3)."""
    identifier = request.POST.get("identifier", "").strip()[:254]
    target, problem = _problem(request.account, identifier) if identifier else (None, None)
    return page(request, "accounts/directory/_target.html", {"target": target, "problem": problem}, part="_target.html")


def _problem(account: Account, identifier: str) -> tuple[Account | None, Problem | None]:
    """The account of this name, and what stands against a group invitation. Counted: nobody fishes for names."""
    limits.target_checks(account.pk)
    found = check_target(account, identifier)
    return found.target, found.problem or found.group_problem


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
def create_resource(request: ConsoleRequest) -> HttpResponse:
    """A resource account in a folder; nobody but this account's administrators ever enters it (K13.2)."""
    form = ResourceAccountForm(
        request.POST or None, options=_options(request), initial={"folder": _number(request, "folder")}
    )
    tried = attempt(
        request,
        form,
        lambda: directory.create_resource_account(actor=request.actor, account=request.account, **form.facts),
    )
    if tried.done:
        messages.success(request, _("The resource account has been created. You can enter its console right away."))
        return redirect("accounts:directory")
    return page(request, "accounts/directory/resource.html", {"form": form}, status=tried.status)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
def place(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The account stands in another folder."""
    relationship = member_of(request.account, pk)
    form = PlaceForm(request.POST or None, options=_options(request), initial={"folder": relationship.folder_id})
    tried = attempt(
        request,
        form,
        lambda: directory.place_member(actor=request.actor, account=request.account, relationship_id=pk, **form.facts),
    )
    if tried.done:
        messages.success(request, _("The account has been moved."))
        return redirect("accounts:directory")
    context = {"relationship": relationship, "form": form}
    return page(request, "accounts/directory/place.html", context, status=tried.status)


def _options(request: ConsoleRequest) -> list[tuple[int, str]]:
    options = folder_choices(request.account)
    if not options:
        raise directory.DirectoryNotOpen()
    return options


def _number(request: ConsoleRequest, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if NUMBER.fullmatch(text) else None
