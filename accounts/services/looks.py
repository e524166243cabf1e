"""Who looked at what: the member sees in its own log when a manager opened its data (beyond C5)."""

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from accounts import policy
from accounts.actors import Actor
from accounts.events import record_each
from accounts.models import Event, Relationship
from accounts.permissions import Point
from config.transactions import atomic


@atomic
def note_look(
    *, actor: Actor, relationship: Relationship, page: str, point: Point | None = None, now: datetime | None = None
) -> Event | None:
    """One line per person, page and hour in the log of both sides; nothing when there is one already."""
    written = note_looks(actor=actor, relationships=[relationship], page=page, point=point, now=now)
    return written[0] if written else None


@atomic
def note_looks(
    *,
    actor: Actor,
    relationships: Collection[Relationship],
    page: str,
    point: Point | None = None,
    now: datetime | None = None,
) -> list[Event]:
    """The same for many, of whose data one page shows something; two statements, however many they are."""
    before = Event.objects.filter(
        kind="member.viewed",
        subject_type=Relationship._meta.label_lower,
        subject_id__in=[one.pk for one in relationships],
        actor=actor.user,
        facts__page=page,
        at__gt=(now or timezone.now()) - policy.LOOK_EVERY,
    )
    known = set(before.values_list("subject_id", flat=True)) if relationships else set()
    fresh = [(one.manager, one.member, one) for one in relationships if one.pk not in known]
    said = point.value if point else ""
    return record_each("member.viewed", actor=actor, about=fresh, page=page, point=said) if fresh else []
