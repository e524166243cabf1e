"""Launch tickets: the browser hands somebody over to the client, once and within a minute (S13.5, S19.4)."""

import secrets
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Door, person_of
from accounts.services.api_keys import digest_of
from config.errors import DomainError, NotFound
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import AccountSet, Device, LaunchTicket, Seat, SetUser
from kiscloud.services.demo_sets import is_demo
from kiscloud.services.devices import clients_of, log_in
from kiscloud.services.seat_refusals import NotAdded
from kiscloud.services.seats import enter_set


class ClientRequired(DomainError):
    """Sets are opened by the client, and this person has none (S3.6)."""

    code = "client_required"
    rule = "S3.6"
    sentence = _("Account sets are opened in the client, and you have not logged in with one yet.")
    hint = _("Download it, log in once, and come back.")


class TicketInvalid(DomainError):
    """It was used, ran out, or never was."""

    code = "ticket_invalid"
    rule = "S13.5"
    sentence = _("This way into the account set was used already, or its minute is over.")
    hint = _("Choose the account set in the browser again.")


@dataclass(frozen=True, slots=True)
class Launched:
    """A client that was handed a person: its device, the token, and the seat."""

    device: Device
    token: str
    seat: Seat


@atomic
def issue_ticket(*, actor: Actor, set_id: int, now: datetime | None = None) -> tuple[LaunchTicket, str]:
    """A ticket for this set, and its secret, which is shown this once. Older ones of the person are void.

    Raises NotFound, NotAdded, ClientRequired (S3.6).
    """
    user, at = person_of(actor), now or timezone.now()
    account_set = AccountSet.objects.standing().select_related("subscription__company").filter(pk=set_id).first()
    if account_set is None:
        raise NotFound()
    added = account_set.users.filter(user=user)
    if not is_demo(account_set=account_set) and not added.filter(state=SetUser.State.ENABLED).exists():
        raise NotAdded() if added.exists() else NotFound()
    if not clients_of(user=user).exists():
        raise ClientRequired()
    LaunchTicket.objects.filter(user=user, used_at=None).delete()
    secret = secrets.token_urlsafe(32)
    ticket = LaunchTicket.objects.create(
        user=user, account_set=account_set, digest=digest_of(secret=secret), expires_at=at + policy.TICKET_LIFE
    )
    return ticket, secret


@atomic
def launch(
    *, ticket: str, installation: str, platform: str, name: str = "", version: str = "", now: datetime | None = None
) -> Launched:
    """The ticket's person is logged in on this device for half a day, and in the set.

    A refused one stays good for the rest of its minute. Locks the ticket, then as `enter_set`. Raises TicketInvalid,
    and what `enter_set` raises.
    """
    at = now or timezone.now()
    rows = LaunchTicket.objects.select_for_update(of=("self",)).select_related("user")
    found = rows.filter(digest=digest_of(secret=ticket)).first()
    if found is None or found.used_at is not None or found.expires_at <= at or not found.user.is_active:
        raise TicketInvalid()
    found.used_at = at
    found.save(update_fields=["used_at"])
    actor = Actor(door=Door.API, user=found.user)
    device, token = log_in(
        actor=actor, installation=installation, platform=platform, name=name, version=version, now=at
    )
    return Launched(device, token, enter_set(actor=actor, set_id=found.account_set_id, device=device, now=at))


def forget_tickets(*, now: datetime | None = None) -> int:
    """Tickets that open nothing are gone; for the job."""
    gone, _by_model = LaunchTicket.objects.filter(expires_at__lte=now or timezone.now()).delete()
    return gone
