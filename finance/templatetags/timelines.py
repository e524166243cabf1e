"""The picture of who pays: `{% load timelines %}`. SVG without script and without inline style; colours by class."""

from django import template
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from finance.timelines import Span, Timeline, Tone

register = template.Library()
MONTH = 100  # wide
GAP = 2


@register.simple_tag
def payer_bar(timeline: Timeline, manager: str = "", member: str = "") -> SafeString:
    """One bar for a member: a piece for each payer, a line where today is; what it says is its name for readers."""
    spans = [(span, _words(span, manager, member)) for span in timeline.spans]
    rects = [(span.tone.value, *_place(timeline, span), words) for span, words in spans]
    now = f"{timeline.place(timeline.now) * MONTH:.1f}"
    form = '<rect class="pays pays-{}" x="{}" y="4" width="{}" height="12"><title>{}</title></rect>'
    return format_html(
        '<svg class="payer-bar" viewBox="0 0 {} 20" preserveAspectRatio="none" role="img" aria-label="{}">'
        '{}<rect class="pays-now" x="{}" y="0" width="2" height="20"/></svg>',
        len(timeline.months) * MONTH,
        "; ".join(words for _span, words in spans),
        format_html_join("", form, rects),
        now,
    )


def _place(timeline: Timeline, span: Span) -> tuple[str, str]:
    begin = timeline.place(span.starts_at) * MONTH
    end = (timeline.place(span.ends_at) if span.ends_at else float(len(timeline.months))) * MONTH
    return f"{begin:.1f}", f"{max(end - begin - GAP, 1.5):.1f}"


def _words(span: Span, manager: str, member: str) -> str:
    """Who, from when, until when."""
    who = (member or _("the account itself")) if span.tone == Tone.OWN else (manager or _("the manager"))
    words = {"who": who, "from": _day(span.starts_at)}
    if span.ends_at is None:
        return _("%(who)s pays from %(from)s on") % words
    return _("%(who)s pays from %(from)s until %(until)s") % {**words, "until": _day(span.ends_at)}


def _day(moment: object) -> str:
    return date_format(localtime(moment), "Y-m-d H:i")  # type: ignore[arg-type]


@register.filter
def month_name(month: object) -> str:
    """As the axis names it."""
    return date_format(month, "m")  # type: ignore[arg-type]
