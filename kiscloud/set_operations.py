"""What can be done with a set at a moment, and why something cannot (S13.1)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from config.errors import DomainError
from kiscloud.models import AccountSet, Subscription
from kiscloud.services.account_sets import require_public
from kiscloud.services.limits import Act, require_verified_in_time
from kiscloud.services.subscriptions import require_open, require_place

State = AccountSet.State


@dataclass(frozen=True, slots=True)
class Operation:
    """A link or button of a set; with a reason it cannot be used."""

    label: str
    url: str
    reason: str = ""
    writes: bool = False  # a button, since it does something at once


@dataclass(frozen=True, slots=True)
class Row:
    """A set as the list shows it."""

    account_set: AccountSet
    tone: str
    operations: Sequence[Operation]
    is_own: bool = False  # whoever looks is a user of it, so its number leads in (S13.5)

    @property
    def under_way(self) -> bool:
        """Whether it will be something else in a moment."""
        return self.account_set.state in {State.CREATING, State.RESTORING}


TONES = {State.CREATING: "wait", State.READY: "ok", State.RESTORING: "wait", State.FAILED: "stop"}


def rows_of(account_sets: Iterable[AccountSet], *, user: User, at: datetime) -> list[Row]:
    """The sets with their states' colours and their operations, as this person sees them."""
    listed = list(account_sets)
    own = set(AccountSet.objects.seen_by(user).filter(pk__in=[row.pk for row in listed]).values_list("pk", flat=True))
    return [
        Row(row, TONES[State(row.state)], operations_of(row, at=at), row.state == State.READY and row.pk in own)
        for row in listed
    ]


def operations_of(account_set: AccountSet, *, at: datetime) -> list[Operation]:
    """In the order of their use."""
    pk, ready = account_set.pk, account_set.state == State.READY
    busy = _("It is “%(state)s”.") % {"state": account_set.get_state_display()}
    closed = refusal(lambda: require_open(product=account_set.subscription, at=at))
    gone = _("Its data was deleted after the end of the product.") if account_set.subscription.purged_at else ""
    made = account_set.state in {State.READY, State.FAILED}
    found = [
        Operation(_("Users"), reverse("kiscloud:set-user-list", args=[pk])),
        Operation(_("Add users"), reverse("kiscloud:set-user-add", args=[pk]), closed if ready else busy),
        Operation(_("Back up"), reverse("kiscloud:backup-start", args=[pk]), gone if ready else busy, writes=True),
        Operation(_("Delete"), reverse("kiscloud:set-delete", args=[pk]), "" if made else busy),
    ]
    return found if ready else [Operation(_("Details"), reverse("kiscloud:set-detail", args=[pk])), *found[3:]]


def refusal_to_create(product: Subscription, *, at: datetime, used: int | None = None) -> DomainError | None:
    """Why the product takes no further set now; None where it does (S8.3, Q-7, Q-15)."""
    try:
        require_public(product=product)
        require_verified_in_time(company=product.company, act=Act.NEW_SET, now=at)
        require_place(product=product, at=at, used=used)
    except DomainError as error:
        return error
    return None


def refusal(check: Callable[[], None]) -> str:
    """The sentence with which a check refuses; empty where it does not."""
    try:
        check()
    except DomainError as error:
        return str(error)
    return ""
