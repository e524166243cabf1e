"""What stands beside the facts of an object in the admin: tables of what belongs to it, and what happened."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now

from accounts.actors import Door
from accounts.event_texts import sentence, words_of
from accounts.models import Event
from accounts.models.event import EventQuerySet
from config.templatetags.ui import moment, tone_icon

Text = str | Promise
ROWS_MAX = 50
EVENTS_MAX = 30


@dataclass(frozen=True, slots=True)
class Panel:
    """A table below the facts; without rows it says `empty`, or that there are none."""

    title: Text
    columns: Sequence[Text] = ()
    rows: Sequence[Sequence[Any]] = ()
    empty: Text = ""
    note: Text = ""
    cut: bool = False  # there are more rows than are shown


@dataclass(frozen=True, slots=True)
class History:
    """What happened, newest first."""

    title: Text
    moments: Sequence[dict[str, Any]] = ()
    empty: Text = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """A sentence above the facts that must be read first."""

    text: Text
    tone: str = "warn"
    title: Text = ""
    links: Sequence[SafeString] = field(default_factory=list)


def table(title: Text, columns: Sequence[Text], rows: Iterable[Sequence[Any]], **more: Any) -> Panel:
    """A panel of at most fifty rows; callers pass one more, so that it can say that there are more."""
    listed = list(rows)
    return Panel(title, columns, listed[:ROWS_MAX], cut=len(listed) > ROWS_MAX, **more)


def history(events: EventQuerySet) -> History:
    """The events in words, with the person, the door and the address: staff see who it was."""
    rows = events.select_related("account", "counterpart").order_by("-id")[: EVENTS_MAX + 1]
    listed = list(rows)
    return History(
        _now("What happened"), [_moment(event) for event in listed[:EVENTS_MAX]], cut=len(listed) > EVENTS_MAX
    )


def of_subject(row: Model) -> EventQuerySet:
    """Events whose subject is this row."""
    return Event.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)


def _moment(event: Event) -> dict[str, Any]:
    words = words_of(event)
    who = [event.actor_name, str(event.account or ""), str(dict(Door.choices).get(event.door, event.door))]
    return {
        "at": event.at,
        "text": sentence(event, None),
        "note": " · ".join(dict.fromkeys(part for part in [*who, event.address or "", event.request_id] if part)),
        "icon": words.icon,
        "tone": words.tone,
    }


def link(row: Model | None, label: object = None) -> SafeString | str:
    """The row's own page in the admin, by its name."""
    if row is None:
        return "—"
    meta = row._meta
    url = reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[quote(row.pk)])
    return format_html('<a href="{}">{}</a>', url, row if label is None else label)


def pill(label: object, tone: str = "neutral") -> SafeString:
    """A status by word and shape."""
    return format_html('<span class="status status-{}">{}{}</span>', tone, tone_icon(tone), label)


def yes(value: object) -> str:
    """Yes or a dash."""
    return _now("Yes") if value else "—"


def at(name: str, label: Any) -> Callable[[Any], SafeString | str]:
    """A column of a list: the point in time in this field, short."""

    @admin.display(description=label, ordering=name)
    def shown(row: Any) -> SafeString | str:
        return when(getattr(row, name))

    shown.__name__ = f"at_{name}"
    return shown


def when(value: Any) -> SafeString | str:
    """A point in time, short, the whole of it in the tooltip."""
    return moment(value)
