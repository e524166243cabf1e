"""How books show amounts, months and states."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse

from kiscloud.books import months
from kiscloud.books.models import Books, Voucher
from kiscloud.books.printed import TITLES

register = template.Library()
State = Voucher.State
_TONES = {State.DRAFT: "neutral", State.SAVED: "wait", State.AUDITED: "info", State.POSTED: "ok", State.VOID: "stop"}


@register.filter
def has(rights: Collection[str], right: str) -> bool:
    """Whether the right is among them."""
    return right in rights


@register.filter
def month(value: int) -> str:
    """`2026-03`"""
    return months.worded(value)


@register.filter
def figures(value: Decimal | None) -> str:
    """`1,234.50`, a true minus sign; nought is left empty, as in every book."""
    if not value:
        return ""
    return f"{value:,.2f}".replace("-", "−")


@register.filter
def sided(value: Decimal) -> str:
    """A balance with its side: `借 1,234.50`; 平 where nothing stands."""
    if not value:
        return "平"
    return f"{'借' if value > 0 else '贷'} {abs(value):,.2f}"


@register.filter
def quantity(value: Decimal) -> str:
    """Without noughts behind."""
    return f"{value.normalize():f}"


@register.filter
def voucher_tone(state: str) -> str:
    """The tone of a voucher's state."""
    return _TONES[State(state)]


@register.filter
def voucher_title(word: str) -> str:
    """What stands above a voucher of this word."""
    return TITLES[word]


@register.filter
def at(values: Mapping[Any, Any] | None, key: Any) -> Any:
    """What the mapping holds there; nothing where it holds nothing."""
    return values.get(key, "") if values else ""


@register.filter
def stage(state: str, books: Books) -> str:
    """What the state of a voucher is called in these books."""
    return books.stage(state)


@register.simple_tag
def books_page(number: str, name: str, query: str = "") -> str:
    """The address of a page of these books."""
    return reverse(f"books:{name}", kwargs={"number": number}) + query
