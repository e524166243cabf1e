"""How a relationship stands, as people read it: three states with sub-states (K9), judged now and not by the row alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, Relationship


class Shown(models.TextChoices):
    """The three states of K9.1."""

    CONFIRMING = "confirming", _("Confirming")
    ESTABLISHED = "established", _("Established")
    NOT_ESTABLISHED = "not_established", _("Not established")


@dataclass(frozen=True, slots=True)
class Standing:
    """State, sub-state in words, tone for the pill, and the invitation that waits, if one does."""

    shown: Shown
    detail: str | Promise
    tone: str
    waiting: Invitation | None = None


_END_WORDS = {
    Relationship.End.REFUSED: _("Refused by the linked account"),
    Relationship.End.EXPIRED: _("Not answered within 48 hours"),
    Relationship.End.WITHDRAWN: _("Withdrawn before it was answered"),
    Relationship.End.DISSOLVED: _("Dissolved"),
}


def standing_of(relationship: Relationship, waiting: Invitation | None, *, at: datetime | None = None) -> Standing:
    """The standing at that moment; `waiting` is the relationship's open invitation, if any."""
    moment = at or timezone.now()
    alive = waiting is not None and waiting.is_open(at=moment)
    state = relationship.state
    if state == Relationship.State.PENDING:
        if alive:
            return Standing(Shown.CONFIRMING, _("Waiting for the linked account"), "info", waiting)
        return Standing(Shown.NOT_ESTABLISHED, _END_WORDS[Relationship.End.EXPIRED], "neutral")
    if state == Relationship.State.CHANGE_PENDING and alive:
        return Standing(Shown.ESTABLISHED, _("A change waits for the linked account"), "warn", waiting)
    if relationship.is_in_force:
        return Standing(Shown.ESTABLISHED, "", "ok")
    return Standing(Shown.NOT_ESTABLISHED, _END_WORDS.get(relationship.end, ""), "neutral")


def with_standing(relationships: list[Relationship], *, at: datetime | None = None) -> list[Relationship]:
    """Sets `.standing` on each, with one query for all open invitations."""
    open_ones = Invitation.objects.open().filter(relationship__in=relationships)
    waiting = {invitation.relationship_id: invitation for invitation in open_ones}
    for relationship in relationships:
        relationship.standing = standing_of(relationship, waiting.get(relationship.pk), at=at)  # type: ignore[attr-defined]
    return relationships
