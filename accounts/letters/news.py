"""An event with what it is about, read freshly: what every letter is written from."""

from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import models

from accounts.models import Account, Event, Invitation, Relationship

_SIDES = ("manager__enterprise", "member__enterprise")
_WITH: dict[str, tuple[str, ...]] = {
    "accounts.relationship": _SIDES,
    "accounts.invitation": ("sent_by", *(f"relationship__{side}" for side in _SIDES)),
    "accounts.operator": ("user", "account__enterprise"),
    "accounts.certification": ("account", "submitted_by"),
    "accounts.apikey": ("account", "created_by"),
}


@dataclass(frozen=True, slots=True)
class News:
    """`subject` is None where the row is gone by now."""

    event: Event
    subject: Any

    @classmethod
    def of(cls, event_id: int) -> "News":
        """The event of this id and its subject."""
        event = Event.objects.select_related("account", "counterpart", "actor").get(pk=event_id)
        return cls(event, _subject(event))

    @property
    def is_moot(self) -> bool:
        """What it was about no longer exists."""
        return self.event.subject_id is not None and self.subject is None

    @property
    def invitation(self) -> Invitation:
        """The question that it is about."""
        assert isinstance(self.subject, Invitation)  # noqa: S101
        return self.subject

    @property
    def relationship(self) -> Relationship:
        """The relationship that it is about, directly or by a question or agreement on it."""
        if isinstance(self.subject, Relationship):
            return self.subject
        link = self.subject.relationship
        assert isinstance(link, Relationship)  # noqa: S101
        return link

    @property
    def manager(self) -> Account:
        """Who sees and does things in the other."""
        return self.relationship.manager

    @property
    def member(self) -> Account:
        """Who lets the other see and do things."""
        return self.relationship.member


def _subject(event: Event) -> models.Model | None:
    if event.subject_id is None:
        return None
    rows = apps.get_model(event.subject_type)._base_manager.filter(pk=event.subject_id)
    subject: models.Model | None = rows.select_related(*_WITH.get(event.subject_type, ())).first()
    return subject
