"""Ways of paying: who pays for which member and from when on, the two ways side by side, and the member's own page."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.actors import rights_of
from accounts.guards import managed, needs
from accounts.history import moments
from accounts.http import ConsoleRequest
from accounts.models import Account, Event, Relationship
from accounts.permissions import Inherit, Right
from accounts.services.looks import note_look
from config.paging import paginate
from config.web import page
from finance.forms.trusteeships import ConsentForm
from finance.models import Trust
from finance.services.caps import used_of_cap
from finance.services.inheritances import inheritance_of
from finance.timelines import mode_of, own_trusts, row_of, rows, timeline_of, turns
from finance.trust_rules import blockers, consequences

HISTORY = 20


@require_safe
@needs(Right.SEE_FINANCE)
def listing(request: ConsoleRequest) -> HttpResponse:
    """Each member with how it pays and the picture of the months around today."""
    links = Relationship.objects.in_force().filter(manager=request.account).select_related("member__enterprise")
    found = paginate(links, request, order=("-id",))
    now = timezone.now()
    context = {
        "page": found,
        "rows": rows(list(found), now=now),
        "months": timeline_of([], now=now).months,
        "own": mode_of(own_trusts(request.account), now=now),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/modes/list.html", context, part="_rows.html")


@require_safe
@needs(Right.SEE_FINANCE)
def comparison(request: ConsoleRequest) -> HttpResponse:
    """What the two ways mean for credit, limits, discounts, settling, invoices and vouchers (A1, A4)."""
    return page(request, "finance/modes/comparison.html")


@require_safe
@needs(Right.SEE_FINANCE)
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One member: who pays from when on, on which conditions, and how it came about."""
    relationship = managed(request.account, pk)
    if relationship.is_in_force:
        note_look(actor=request.actor, relationship=relationship, page="mode")
    now = timezone.now()
    row = row_of(relationship, now=now)
    context = {
        "relationship": relationship,
        "row": row,
        "turns": _turns(row.mode.trust, now),
        "back": turns(row.mode.trust.ends_at) if row.mode.trust and row.mode.trust.ends_at else [],
        "used": used_of_cap(trust=row.mode.trust, at=now),
        "inherits": Inherit.DISCOUNT in relationship.inherits and relationship.is_in_force,
        "standing": inheritance_of(account=relationship.member, at=now, what=Inherit.CREDIT),
        "moments": _moments(Trust.objects.filter(relationship=relationship), request.account),
        "can_move": Right.MOVE_FUNDS in rights_of(request.actor, request.account),
    }
    return page(request, "finance/modes/detail.html", context)


@require_safe
@needs(Right.SEE_FINANCE)
def own(request: ConsoleRequest) -> HttpResponse:
    """How this account pays as somebody's member; an open proposal is read and answered here (A2.20)."""
    return show_own(request)


def show_own(request: ConsoleRequest, *, form: ConsentForm | None = None, status: int = 200) -> HttpResponse:
    """The page, also with what stood in the way of an answer."""
    account, now = request.account, timezone.now()
    trusts = own_trusts(account)
    mode = mode_of(trusts, now=now)
    proposed = mode.trust if mode.stage == "proposed" else None
    inherited = inheritance_of(account=account, at=now)
    context = {
        "mode": mode,
        "timeline": timeline_of(trusts, now=now),
        "turns": _turns(mode.trust, now),
        "back": turns(mode.trust.ends_at) if mode.trust and mode.trust.ends_at else [],
        "used": used_of_cap(trust=mode.trust, at=now),
        "inherited": inherited.manager if inherited else None,
        "standing": inheritance_of(account=account, at=now, what=Inherit.CREDIT),
        "moments": _moments(Trust.objects.filter(member=account), account),
        "form": form or ConsentForm(),
        "can_answer": Right.ANSWER_INVITATIONS in rights_of(request.actor, account),
        **(_judged(proposed, account, now) if proposed else {}),
    }
    return page(request, "finance/modes/own.html", context, status=status)


def _judged(trust: Trust, reader: Account, now: datetime) -> dict[str, Any]:
    """What stands in the way of the proposal, and what follows from it."""
    link = trust.relationship
    link.manager, link.member = trust.manager, trust.member
    return {
        "blockers": list(blockers(link, at=now, reader=reader, besides=trust)),
        "consequences": list(consequences(link, at=now, reader=reader, from_cash=trust.from_cash, cap=trust.cap)),
    }


def _turns(trust: Trust | None, now: datetime) -> list[Any]:
    """By the day that is set; of a proposal without one, as if it were accepted now."""
    if trust is None:
        return []
    start = trust.starts_at or now
    return turns(max(start, now) if trust.state == Trust.State.PROPOSED else start)


def _moments(trusts: Any, viewer: Account) -> list[Any]:
    events = Event.objects.filter(subject_type=Trust._meta.label_lower, subject_id__in=trusts.values("pk"))
    return moments(events.select_related("account", "counterpart").order_by("-id")[:HISTORY], viewer=viewer)
