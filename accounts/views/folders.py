"""Folders of the resource directory (K13.1)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.attempt import attempt
from accounts.forms.directory import FolderForm, MoveFolderForm
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Account, Folder
from accounts.permissions import Right
from accounts.services import directory
from accounts.tree import folder_choices
from config.errors import NotFound
from config.web import page


def folder_of(account: Account, pk: int) -> Folder:
    """The account's folder, or 404."""
    folder = account.folders.filter(pk=pk).select_related("parent").first()
    if folder is None:
        raise NotFound()
    return folder


def _who(request: ConsoleRequest) -> dict[str, Any]:
    return {"actor": request.actor, "account": request.account}


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
def create(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A new folder inside this one."""
    parent, form = folder_of(request.account, pk), FolderForm(request.POST or None)
    tried = attempt(request, form, lambda: directory.create_folder(**_who(request), parent_id=pk, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("The folder has been created."))
        return redirect("accounts:directory")
    context = {"parent": parent, "form": form}
    return page(request, "accounts/folders/create.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
def rename(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The folder gets another name."""
    folder = folder_of(request.account, pk)
    form = FolderForm(request.POST or None, initial={"name": folder.name})
    tried = attempt(request, form, lambda: directory.rename_folder(**_who(request), folder_id=pk, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("The folder has been renamed."))
        return redirect("accounts:directory")
    context = {"folder": folder, "form": form}
    return page(request, "accounts/folders/rename.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
def move(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The folder goes into another one, with everything in it."""
    folder = folder_of(request.account, pk)
    options = folder_choices(request.account, but_below=pk)
    form = MoveFolderForm(request.POST or None, options=options, initial={"parent": folder.parent_id})
    tried = attempt(request, form, lambda: directory.move_folder(**_who(request), folder_id=pk, **form.facts))
    if tried.done:
        messages.success(request, _("The folder has been moved."))
        return redirect("accounts:directory")
    context = {"folder": folder, "form": form}
    return page(request, "accounts/folders/move.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
def delete(request: ConsoleRequest, pk: int) -> HttpResponse:
    """An empty folder is removed, after a page that says so."""
    folder = folder_of(request.account, pk)
    if request.method == "POST":
        directory.delete_folder(actor=request.actor, account=request.account, folder_id=pk)
        messages.success(request, _("The folder has been deleted."))
        return redirect("accounts:directory")
    filled = folder.children.exists() or folder.placements.in_force().exists()
    context = {"folder": folder, "filled": filled}
    return page(request, "accounts/folders/delete.html", context)
