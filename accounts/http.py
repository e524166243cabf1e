"""The request as console views get it, behind log-in and `CurrentAccount`, and who acts by it."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from accounts.actors import Actor, Door
from accounts.models import Account, User
from config.web import client_address

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class ConsoleRequest(HttpRequest):
    """A logged-in person, as whom they act, and in which account; views behind `needs` always have an account."""

    user: User
    actor: Actor
    account: Account
    htmx: "HtmxDetails"
    reference: str


def actor_at(request: HttpRequest, door: Door, **who: Any) -> Actor:
    """Whoever acts by this request, which came in by that door; its address and reference stand in their events."""
    return Actor(door=door, address=client_address(request), request_id=getattr(request, "reference", ""), **who)
