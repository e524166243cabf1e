"""Queues for seats: whoever waits longest comes first, and may ask those who are in to leave."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, person_of
from accounts.models import User
from accounts.services.messages import send_message
from config.errors import DomainError, NotFound
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import AccountSet, Seat, SeatWait, SetUser, Subscription
from kiscloud.services.peaks import note_refusal
from kiscloud.services.subscriptions import locked_product, require_open


class AskedAlready(DomainError):
    """Nobody is asked again and again."""

    code = "asked_already"
    sentence = _("%(person)s was asked %(minutes)s minutes ago.")
    hint = _("Wait a little, or ask somebody else.")


@dataclass(frozen=True, slots=True)
class Place:
    """Where somebody stands: how many come first, and whether a seat is free for him now."""

    ahead: int
    free: bool
    since: datetime


@atomic
def wait_for_seat(
    *, actor: Actor, product_id: int, account_set: AccountSet | None, now: datetime | None = None
) -> Place:
    """The person stands in the queue, or still does, and hears the place. Who does not ask again loses it.

    Whoever comes first is counted as one who came in vain. Locks the product. Raises NotFound, ProductClosed.
    """
    user, at = person_of(actor), now or timezone.now()
    product = locked_product(subscription_id=product_id)
    require_open(product=product, at=at)
    product.waits.filter(seen_at__lte=at - policy.WAIT_SILENCE).delete()
    wait, came = SeatWait.objects.get_or_create(
        subscription=product, account_set=account_set, user=user, defaults={"since": at, "seen_at": at}
    )
    if came:
        note_refusal(product=product, at=at)
    wait.seen_at = at
    wait.save(update_fields=["seen_at"])
    ahead = product.waits.filter(Q(since__lt=wait.since) | Q(since=wait.since, pk__lt=wait.pk)).count()
    return Place(ahead, seats_free(product=product, at=at) > ahead, wait.since)


@atomic
def stop_waiting(*, actor: Actor, product_id: int, account_set: AccountSet | None) -> None:
    """The person no longer waits; doing it twice is no error."""
    SeatWait.objects.filter(subscription=product_id, account_set=account_set, user=person_of(actor)).delete()


@atomic
def ask_to_leave(*, actor: Actor, seat_id: int, now: datetime | None = None) -> Seat:
    """Whoever has the seat reads that somebody waits: in the client with the next heartbeat, and as a message.

    Anybody who may use the product asks. Locks the product and the seat. Raises NotFound, AskedAlready.
    """
    user, at = person_of(actor), now or timezone.now()
    found = Seat.objects.taken(at=at).filter(pk=seat_id).values_list("subscription", flat=True).first()
    if found is None or not may_use(user=user, product_id=found):
        raise NotFound()
    product = locked_product(subscription_id=found)
    rows = Seat.objects.taken(at=at).select_for_update(of=("self",)).select_related("user", "account_set")
    seat = rows.filter(pk=seat_id).exclude(user=user).first()
    if seat is None:
        raise NotFound()
    if seat.asked_at is not None and at - seat.asked_at < policy.ASK_EVERY:
        raise AskedAlready(person=str(seat.user), minutes=int((at - seat.asked_at).total_seconds() // 60))
    seat.asked_at, seat.asked_by = at, user
    seat.save(update_fields=["asked_at", "asked_by"])
    said = {"person": str(user), "product": product.get_edition_display(), "company": product.company.name}
    send_message(
        user=seat.user,
        title=_now("%(person)s would like to work in %(product)s") % said,
        body=_now(
            "All users of %(product)s of “%(company)s” are in, and %(person)s waits. If you need it no longer just "
            "now, please save and leave."
        )
        % said,
    )
    return seat


def may_use(*, user: User, product_id: int) -> bool:
    """Whether the person was added to a set of the product, or administers its company."""
    if SetUser.objects.filter(account_set__subscription=product_id, user=user, state=SetUser.State.ENABLED).exists():
        return True
    members = {"company__members__user": user, "company__members__is_admin": True, "company__members__left_at": None}
    return Subscription.objects.filter(pk=product_id, **members).exists()


def seats_free(*, product: Subscription, at: datetime) -> int:
    """How many more come in now, whoever waits."""
    return max(0, product.users_total - Seat.objects.taken(at=at).filter(subscription=product).count())


def ahead_of(*, product: Subscription, user: User, account_set: AccountSet | None, at: datetime) -> int:
    """How many who wait come before this person; everybody does, if he does not wait."""
    waits = product.waits.filter(seen_at__gt=at - policy.WAIT_SILENCE)
    own = waits.filter(user=user, account_set=account_set).first()
    if own is None:
        return waits.exclude(user=user).count()
    return waits.filter(Q(since__lt=own.since) | Q(since=own.since, pk__lt=own.pk)).exclude(user=user).count()
