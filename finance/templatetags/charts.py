"""Pictures drawn by the server: `{% load charts %}`. SVG without script and without inline style; colours by class."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from finance.budget_standings import BudgetStanding
from finance.money import ZERO
from finance.reports import Part
from finance.shares import Share
from finance.spending import Column, Series

register = template.Library()
WIDTH = 1000  # of the drawing; the page stretches it
GAP = 3
HEIGHT = 100
STEP = 12


@register.simple_tag
def stack(parts: Iterable[Part], most: Decimal) -> SafeString:
    """One bar out of its parts, as long as its share of the longest; what it says is also its name for readers."""
    filled = [part for part in parts if part.amount > 0]
    whole = most or Decimal(1)
    rects, begin = [], 0.0
    for part in filled:
        width = float(part.amount / whole) * WIDTH
        drawn = max(width - GAP, min(width, 2.0))
        rects.append((part.key, f"{begin:.1f}", f"{drawn:.1f}", part.label, _yuan(part.amount)))
        begin += width
    words = _(", ").join(f"{part.label} {_yuan(part.amount)}" for part in filled) or _("nothing")
    form = '<rect class="part part-{}" x="{}" y="0" width="{}" height="10"><title>{} {}</title></rect>'
    return format_html(
        '<svg class="bar-parts" viewBox="0 0 {} 10" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        WIDTH,
        words,
        format_html_join("", form, rects),
    )


@register.simple_tag
def columns(days: Sequence[tuple[date, Decimal]]) -> SafeString:
    """One column for each day; a day without anything keeps its foot, so that gaps are seen as days."""
    most = max((amount for _day, amount in days), default=Decimal(0)) or Decimal(1)
    rects = []
    for place, (day, amount) in enumerate(days):
        height = max(float(amount / most) * HEIGHT, 1.5 if amount else 0.8)
        kind, x = "column" if amount else "column column-none", place * STEP
        title = f"{date_format(day, 'm-d')} {_yuan(amount)}"
        rects.append((x, kind, x + 2, f"{HEIGHT - height:.1f}", f"{height:.1f}", title))
    form = (
        '<g><rect class="column-ground" x="{}" y="0" width="12" height="100"/>'
        '<rect class="{}" x="{}" y="{}" width="8" height="{}"/><title>{}</title></g>'
    )
    return format_html(
        '<svg class="columns" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        len(days) * STEP,
        HEIGHT,
        _("Spending day by day; the table below has the figures"),
        format_html_join("", form, rects),
    )


@register.simple_tag
def budget_bar(standing: BudgetStanding, most: Decimal | None = None) -> SafeString:
    """What is spent, behind it what is expected, the amount as a line, and a mark at each share that is told.

    As long as the most of the three; `most` makes several bars comparable.
    """
    spent, amount = standing.spent, standing.budget.amount
    whole = most or max(amount, spent.actual, spent.forecast)
    ends = [f"{_width(part, whole):.1f}" for part in (spent.forecast, spent.actual)]
    marks = [(f"{_width(amount * share / 100, whole):.1f}", share) for share in standing.marks]
    words = _("%(spent)s spent and %(forecast)s expected, of %(amount)s")
    said = {"spent": _yuan(spent.actual), "forecast": _yuan(spent.forecast), "amount": _yuan(amount)}
    return format_html(
        '<svg class="budget-bar budget-{}" viewBox="0 0 {} 16" preserveAspectRatio="none" role="img" aria-label="{}">'
        '<rect class="budget-room" y="3" width="{}" height="10"/><rect class="budget-expected" y="3" width="{}"'
        ' height="10"/><rect class="budget-spent" y="3" width="{}" height="10"/>{}'
        '<rect class="budget-end" x="{}" width="4" height="16"/></svg>',
        standing.tone,
        WIDTH,
        words % said,
        f"{_width(amount, whole):.1f}",
        *ends,
        format_html_join(
            "", '<rect class="budget-mark" x="{}" y="3" width="2" height="10"><title>{} %</title></rect>', marks
        ),
        f"{min(_width(amount, whole), WIDTH - 4):.1f}",
    )


def _width(amount: Decimal, whole: Decimal) -> float:
    return min(max(float(amount / whole), 0.0), 1.0) * WIDTH


@register.simple_tag
def stacked(columns: Sequence[Column], series: Sequence[Series], top: Decimal, *, day_format: str) -> SafeString:
    """One column for each month or day, split into series from the ground up; below zero nothing can be drawn.

    `top` is the amount at the upper edge. Pointing at a column names its day, its sum and its parts.
    """
    drawn = [_stack(place, column, series, top, day_format) for place, column in enumerate(columns)]
    lines = format_html_join("", '<line class="chart-line" x1="0" y1="{0}" x2="{1}" y2="{0}"/>', _grid(len(columns)))
    return format_html(
        '<svg class="columns columns-tall" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">'
        "{}{}</svg>",
        len(columns) * STEP,
        HEIGHT,
        _("Spending over time; the table below has the figures"),
        lines,
        format_html_join("", "{}", ((one,) for one in drawn)),
    )


def _grid(count: int) -> list[tuple[int, int]]:
    return [(place, count * STEP) for place in (0, HEIGHT // 2)]


def _stack(place: int, column: Column, series: Sequence[Series], top: Decimal, day_format: str) -> SafeString:
    x, foot, rects, words = place * STEP, float(HEIGHT), [], []
    for one in series:
        if amount := column.amounts.get(one.key, ZERO):
            words.append(f"{one.label} {_yuan(amount)}")
        if amount > 0:
            height = float(amount / (top or 1)) * HEIGHT
            foot -= height
            rects.append((one.key, x + 2, f"{foot:.2f}", f"{height:.2f}"))
    title = "\n".join([f"{date_format(column.day, day_format)} {_yuan(column.total)}", *words])
    form = '<rect class="part part-{}" x="{}" y="{}" width="8" height="{}"/>'
    return format_html(
        '<g><rect class="column-ground" x="{}" y="0" width="12" height="100"/>{}<title>{}</title></g>',
        x,
        format_html_join("", form, rects) or format_html(_FOOT, x + 2),
        title,
    )


_FOOT = '<rect class="column-none" x="{}" y="99.2" width="8" height=".8"/>'


@register.simple_tag
def scale(columns: Iterable[Column]) -> Decimal:
    """A round amount that no column reaches beyond: 1, 2, 4, 5 or 8 with noughts."""
    most = max((sum((part for part in one.amounts.values() if part > 0), ZERO) for one in columns), default=ZERO)
    power = Decimal(1).scaleb(most.adjusted() if most else 0)
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= most)


@register.simple_tag
def share_bar(share: Share, most: Decimal) -> SafeString:
    """A bar as long as its share of the longest; a mark where it ended the month before."""
    whole = max(most, share.before) or Decimal(1)
    width, mark = (max(float(amount / whole), 0.0) * WIDTH for amount in (share.amount, share.before))
    return format_html(
        '<svg class="bar-parts" viewBox="0 0 {0} 10" preserveAspectRatio="none" role="img" aria-label="{1}">'
        '<rect class="bar-ground" x="0" y="0" width="{0}" height="10"/>'
        '<rect class="part part-own" x="0" y="0" width="{2}" height="10"/>{3}</svg>',
        WIDTH,
        _("%(amount)s; the month before %(before)s") % {"amount": _yuan(share.amount), "before": _yuan(share.before)},
        f"{width:.1f}",
        format_html('<rect class="bar-mark" x="{}" y="0" width="4" height="10"/>', f"{min(mark, WIDTH - 4):.1f}")
        if share.before > 0
        else "",
    )


@register.filter
def rough(amount: Decimal) -> str:
    """For the edge of a picture: whole yuan, or two places where it is less than ten."""
    return f"¥{amount:,.0f}" if amount >= 10 else f"¥{amount:,.2f}"


@register.filter
def half(amount: Decimal) -> Decimal:
    """In the middle of the edge."""
    return amount / 2


@register.filter
def amount_of(column: Column, key: str) -> Decimal:
    """What one series came to in it."""
    return column.amounts.get(key, ZERO)


def _yuan(amount: Decimal) -> str:
    return f"{'−' if amount < 0 else ''}¥{abs(amount):,.2f}"
