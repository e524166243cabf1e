"""Pictures of the invoice cloud, drawn by the server: `{% load cloud %}`."""

from collections.abc import Sequence
from datetime import date

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()
HEIGHT, STEP = 100, 12


@register.simple_tag
def use_columns(days: Sequence[tuple[date, int]]) -> SafeString:
    """One column for each day, as high as its uses; a day without any keeps its foot, so that gaps are seen as days."""
    most = max((count for _day, count in days), default=0) or 1
    rects = [(place * STEP, *_column(place * STEP, day, count, most)) for place, (day, count) in enumerate(days)]
    form = (
        '<g><rect class="column-ground" x="{}" y="0" width="12" height="100"/>'
        '<rect class="{}" x="{}" y="{}" width="8" height="{}"/><title>{}</title></g>'
    )
    total = sum(count for _day, count in days)
    said = ngettext("%(count)s use in these days", "%(count)s uses in these days", total) % {"count": total}
    return format_html(
        '<svg class="columns" viewBox="0 0 {} {}" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        len(days) * STEP,
        HEIGHT,
        said,
        format_html_join("", form, rects),
    )


def _column(x: int, day: date, count: int, most: int) -> tuple[str, int, str, str, str]:
    height = max(count / most * HEIGHT, 1.5 if count else 0.8)
    title = _("%(day)s: %(count)s") % {"day": date_format(day, "m-d"), "count": count}
    return "column" if count else "column column-none", x + 2, f"{HEIGHT - height:.1f}", f"{height:.1f}", title
