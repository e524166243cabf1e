"""Whose discounts count for an account, and what it inherits from its manager since when: discounts, and the credit
identity (K1.3, K8.11, A1.3, A2.9, A4.3).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.locks import lock_relationship
from accounts.models import Account, Event, Invitation, Relationship
from accounts.permissions import Inherit
from config.transactions import atomic
from finance.models import Category, Inheritance
from finance.services.trusts import payer_of

JOB = "finance.follow_inheritance"
# After each of these the terms of a relationship may be other ones.
FOLLOWED = (
    "invitation.accepted",
    "relationship.changed",
    "relationship.dissolved",
    "member.registered",
    "member.migrated",
)


class Way(models.TextChoices):
    """Why these discounts count."""

    OWN = "own", _("Own discounts")
    INHERITED = "inherited", _("Own or inherited discounts, whichever is lower")
    TRUSTED = "trusted", _("Discounts of the account that pays")


@dataclass(frozen=True, slots=True)
class DiscountSource:
    """Whose contract discounts count. `manager` is None where only the account's own do."""

    way: Way
    account: Account
    manager: Account | None = None

    @classmethod
    def own(cls, account: Account) -> Self:
        """Nobody else's."""
        return cls(Way.OWN, account)


def discount_source(*, account: Account, category: Category, at: datetime) -> DiscountSource:
    """Whose discounts count for what this account buys at that moment, or uses in a cycle that starts then.

    Some categories keep the account's own, whoever pays (A2.13).
    """
    if category.keeps_own_discount:
        return DiscountSource.own(account)
    payer = payer_of(account=account, at=at)
    if payer.trust is not None:
        return DiscountSource(Way.TRUSTED, account, payer.account)
    inheritance = inheritance_of(account=account, at=at)
    if inheritance is not None:
        return DiscountSource(Way.INHERITED, account, inheritance.manager)
    return DiscountSource.own(account)


def inheritance_of(*, account: Account, at: datetime, what: Inherit = Inherit.DISCOUNT) -> Inheritance | None:
    """By which the account has its manager's discounts for cycles that start at that moment, or its credit identity."""
    running = Inheritance.objects.filter(member=account, what=what, starts_at__lte=at).exclude(ends_at__lte=at)
    return running.select_related("manager").order_by("-starts_at").first()


@atomic
def follow_event(*, event_id: int) -> bool:
    """What an event made of a relationship's terms holds from its time on; answers if it changed."""
    event = Event.objects.get(pk=event_id)
    if event.subject_id is None:
        return False
    relationship_id: int | None = event.subject_id
    if event.subject_type == Invitation._meta.label_lower:
        relationship_id = Invitation.objects.filter(pk=event.subject_id).values_list("relationship", flat=True).first()
    return relationship_id is not None and follow_terms(relationship_id=relationship_id, at=event.at)


@atomic
def follow_terms(*, relationship_id: int, at: datetime) -> bool:
    """An open row of each kind is there exactly while the member inherits it; again it changes nothing. Locks accounts.

    In force, within a group, both verified as one enterprise (Q-1). Answers whether something changed.
    """
    relationship = lock_relationship(relationship_id=relationship_id)
    return sum(_follow(relationship, what, at) for what in Inherit) > 0


def _follow(relationship: Relationship, what: Inherit, at: datetime) -> bool:
    manager, member = relationship.manager, relationship.member
    asked = relationship.is_in_force and what in relationship.inherits
    wanted = asked and relationship.kind == Relationship.Kind.GROUP and manager.same_enterprise(member)
    running = Inheritance.objects.filter(relationship=relationship, what=what, ends_at=None).first()
    if wanted and running is None:
        _close(Inheritance.objects.filter(member=member, what=what, ends_at=None), at)  # of a former group
        Inheritance.objects.create(relationship=relationship, manager=manager, member=member, what=what, starts_at=at)
    elif not wanted and running is not None:
        _close(Inheritance.objects.filter(pk=running.pk), relationship.ended_at or at)
    return wanted == (running is None)


@atomic
def follow_account(*, account: Account, now: datetime | None = None) -> int:
    """The same for every group relationship of an account that was verified anew; answers how many changed."""
    links = Relationship.objects.visible_to(account).filter(kind=Relationship.Kind.GROUP).in_force()
    at = now or timezone.now()
    return sum(follow_terms(relationship_id=pk, at=at) for pk in links.order_by("pk").values_list("pk", flat=True))


def _close(rows: models.QuerySet[Inheritance], at: datetime) -> None:
    """They end at that moment, or never began."""
    rows.update(ends_at=models.functions.Greatest("starts_at", at))
