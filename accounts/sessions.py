"""Sessions in our own table, so that a person sees and ends them (Django's documented way to extend the store)."""

from datetime import UTC, datetime
from typing import Any, cast

from django.contrib.sessions.backends.db import SessionStore as DatabaseStore
from django.utils import timezone

from accounts.models import Session


class SessionStore(DatabaseStore):
    """Keeps person, address and browser of a log-in beside its data."""

    @classmethod
    def get_model_class(cls) -> type[Session]:
        """The table of log-ins."""
        return Session

    def _validate_session_key(self, key: str | None) -> bool:
        """Only what we may have drawn is looked up: a cookie can hold signs that the database refuses to read."""
        parent: Any = super()
        return bool(key and key.isascii() and key.isalnum() and parent._validate_session_key(key))

    def create_model_instance(self, data: dict[str, Any]) -> Session:
        """The row to write; who and where from come out of the data that log-in put there."""
        row = cast("Session", super().create_model_instance(data))
        user_id = data.get("_auth_user_id")
        row.user_id = int(user_id) if user_id else None
        row.address = data.get("address")
        row.agent = str(data.get("agent", ""))[:200]
        row.created_at = _moment(data.get("created"))
        row.seen_at = _moment(data.get("seen"))
        return row


def _moment(stamp: object) -> datetime:
    return datetime.fromtimestamp(stamp, tz=UTC) if isinstance(stamp, int) else timezone.now()
