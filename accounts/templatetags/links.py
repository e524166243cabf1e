"""Words about links for templates: `{% load links %}`. What they say is decided in `accounts.wording`."""

from collections.abc import Iterable
from datetime import datetime

from django import template

from accounts import wording
from accounts.models import Relationship

register = template.Library()


@register.filter
def mask_middle(text: str) -> str:
    """A name by its two ends."""
    return wording.mask_middle(str(text or ""))


@register.filter
def mask_number(number: str) -> str:
    """An account number with its middle hidden."""
    return wording.mask_number(str(number or ""))


@register.filter
def time_left(until: datetime) -> str:
    """How long is left until then."""
    return wording.time_left(until)


@register.filter
def preset_name(points: Iterable[str]) -> str:
    """The permissions in one word."""
    return wording.preset_name(points)


@register.filter
def seeing(points: Iterable[str]) -> list[wording.Item]:
    """What may be seen."""
    return wording.seeing(points)


@register.filter
def doing(points: Iterable[str]) -> list[wording.Item]:
    """What may be done."""
    return wording.doing(points)


@register.filter
def inheriting(inherits: Iterable[str]) -> list[wording.Item]:
    """What is inherited."""
    return wording.inheriting(inherits)


@register.filter
def kind_hint(kind: str) -> wording.Words:
    """What this kind of relationship is."""
    return wording.KIND_HINTS[kind]


@register.filter
def kind_name(kind: str) -> str:
    """The kind of relationship as people call it."""
    return str(Relationship.Kind(kind).label)


@register.filter
def known_name(relationship: Relationship) -> str:
    """The member's name for its manager: whole once the member has agreed, by its ends until then."""
    name = relationship.member.name
    return name if relationship.established_at else wording.mask_middle(name)


@register.filter
def known_enterprise(relationship: Relationship) -> str:
    """The same for the member's enterprise."""
    name = relationship.member.enterprise.name if relationship.member.enterprise else ""
    return name if relationship.established_at else wording.mask_middle(name)
