"""Questions put to the present account, answered in the console instead of by the link from the letter."""

from functools import partial

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts.forms.answers import AcceptForm
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Account, Invitation
from accounts.models.invitation import InvitationQuerySet
from accounts.permissions import Right
from accounts.views import answering
from accounts.visitors import meet
from config.errors import NotFound
from config.paging import paginate
from config.web import page

PAGE_SIZE = 20
_SIDES = ("relationship__manager__enterprise", "relationship__member__enterprise", "answered_by")


@require_safe
@needs(Right.SEE_FINANCE)
def received(request: ConsoleRequest) -> HttpResponse:
    """What waits for this account, and how earlier questions ended (K4.10, K8.2)."""
    asked = _asked_of(request.account)
    waiting = [invitation for invitation in asked.open().order_by("expires_at") if invitation.is_open()]
    past = paginate(asked.exclude(pk__in=[row.pk for row in waiting]), request, order=("-id",), size=PAGE_SIZE)
    return page(request, "accounts/answers/received.html", {"waiting": waiting, "page": past}, part="_past.html")


@require_safe
@needs(Right.SEE_FINANCE)
def question(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One question with all that it asks."""
    return _show(request, pk)


@require_POST
@needs(Right.ANSWER_INVITATIONS)
def accept(request: ConsoleRequest, pk: int) -> HttpResponse:
    """As by the link."""
    asked = meet(_one(request.account, pk), actor=request.actor)
    return answering.accept(request, asked, partial(_show, request, pk))


@require_POST
@needs(Right.ANSWER_INVITATIONS)
def refuse(request: ConsoleRequest, pk: int) -> HttpResponse:
    """As by the link."""
    asked = meet(_one(request.account, pk), actor=request.actor)
    onward = reverse("accounts:invitation-received")
    return answering.refuse(request, asked, partial(_show, request, pk), onward=onward)


def _show(request: ConsoleRequest, pk: int, *, form: AcceptForm | None = None, status: int = 200) -> HttpResponse:
    invitation = _one(request.account, pk)
    context = {
        "question": meet(invitation, actor=request.actor),
        "form": form or AcceptForm(invitation=invitation),
    }
    return page(request, "accounts/answers/question.html", context, status=status)


def _asked_of(account: Account) -> InvitationQuerySet:
    rows: InvitationQuerySet = Invitation.objects.filter(relationship__member=account).select_related(*_SIDES)
    return rows


def _one(account: Account, pk: int) -> Invitation:
    invitation = _asked_of(account).filter(pk=pk).first()
    if invitation is None:
        raise NotFound()
    return invitation
