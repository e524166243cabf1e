"""The request as console views get it, behind log-in and `CurrentAccount`."""

from typing import TYPE_CHECKING

from django.http import HttpRequest

from accounts.actors import Actor
from accounts.models import Account, User

if TYPE_CHECKING:
    from django_htmx.middleware import HtmxDetails


class ConsoleRequest(HttpRequest):
    """A logged-in person, as whom they act, and in which account; views behind `needs` always have an account."""

    user: User
    actor: Actor
    account: Account
    htmx: "HtmxDetails"
    reference: str
