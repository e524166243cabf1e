"""News: `record()` writes what happened, in the transaction in which it happened, and queues who listens.

A listener is a kind of job (`config.jobs`) subscribed to a kind of event. Higher apps subscribe in their `apps.py`;
`record()` knows none of them. The same row serves the audit log, letters, messages and reactions.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone

from accounts.actors import Actor
from accounts.models import Account, Event
from config.jobs import enqueue_new

About = tuple[Account | None, Account | None, models.Model | None]  # account, counterpart, subject

_listeners: dict[str, list[str]] = defaultdict(list)


def subscribe(event_kind: str, job_kind: str) -> None:
    """From now on every event of this kind queues one job of that kind, with the event's id as `event`."""
    if job_kind not in _listeners[event_kind]:
        _listeners[event_kind].append(job_kind)


def record(
    kind: str,
    /,
    *,
    actor: Actor,
    account: Account | None,
    counterpart: Account | None = None,
    subject: models.Model | None = None,
    at: datetime | None = None,
    **facts: Any,
) -> Event:
    """One row for one change; call it last in the service, inside its transaction. Facts are plain JSON, no secrets."""
    event = _event(kind, actor, (account, counterpart, subject), at, facts)
    event.save(force_insert=True)
    enqueue_new(_listeners[kind], key=str(event.pk), event=event.pk)
    return event


def record_each(
    kind: str, /, *, actor: Actor, about: Iterable[About], at: datetime | None = None, **facts: Any
) -> list[Event]:
    """The same once for each of these, by one statement, and one for each where somebody listens."""
    events = Event.objects.bulk_create([_event(kind, actor, sides, at, facts) for sides in about])
    for event in events if _listeners[kind] else ():
        enqueue_new(_listeners[kind], key=str(event.pk), event=event.pk)
    return events


def _event(kind: str, actor: Actor, about: About, at: datetime | None, facts: dict[str, Any]) -> Event:
    account, counterpart, subject = about
    if actor.through is not None:
        facts["through"] = actor.through.manager_id
    return Event(
        kind=kind,
        at=at or timezone.now(),
        account=account,
        counterpart=counterpart,
        actor=actor.user,
        actor_name=actor.name[:80],
        door=actor.door,
        address=actor.address,
        request_id=actor.request_id,
        subject_type=subject._meta.label_lower if subject else "",
        subject_id=subject.pk if subject else None,
        facts=facts,
    )
