"""What a person has typed into a wizard so far: in their session, for one account, for as long as a wizard takes."""

from typing import Any

from django.utils import timezone

from accounts import policy
from accounts.http import ConsoleRequest


def keep(request: ConsoleRequest, name: str, /, **typed: Any) -> None:
    """The draft of that name for the present account holds exactly this."""
    stamp = int(timezone.now().timestamp())
    request.session[_key(name)] = {"account": request.account.pk, "at": stamp, "typed": typed}


def read(request: ConsoleRequest, name: str) -> dict[str, Any] | None:
    """What was typed; None without one, for another account, or when it has lain too long."""
    draft = request.session.get(_key(name))
    if not isinstance(draft, dict) or draft.get("account") != request.account.pk:
        return None
    age = timezone.now().timestamp() - draft.get("at", 0)
    typed = draft.get("typed")
    return typed if isinstance(typed, dict) and age < policy.DRAFT_LIFE.total_seconds() else None


def drop(request: ConsoleRequest, name: str) -> None:
    """There is no such draft."""
    request.session.pop(_key(name), None)


def _key(name: str) -> str:
    return f"draft.{name}"
