"""The events of a link, for the pages of its two sides. Their words stand in `accounts.event_texts`."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Q

from accounts.event_texts import lines, sentence
from accounts.models import Account, Event, Invitation, Relationship
from accounts.models.event import EventQuerySet

# Kinds of higher apps come on top by `tell_of`.
BY_MEMBER = ["invitation.accepted", "invitation.refused", "invitation.asked_again"]
BY_MANAGER = [
    "invitation.sent",
    "invitation.resent",
    "invitation.withdrawn",
    "invitation.expired",
    "change.sent",
    "relationship.changed",
    "relationship.dissolved",
    "member.registered",
    "member.migrated",
    "member.entered",
    "member.viewed",
]
_subjects: list[Callable[[Relationship], Q]] = []


def tell_of(
    *, by_manager: Iterable[str] = (), by_member: Iterable[str] = (), subjects: Callable[[Relationship], Q]
) -> None:
    """From now on the history of a link and the member's log tell of these kinds, too; for a higher app's `apps.py`.

    `subjects` finds the events of a link by what they are about.
    """
    BY_MANAGER.extend(kind for kind in by_manager if kind not in BY_MANAGER)
    BY_MEMBER.extend(kind for kind in by_member if kind not in BY_MEMBER)
    _subjects.append(subjects)


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of a timeline (`ui/timeline.html`)."""

    at: datetime
    text: str
    note: str
    icon: str
    tone: str


def events_of(relationship: Relationship) -> EventQuerySet:
    """Everything that happened to a link and to its questions, looks left out; with both sides."""
    questions = Invitation.objects.filter(relationship=relationship).values("pk")
    subject = Q(subject_type=Relationship._meta.label_lower, subject_id=relationship.pk)
    subject |= Q(subject_type=Invitation._meta.label_lower, subject_id__in=questions)
    for also in _subjects:
        subject |= also(relationship)
    events: EventQuerySet = Event.objects.filter(subject).exclude(kind="member.viewed")
    return events.select_related("account", "counterpart")


def log_for_member(account: Account, manager: Account | None = None) -> EventQuerySet:
    """What managers did to this account or looked at in it, and what it answered; of one manager only, if given."""
    theirs = Q(counterpart=account, kind__in=BY_MANAGER)
    own = Q(account=account, kind__in=BY_MEMBER)
    if manager is not None:
        theirs, own = theirs & Q(account=manager), own & Q(counterpart=manager)
    events: EventQuerySet = Event.objects.filter(theirs | own)
    return events.select_related("account", "counterpart")


def moments(events: Iterable[Event], *, viewer: Account) -> list[Moment]:
    """The events as the viewing account reads them."""
    told = lines(events, viewer=viewer)
    return [Moment(at=line.at, text=line.text, note=line.who, icon=line.icon, tone=line.tone) for line in told]


def moments_of(relationship: Relationship, events: Iterable[Event]) -> list[Moment]:
    """The same for the manager's page about one member: that page names the member, so the sentences need not."""
    listed = list(events)
    told = moments(listed, viewer=relationship.manager)
    return [
        replace(moment, text=sentence(event, event.counterpart)) for event, moment in zip(listed, told, strict=True)
    ]
