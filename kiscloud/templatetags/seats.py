"""The picture of how full a product was: `{% load seats %}`. SVG without script and style; colours by class."""

from collections.abc import Sequence

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from kiscloud.services.peaks import Day

register = template.Library()
HEIGHT = 100
STEP = 12


@register.simple_tag
def peaks(days: Sequence[Day], total: int) -> SafeString:
    """One column a day: the most who were in, on top who found no seat; the line says how many may be in."""
    top = max(total, *(day.most + day.refused for day in days)) or 1
    form = (
        '<g><rect class="column-ground" x="{}" y="0" width="12" height="100"/>'
        '<rect class="column" x="{}" y="{}" width="8" height="{}"/>'
        '<rect class="seat-refused" x="{}" y="{}" width="8" height="{}"/><title>{}</title></g>'
    )
    return format_html(
        '<svg class="columns" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}'
        '<line class="seat-limit" x1="0" x2="{}" y1="{}" y2="{}"/></svg>',
        len(days) * STEP,
        HEIGHT,
        _("The most users at once, day by day: %(words)s")
        % {"words": _(", ").join(f"{date_format(day.day, 'm-d')} {day.most}" for day in days if day.most)},
        format_html_join("", form, [_column(place, day, top) for place, day in enumerate(days)]),
        len(days) * STEP,
        *[f"{HEIGHT - total / top * HEIGHT:.1f}"] * 2,
    )


def _column(place: int, day: Day, top: int) -> tuple[object, ...]:
    left = place * STEP
    inside, refused = (number / top * HEIGHT for number in (day.most, day.refused))
    words = _("%(day)s: at most %(most)s at once, %(refused)s found no seat")
    title = words % {"day": date_format(day.day, "m-d"), "most": day.most, "refused": day.refused}
    low, high = HEIGHT - inside, HEIGHT - inside - refused
    return left, left + 2, f"{low:.1f}", f"{inside:.1f}", left + 2, f"{high:.1f}", f"{refused:.1f}", title
