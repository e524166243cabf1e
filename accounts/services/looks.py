"""Who looked at what: the member sees in its own log when a manager opened its data (beyond C5)."""

from datetime import datetime

from django.utils import timezone

from accounts import policy
from accounts.actors import Actor
from accounts.events import record
from accounts.models import Event, Relationship
from accounts.permissions import Point
from config.transactions import atomic


@atomic
def note_look(
    *, actor: Actor, relationship: Relationship, page: str, point: Point | None = None, now: datetime | None = None
) -> Event | None:
    """One line per person, page and hour in the log of both sides; nothing when there is one already."""
    since = (now or timezone.now()) - policy.LOOK_EVERY
    before = Event.objects.filter(
        kind="member.viewed",
        subject_type=relationship._meta.label_lower,
        subject_id=relationship.pk,
        actor=actor.user,
        facts__page=page,
        at__gt=since,
    )
    if before.exists():
        return None
    return record(
        "member.viewed",
        actor=actor,
        account=relationship.manager,
        counterpart=relationship.member,
        subject=relationship,
        page=page,
        point=point.value if point else "",
    )
