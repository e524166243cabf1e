"""The development outbox: every letter and text that the system sends, kept where a developer can read it.

Files under `VAR_DIR/outbox`, one JSON document each, named so that sorting by name sorts by time; the oldest go when
there are more than `KEPT_MAX`. Shown at `/dev/outbox/` while DEBUG is on.
"""

import json
import re
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from email.message import EmailMessage as ParsedMessage
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from config.sms import SmsResult

KEPT_MAX = 500
_NAME = re.compile(r"\d{19}-[0-9a-f]{8}")


@dataclass(frozen=True, slots=True)
class Item:
    """One letter (`channel` mail) or text (`channel` sms)."""

    key: str
    channel: str
    sent_at: datetime
    to: str
    subject: str = ""
    text: str = ""
    html: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)


def folder() -> Path:
    """Where the items lie; made when first needed."""
    path = Path(settings.VAR_DIR) / "outbox"
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    return path


def keep(
    *, channel: str, to: str, subject: str = "", text: str = "", html: str = "", facts: Mapping[str, str] | None = None
) -> Item:
    """The item is on disk, whole or not at all, and at most `KEPT_MAX` are."""
    key = f"{time.time_ns():019d}-{secrets.token_hex(4)}"
    item = Item(key, channel, datetime.now(UTC), to, subject, text, html, facts or {})
    place = folder()
    draft = place / f".{key}"
    draft.write_text(json.dumps(asdict(item), default=datetime.isoformat, ensure_ascii=False), encoding="utf-8")
    draft.rename(place / f"{key}.json")
    for old in sorted(place.glob("*.json"))[:-KEPT_MAX]:
        old.unlink(missing_ok=True)
    return item


def items() -> list[Item]:
    """Everything kept, newest first."""
    found = (read(path.stem) for path in sorted(folder().glob("*.json"), reverse=True))
    return [item for item in found if item is not None]


def read(key: str) -> Item | None:
    """The item of this key, or None: it may have been the oldest a moment ago."""
    if not _NAME.fullmatch(key):
        return None
    try:
        facts: dict[str, Any] = json.loads((folder() / f"{key}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return Item(**{**facts, "sent_at": datetime.fromisoformat(facts["sent_at"])})


class EmailBackend(BaseEmailBackend):
    """Django's e-mail backend that keeps letters instead of sending them."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        """Each message is kept once per call, all its recipients on it."""
        for message in email_messages:
            raw = message.message()
            html = next((str(body) for body, kind in _alternatives(message) if kind == "text/html"), "")
            keep(
                channel="mail",
                to=", ".join(message.recipients()),
                subject=str(message.subject),
                text=str(message.body),
                html=html,
                facts={"from": message.from_email, "id": str(_header(raw, "Message-ID"))},
            )
        return len(email_messages)


class SmsBackend:
    """The `SMS_BACKEND` of development: accepts everything and keeps it."""

    def send(self, *, mobile: str, template: str, params: Mapping[str, str], text: str, out_id: str) -> SmsResult:
        """The text is kept and accepted."""
        item = keep(channel="sms", to=mobile, text=text, facts={"template": template, "id": out_id, **dict(params)})
        return SmsResult(accepted=True, provider_id=item.key, code="OK", category="accepted")


def _alternatives(message: EmailMessage) -> list[tuple[Any, str]]:
    return [(part[0], part[1]) for part in getattr(message, "alternatives", None) or []]


def _header(raw: ParsedMessage | Any, name: str) -> str:
    return str(raw[name] or "")
