"""How the inventory shows figures, states and its picture."""

from collections.abc import Sequence
from decimal import Decimal

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kiscloud.books.months import worded
from kiscloud.inventory.models import Document, DocumentLine, Kind, Stock
from kiscloud.inventory.reports.figures import Month

register = template.Library()
State = Document.State
_TONES = {State.DRAFT: "neutral", State.CONFIRMED: "info", State.POSTED: "ok", State.VOID: "stop"}
HEIGHT = 100
WIDTH = 28  # of a month in the drawing, which the page stretches


@register.filter
def document_tone(state: str) -> str:
    """The tone of a document's state."""
    return _TONES[State(state)]


@register.filter
def pieces(value: Decimal | None) -> str:
    """`1,234.5`, a true minus sign; nought is left empty, as in every book."""
    if not value:
        return ""
    return f"{value.normalize():,f}".replace("-", "−")


@register.filter
def on_hand(value: Decimal) -> str:
    """The same, but nothing on hand is said."""
    return pieces(value) or "0"


@register.filter
def price(value: Decimal | None) -> str:
    """At least two places, at most four."""
    if value is None:
        return ""
    return f"{value:,.2f}" if value == round(value, 2) else f"{value.normalize():,f}"


@register.filter
def average(stock: Stock) -> str:
    """What one piece costs on the average; empty where there is none."""
    return f"{stock.value / stock.quantity:,.4f}" if stock.quantity else ""


@register.filter
def minus(value: Decimal) -> Decimal:
    """With the other sign."""
    return -value


@register.filter
def cost_of(moved: Document | DocumentLine, document: Document) -> Decimal:
    """What goods cost, whichever way they went; in a count what was missing keeps its sign."""
    return moved.cost if document.kind == Kind.COUNT else abs(moved.cost)


@register.simple_tag
def pairs(months: Sequence[Month], top: Decimal) -> SafeString:
    """For each month a column of what was bought beside one of what was sold; below nought nothing is drawn.

    `top` is the amount at the upper edge.
    """
    drawn = [(place * WIDTH, _pair(place * WIDTH, one, top)) for place, one in enumerate(months)]
    return format_html(
        '<svg class="columns" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        len(months) * WIDTH,
        HEIGHT,
        _("Purchases and sales by month"),
        format_html_join("", '<g><rect class="column-ground" x="{}" y="0" width="28" height="100"/>{}</g>', drawn),
    )


def _pair(x: int, month: Month, top: Decimal) -> SafeString:
    columns = []
    for key, step, label, amount in (
        ("own", 5, _("Purchases"), month.bought),
        ("mine", 15, _("Sales"), month.sold),
    ):
        height = max(float(amount / top) * HEIGHT, 0.8)
        title = f"{worded(month.month)} {label} ¥{amount:,.2f}"
        columns.append((key, x + step, f"{HEIGHT - height:.1f}", f"{height:.1f}", title))
    form = '<rect class="part-{}" x="{}" y="{}" width="8" height="{}"><title>{}</title></rect>'
    return format_html_join("", form, columns)
