"""The message centre (S22)."""

from collections.abc import Collection, Iterable
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require_staff
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import Event, Message, MessageRead, User
from accounts.models.message import MessageQuerySet
from config.errors import InputError, NotFound
from config.transactions import atomic


@atomic
def publish_message(
    *,
    actor: Actor,
    title: str,
    body: str,
    title_en: str = "",
    body_en: str = "",
    published_at: datetime | None = None,
    valid_until: datetime | None = None,
) -> Message:
    """A system message that everybody gets from `published_at` on; it pops up until `valid_until` (S22.1, S22.4).

    Whoever reads in English gets its English texts, where they were written. Raises InputError.
    """
    require_staff(actor, "accounts.add_message")
    at = published_at or timezone.now()
    if valid_until is not None and valid_until <= at:
        raise InputError("valid_until", _("The end must be after the publication."))
    texts = {"title": title, "body": body, "title_en": title_en, "body_en": body_en}
    texts = {name: text.strip() for name, text in texts.items()}
    if bool(texts["title_en"]) != bool(texts["body_en"]):
        raise InputError("body_en", _("Write both title and text in English, or neither."))
    message = Message.objects.create(kind=Message.Kind.SYSTEM, published_at=at, valid_until=valid_until, **texts)
    record("message.published", actor=actor, account=None, subject=message, title=message.title)
    return message


@atomic
def announce(
    *,
    title: str,
    body: str,
    link: str,
    title_en: str = "",
    body_en: str = "",
    valid_until: datetime | None = None,
    now: datetime | None = None,
) -> Message | None:
    """A system message that leads to this page, once for the page, whoever asks how often (S22.1).

    None where it was announced before; one that had no English texts then has them now. Locks the page's name.
    """
    lock_name(f"announce:{link}")
    english = {"title_en": title_en[:120], "body_en": body_en}
    before = Message.objects.filter(kind=Message.Kind.SYSTEM, link=link)
    if before.exists():
        before.filter(title_en="").update(**english)
        return None
    message = Message.objects.create(
        kind=Message.Kind.SYSTEM,
        title=title[:120],
        body=body,
        **english,
        link=link,
        published_at=now or timezone.now(),
        valid_until=valid_until,
    )
    record("message.published", actor=SYSTEM, account=None, subject=message, title=message.title)
    return message


@atomic
def send_message(
    *,
    user: User,
    title: str,
    body: str,
    link: str = "",
    event: Event | None = None,
    valid_until: datetime | None = None,
) -> Message:
    """A personal message; the same event never gives a person two."""
    fields = {"title": title[:120], "body": body, "link": link, "valid_until": valid_until}
    if event is None:
        return Message.objects.create(kind=Message.Kind.PERSONAL, user=user, **fields)
    message, _created = Message.objects.get_or_create(
        event=event, user=user, defaults={"kind": Message.Kind.PERSONAL, **fields}
    )
    return message


@atomic
def read_message(*, user: User, message_id: int, now: datetime | None = None) -> Message:
    """The person opened the message's details: it is read from now on (S22.3)."""
    message = Message.objects.for_user(user, at=now).filter(pk=message_id).first()
    if message is None:
        raise NotFound()
    MessageRead.objects.get_or_create(message=message, user=user, defaults={"at": now or timezone.now()})
    return message


def unread_count(*, user: User, now: datetime | None = None) -> int:
    """The red number: unread and still valid (S22.5, Q-10)."""
    return Message.objects.for_user(user, at=now).unread().valid(at=now).count()


def reminder_for(*, user: User, closed: Iterable[int] = (), now: datetime | None = None) -> Message | None:
    """The system message that the reminder window shows: newest unread one, until its validity ends (S22.2, S22.4).

    `closed` are those whose window the person closed since log-in; they stay unread.
    """
    waiting = Message.objects.for_user(user, at=now).unread().valid(at=now).filter(kind=Message.Kind.SYSTEM)
    return waiting.exclude(pk__in=list(closed)).order_by("-published_at", "-id").first()


def listed_messages(
    *, user: User, reading: Collection[bool] = (), kinds: Collection[str] = (), now: datetime | None = None
) -> MessageQuerySet:
    """The person's messages, expired ones included, narrowed in two dimensions: `reading` (True: read, False: unread)
    and `kinds`. Within a dimension any of its values fits; a dimension without values narrows nothing (Q-10)."""
    messages = Message.objects.for_user(user, at=now)
    if reading:
        messages = messages.filter(is_read__in=set(reading))  # type: ignore[misc]  # annotated by for_user
    return messages.filter(kind__in=set(kinds)) if kinds else messages
