"""The look's own tags and filters; built in, so that no template loads them."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import lucide
from django import template
from django.middleware.csrf import get_token
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()
_ADDRESS = re.compile(r"(https?://[\w.~:/?#@!$&*+=%\[\]-]+[\w/])", re.ASCII)

# A status is told by word and by shape; colour only helps.
TONE_ICONS = {
    "neutral": "circle-dashed",
    "ok": "circle-check",
    "warn": "triangle-alert",
    "stop": "octagon-x",
    "info": "circle-dot",
    "wait": "clock",
}
NOTICE_ICONS = {
    "info": "info",
    "ok": "circle-check",
    "success": "circle-check",
    "warn": "triangle-alert",
    "warning": "triangle-alert",
    "stop": "octagon-alert",
    "error": "octagon-alert",
    "debug": "info",
}
MESSAGE_TONES = {"success": "ok", "warning": "warn", "error": "stop", "info": "info", "debug": "info"}


@register.simple_tag
def icon(name: str, *, size: int = 18, label: str = "") -> SafeString:
    """A lucide icon as inline SVG: decoration, unless it is given a label. No name, no icon."""
    return _drawn(name + "", size, label + "") if name else mark_safe("")  # `+ ""` drops the mark of a safe string


@lru_cache(maxsize=512)
def _drawn(name: str, size: int, label: str) -> SafeString:
    """Drawn once: a list of fifty rows shows the same few icons some hundred times."""
    attributes: dict[str, Any] = {"class": "icon", "stroke_width": "1.75"}
    attributes |= {"role": "img", "aria_label": label} if label else {"aria_hidden": "true"}
    svg: str = lucide._render_icon(name, size, **attributes)
    return mark_safe(svg)  # noqa: S308  (the package's own drawing; it escapes the attributes)


@register.simple_tag
def tone_icon(tone: str, *, size: int = 14) -> SafeString:
    """The shape that belongs to the tone of a status."""
    return icon(TONE_ICONS.get(tone, TONE_ICONS["neutral"]), size=size)


@register.simple_tag
def notice_icon(tone: str) -> SafeString:
    """The shape that belongs to the tone of a notice."""
    return icon(NOTICE_ICONS.get(tone, "info"), size=18)


@register.filter
def message_tone(level_tag: str) -> str:
    """Django's message level in our words."""
    return MESSAGE_TONES.get(level_tag, "info")


@register.filter
def money(value: Any) -> SafeString | str:
    """`¥1,234.50`, a true minus sign, figures of equal width. An empty value is a dash: unknown is not nought."""
    if value is None or value == "":
        return "—"
    try:
        amount = Decimal(str(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
        sign = "−" if amount < 0 else ""
    except InvalidOperation:
        return "—"
    return format_html('<span class="money">{}¥{}</span>', sign, f"{abs(amount):,.2f}")


@register.simple_tag
def moment(value: datetime | date | None, *, only: str = "") -> SafeString | str:
    """A point in time, short: `今天 09:30`, `03-05 14:20`, `2025-12-31 08:00`; the whole of it in the tooltip.

    `only="date"` leaves the clock out, `only="full"` always gives year and seconds (tables of records).
    """
    if value is None or value == "":
        return "—"
    if not isinstance(value, datetime):
        return format_html('<time datetime="{}">{}</time>', value.isoformat(), date_format(value, "Y-m-d"))
    local = timezone.localtime(value)
    whole = date_format(local, "Y-m-d H:i:s")
    text = whole if only == "full" else _short(local, date_only=only == "date")
    return format_html('<time datetime="{}" title="{}">{}</time>', local.isoformat(timespec="seconds"), whole, text)


def _short(local: datetime, *, date_only: bool) -> str:
    today = timezone.localdate()
    clock = "" if date_only else date_format(local, "H:i")
    if local.date() == today:
        day = _("Today")
    elif (today - local.date()).days == 1:
        day = _("Yesterday")
    else:
        day = date_format(local, "m-d" if local.year == today.year and not date_only else "Y-m-d")
    return f"{day} {clock}".strip()


@register.simple_tag(takes_context=True)
def form_guard(context: template.Context) -> SafeString:
    """The hidden fields of every POST form: the CSRF token, and the account that the page was drawn for.

    An account switched in another tab would otherwise turn this form into an act of the wrong account.
    """
    request = context.get("request")
    if request is None:
        return mark_safe("")
    token = format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', get_token(request))
    account = getattr(request, "account", None)
    if account is None:
        return token
    return token + format_html('<input type="hidden" name="_account" value="{}">', account.pk)


@register.simple_tag(takes_context=True)
def active(context: template.Context, url: str, *, exact: bool = False) -> SafeString:
    """`aria-current="page"` where the address being shown is this one, or lies beneath it."""
    request = context.get("request")
    path = urlsplit(url).path
    if request is None or not path:
        return mark_safe("")
    here = request.path == path if exact else request.path.startswith(path)
    return mark_safe('aria-current="page"') if here else mark_safe("")


@register.filter
def initials(name: Any) -> str:
    """What stands in an avatar: the last two signs of a Chinese name, else the first letters of two words."""
    text = str(name or "").strip()
    if not text:
        return "?"
    if any("\u4e00" <= sign <= "\u9fff" for sign in text):
        return text[-2:]
    return "".join(word[0] for word in text.split()[:2]).upper()


@register.filter
def linkify(text: Any) -> SafeString:
    """Plain text, escaped, with its addresses as links, also where Chinese stands close around them."""
    pieces = _ADDRESS.split(str(text or ""))
    made = [format_html('<a href="{0}">{0}</a>', piece) if n % 2 else escape(piece) for n, piece in enumerate(pieces)]
    return mark_safe("".join(made))  # noqa: S308  (every piece was escaped above)


@register.filter
def has_errors(form: Any) -> bool:
    """Whether a form was sent and has something wrong; anything that is no form has not."""
    return bool(getattr(form, "is_bound", False) and getattr(form, "errors", None))


@register.filter
def field_errors(form: Any) -> list[Mapping[str, Any]]:
    """Each error of each field, with the id of the control that the summary links to."""
    found: list[Mapping[str, Any]] = []
    for field in form:
        if not field.is_hidden:
            found += [{"id": _control_id(field), "label": field.label, "text": error} for error in field.errors]
    return found


def _control_id(field: Any) -> str:
    """A group of choices has no control of its own: its first choice stands for it."""
    return f"{field.auto_id}_0" if field.use_fieldset else str(field.auto_id)
