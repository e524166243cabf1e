"""The reminder window after log-in: which system message it shows, and what was closed since (S22.2, S22.4).

Closing is remembered in the session alone, so that an unread message comes up again at the next log-in.
"""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest

from accounts.models import Message, User
from accounts.services.messages import reminder_for

CLOSED_KEY = "reminders_closed"
CLOSED_MAX = 50


def reminder(request: HttpRequest, user: User) -> Message | None:
    """The message to show now, if any."""
    return reminder_for(user=user, closed=request.session.get(CLOSED_KEY, ()))


def close(request: HttpRequest, message_id: int) -> None:
    """The window with this message stays away until the next log-in; the message stays unread."""
    closed = [number for number in request.session.get(CLOSED_KEY, []) if number != message_id]
    request.session[CLOSED_KEY] = [*closed, message_id][-CLOSED_MAX:]


@receiver(user_logged_in, dispatch_uid="accounts.reminder")
def begin_again(*, request: HttpRequest | None = None, **_facts: Any) -> None:
    """A new entry: what was closed before comes up again until its validity ends."""
    if request is not None and hasattr(request, "session"):
        request.session.pop(CLOSED_KEY, None)
