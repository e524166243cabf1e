"""Taking a member's answer, whether it came by short link or in the console."""

from typing import Protocol

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from accounts.forms.answers import AcceptForm
from accounts.forms.base import show
from accounts.http import ConsoleRequest
from accounts.questions import InvitationClosed
from accounts.services.invitations import GroupPlaceTaken, accept_invitation, refuse_invitation
from accounts.visitors import Question
from config.errors import DomainError


class Shown(Protocol):
    """Draws the question again as it stands now, with the form as it was sent."""

    def __call__(self, *, form: AcceptForm | None = None, status: int = 200) -> HttpResponse: ...


def accept(request: ConsoleRequest, question: Question, shown: Shown) -> HttpResponse:
    """Takes the consent; shows the question again, which says why, where it cannot be taken."""
    if not question.can_answer:
        return shown(status=409)
    form = AcceptForm(request.POST, invitation=question.invitation)
    if not form.is_valid():
        return shown(form=form, status=422)
    try:
        accept_invitation(actor=request.actor, invitation_id=question.invitation.pk, inherits=form.inherits)
    except (InvitationClosed, GroupPlaceTaken) as error:
        return shown(status=error.status)
    except DomainError as error:
        return shown(form=form, status=show(form, error))
    name = {"name": question.relationship.manager.name}
    done = _("The new permissions of %(name)s apply now.") if question.is_change else _("You are linked with %(name)s.")
    messages.success(request, done % name)
    return redirect("accounts:manager-list")


def refuse(request: ConsoleRequest, question: Question, shown: Shown, *, onward: str) -> HttpResponse:
    """Takes the refusal."""
    if not question.can_refuse:
        return shown(status=409)
    try:
        refuse_invitation(actor=request.actor, invitation_id=question.invitation.pk)
    except InvitationClosed as error:
        return shown(status=error.status)
    done = _("You refused. The old permissions stay as they were.") if question.is_change else _("You refused.")
    messages.success(request, done)
    return redirect(onward)
