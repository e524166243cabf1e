"""What others can see of this account, and when they looked: the member's own page (K8.2, K8.3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.guards import needs
from accounts.history import log_for_member, moments
from accounts.http import ConsoleRequest
from accounts.models import Account, Invitation, Relationship
from accounts.permissions import Right
from accounts.standing import with_standing
from config.paging import paginate
from config.web import page

MANAGERS_SIZE = 20
LOG_SIZE = 30
LATEST = 8


@dataclass(frozen=True, slots=True)
class Granted:
    """A manager's rights, with the answer by which they were given; None where nobody was asked."""

    relationship: Relationship
    accepted: Invitation | None


@require_safe
@needs(Right.SEE_FINANCE)
def index(request: ConsoleRequest) -> HttpResponse:
    """Every right of every manager in plain words, and the latest of what they did and looked at."""
    links = request.account.managed_by.in_force().select_related("manager__enterprise")
    managers = paginate(links, request, order=("-id",), size=MANAGERS_SIZE)
    with_standing(list(managers))
    latest = log_for_member(request.account).order_by("-id")[:LATEST]
    context = {
        "page": managers,
        "granted": _granted(managers.items),
        "moments": moments(latest, viewer=request.account),
    }
    return page(request, "accounts/managers/list.html", context, part="_cards.html")


def _granted(relationships: Sequence[Relationship]) -> list[Granted]:
    """The latest accepted question of each, by one query."""
    answers = Invitation.objects.filter(relationship__in=relationships, state=Invitation.State.ACCEPTED)
    latest = {row.relationship_id: row for row in answers.select_related("answered_by").order_by("answered_at")}
    return [Granted(relationship, latest.get(relationship.pk)) for relationship in relationships]


@require_safe
@needs(Right.SEE_FINANCE)
def log(request: ConsoleRequest) -> HttpResponse:
    """Everything that managers did to this account or looked at in it; `?manager=` narrows it to one of them."""
    chosen = _chosen(request)
    found = paginate(log_for_member(request.account, chosen), request, order=("-id",), size=LOG_SIZE)
    context = {"page": found, "moments": moments(found, viewer=request.account), "chosen": chosen}
    return page(request, "accounts/managers/log.html", context, part="_log.html")


def _chosen(request: ConsoleRequest) -> Account | None:
    number = request.GET.get("manager", "")
    if not number.isdecimal():
        return None
    return Account.objects.filter(number=number, manages__member=request.account).first()
