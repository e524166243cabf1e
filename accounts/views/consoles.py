"""Members' consoles: asking for access, entering, leaving (K12.6, K12.8, K12.9, K13.3)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.attempt import attempt
from accounts.clearance import needs_code
from accounts.forms.directory import ConsoleForm
from accounts.guards import managed, needs
from accounts.http import ConsoleRequest
from accounts.middleware import THROUGH_KEY
from accounts.models import Account, Invitation, OneTimeCode, Relationship
from accounts.permissions import Right
from accounts.services.directory import enter_member
from accounts.services.relationships import request_change
from accounts.terms import Terms
from config.errors import DomainError, NotFound
from config.web import page


def member_of(account: Account, pk: int) -> Relationship:
    """The group relationship in which the account is the manager, or 404."""
    relationship = managed(account, pk)
    if relationship.kind != Relationship.Kind.GROUP:
        raise NotFound()
    return relationship


class AlwaysEntered(DomainError):
    """Nobody else could enter it."""

    code = "resource_account_access"
    rule = "K13.2"
    sentence = _("A resource account has no owner of its own: it is always entered through this directory.")


def _change(request: ConsoleRequest, *, pk: int) -> str:
    """Binds the code to a relationship that really is one of this account's; nobody else is asked for a code."""
    return f"relationship:{member_of(request.account, pk).pk}"


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_DIRECTORY)
@needs_code(OneTimeCode.Purpose.CHANGE_PERMISSIONS, _change)
def request_access(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The member is asked to give or take back access to its console; finances stay as they are."""
    relationship = member_of(request.account, pk)
    if relationship.member.is_resource:
        raise AlwaysEntered()
    form = ConsoleForm(request.POST or None, relationship=relationship)
    tried = attempt(
        request,
        form,
        lambda: request_change(
            actor=request.actor,
            relationship_id=pk,
            terms=Terms(console_role=form.cleaned_data["console_role"]),
            door=Invitation.Door.DIRECTORY,
        ),
    )
    if tried.done:
        sentence = gettext("%(name)s has been asked and can answer for 48 hours. Until then nothing changes.")
        messages.success(request, sentence % {"name": relationship.member.name})
        return redirect("accounts:directory")
    context = {"relationship": relationship, "form": form}
    return page(request, "accounts/directory/access.html", context, status=tried.status)


@require_POST
@needs(Right.ENTER_MEMBERS)
def enter(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The administrator stands in the member's console, with a banner that says so, until they leave."""
    relationship = enter_member(actor=request.actor, account=request.account, relationship_id=pk)
    request.session[THROUGH_KEY] = relationship.pk
    return redirect("accounts:home")


@require_POST
def leave(request: ConsoleRequest) -> HttpResponse:
    """Back in one's own account."""
    if request.session.pop(THROUGH_KEY, None) is None:
        return redirect("accounts:home")
    messages.success(request, gettext("You have left the member's console."))
    return redirect("accounts:directory")
