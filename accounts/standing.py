"""How a relationship stands: three states with sub-states (K9), judged now and not by the row alone."""

from dataclasses import dataclass
from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation, Relationship
from accounts.models.relationship import RelationshipQuerySet


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
    return Standing(Shown.NOT_ESTABLISHED, _END_WORDS.get(Relationship.End(relationship.end), ""), "neutral")


def with_standing(relationships: list[Relationship], *, at: datetime | None = None) -> list[Relationship]:
    """Sets `.standing` on each, with one query for all open invitations."""
    open_ones = Invitation.objects.open().filter(relationship__in=relationships)
    waiting = {invitation.relationship_id: invitation for invitation in open_ones}
    for relationship in relationships:
        relationship.standing = standing_of(relationship, waiting.get(relationship.pk), at=at)  # type: ignore[attr-defined]
    return relationships


class Narrow(models.TextChoices):
    """By what a list can be narrowed: the three states, and their sub-states (K9)."""

    CONFIRMING = "confirming", _("Confirming")
    ESTABLISHED = "established", _("Established")
    CHANGE = "change", _("Established: change confirming")
    NOT_ESTABLISHED = "not_established", _("Not established")
    REFUSED = "refused", _("Not established: refused or not answered")
    WITHDRAWN = "withdrawn", _("Not established: withdrawn")
    DISSOLVED = "dissolved", _("Not established: dissolved")


def narrowed(relationships: RelationshipQuerySet, wanted: str, *, at: datetime | None = None) -> RelationshipQuerySet:
    """Those that `standing_of` shows as wanted at that moment: the same judgement, made by the database."""
    return with_waiting(relationships, at=at).filter(SHOWN_AS[Narrow(wanted)])


def with_waiting(relationships: RelationshipQuerySet, *, at: datetime | None = None) -> RelationshipQuerySet:
    """Annotated with `is_waiting`: a question is open that can still be answered."""
    open_ones = Invitation.objects.open().filter(
        relationship=models.OuterRef("pk"), expires_at__gt=at or timezone.now()
    )
    return relationships.annotate(is_waiting=models.Exists(open_ones))


_State, _End = Relationship.State, Relationship.End
_RAN_OUT = models.Q(state=_State.PENDING, is_waiting=False)

# For querysets that went through `with_waiting`.
SHOWN_AS: dict[Narrow, models.Q] = {
    Narrow.CONFIRMING: models.Q(state=_State.PENDING, is_waiting=True),
    Narrow.ESTABLISHED: models.Q(state__in=Relationship.IN_FORCE),
    Narrow.CHANGE: models.Q(state=_State.CHANGE_PENDING, is_waiting=True),
    Narrow.NOT_ESTABLISHED: models.Q(state__in=[_State.REJECTED, _State.DISSOLVED]) | _RAN_OUT,
    Narrow.REFUSED: models.Q(state=_State.REJECTED, end__in=[_End.REFUSED, _End.EXPIRED]) | _RAN_OUT,  # K4.11
    Narrow.WITHDRAWN: models.Q(state=_State.REJECTED, end=_End.WITHDRAWN),
    Narrow.DISSOLVED: models.Q(state=_State.DISSOLVED),
}
