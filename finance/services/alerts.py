"""Low balances: whoever asked is told once each time an account falls below a threshold (A2.11).

An account watches itself, a manager the members that let it see their balance (K1.2). One row for each pair, so one
message for each crossing: `below_since` is set when it is told and cleared when the balance has recovered.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require
from accounts.events import record
from accounts.models import Account, Relationship
from accounts.permissions import Point, Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance import policy
from finance.models import BalanceAlert
from finance.money import is_amount
from finance.runway import days_left
from finance.services.means import means_of_all
from finance.services.trusts import payers_of


class BalanceHidden(DomainError):
    """The member has not let this manager see its balance."""

    code = "balance_hidden"
    rule = "K1.2"
    sentence = _("This account does not let you see its balance, so you cannot be told when it is low.")
    hint = _("Ask it for the permission to see the balance first.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row of a bulk change: the alert, or why not."""

    relationship: Relationship
    alert: BalanceAlert | None = None
    error: DomainError | None = None


@atomic
def set_alert(*, actor: Actor, account: Account, threshold: Decimal, now: datetime | None = None) -> BalanceAlert:
    """The account's own people are told each time it has less than this available, in yuan; at once if it has now.

    Locks the alert. Raises InputError.
    """
    require(actor, Right.MOVE_FUNDS, account)
    return _put(actor, account, account, threshold, now or timezone.now())


@atomic
def set_alerts(
    *,
    actor: Actor,
    account: Account,
    relationship_ids: Collection[int],
    threshold: Decimal,
    now: datetime | None = None,
) -> list[Outcome]:
    """The same about members, for their manager; each row is set or refused by itself, in the order of their ids.

    Locks the relationships, then the alerts. Raises InputError, and NotFound for a relationship of somebody else.
    """
    require(actor, Right.MOVE_FUNDS, account)
    if not relationship_ids:
        raise InputError("relationships", _("Choose at least one account."))
    if len(relationship_ids) > policy.ALLOTMENTS_PER_BATCH_MAX:
        raise InputError("relationships", _("At most %(most)s accounts at once."), most=policy.ALLOTMENTS_PER_BATCH_MAX)
    rows = Relationship.objects.filter(manager=account, pk__in=relationship_ids).select_related("member")
    found = list(rows.order_by("pk").select_for_update(of=("self",), no_key=True))
    if len(found) != len(set(relationship_ids)):
        raise NotFound()
    at = now or timezone.now()
    return [_outcome(actor, account, one, threshold, at) for one in found]


def _outcome(actor: Actor, account: Account, link: Relationship, threshold: Decimal, at: datetime) -> Outcome:
    if not link.grants(Point.VIEW_BALANCE):
        return Outcome(link, error=BalanceHidden())
    return Outcome(link, alert=_put(actor, account, link.member, threshold, at))


def _put(actor: Actor, watcher: Account, account: Account, threshold: Decimal, at: datetime) -> BalanceAlert:
    if not is_amount(threshold):
        raise InputError("threshold", _("The amount must be greater than zero."))
    alert, created = BalanceAlert.objects.select_for_update(no_key=True).get_or_create(
        account=account, watcher=watcher, defaults={"threshold": threshold, "created_at": at}
    )
    if created or alert.threshold != threshold:
        alert.threshold = threshold
        alert.save(update_fields=["threshold"])
        other = account if account != watcher else None
        facts = {"threshold": str(threshold)}
        record("alert.set", actor=actor, account=watcher, counterpart=other, subject=alert, at=at, **facts)
    _judge(ids=[alert.pk], at=at)
    alert.refresh_from_db()
    return alert


@atomic
def clear_alert(*, actor: Actor, alert_id: int, now: datetime | None = None) -> None:
    """Nobody is told any more; an alert that is gone already is no error. Locks the alert."""
    alert = BalanceAlert.objects.select_related("account", "watcher").filter(pk=alert_id)
    found = alert.select_for_update(of=("self",)).first()
    if found is None:
        return
    require(actor, Right.MOVE_FUNDS, found.watcher)
    other = found.account if found.account != found.watcher else None
    found.delete()
    record("alert.cleared", actor=actor, account=found.watcher, counterpart=other, at=now or timezone.now())


@atomic
def check_accounts(*, accounts: Collection[Account], now: datetime | None = None) -> int:
    """Alerts about these accounts are judged; answers how many told somebody."""
    ids = BalanceAlert.objects.counting().filter(account__in=accounts).order_by("pk").values_list("pk", flat=True)
    return _judge(ids=list(ids), at=now or timezone.now())


def check_alerts(*, now: datetime | None = None) -> int:
    """Every alert is judged, some hundred at a time; answers how many told somebody. Any number may do so at once."""
    at, last, told = now or timezone.now(), 0, 0
    while True:
        rows = BalanceAlert.objects.counting().filter(pk__gt=last).select_related("account").order_by("pk")
        alerts = list(rows[: policy.LIMITS_AT_ONCE])
        if not alerts:
            return told
        last = alerts[-1].pk
        if crossed := _crossed(alerts, at):
            told += _judge(ids=[alert.pk for alert in crossed], at=at)


def _crossed(alerts: Sequence[BalanceAlert], at: datetime) -> list[BalanceAlert]:
    """Those whose account stands on another side of the threshold than before."""
    means = means_of_all(accounts=[alert.account for alert in alerts], at=at)
    return [one for one in alerts if (means[one.account_id].available < one.threshold) != (one.below_since is not None)]


@atomic
def _judge(*, ids: Collection[int], at: datetime) -> int:
    """Under lock, so that of many who see the same crossing one tells it."""
    rows = BalanceAlert.objects.filter(pk__in=ids).select_related("account", "watcher").order_by("pk")
    crossed = _crossed(list(rows.select_for_update(of=("self",), no_key=True)), at)
    for alert in crossed:
        alert.below_since = at if alert.below_since is None else None
        alert.save(update_fields=["below_since"])
    low = [alert for alert in crossed if alert.below_since is not None]
    _tell(low, at)
    return len(low)


def _tell(alerts: Sequence[BalanceAlert], at: datetime) -> None:
    """The account's people and the watcher; of a trusteed member its payer instead (A2.11)."""
    accounts = [alert.account for alert in alerts]
    available = {pk: means.available for pk, means in means_of_all(accounts=accounts, at=at).items()}
    left, payers = days_left(available, now=at), payers_of(accounts=accounts, at=at)
    for alert in alerts:
        told = payers[alert.account_id].account
        other = alert.watcher if alert.watcher not in {told, alert.account} else None
        record(
            "balance.low",
            actor=SYSTEM,
            account=told,
            counterpart=other,
            subject=alert,
            at=at,
            name=alert.account.name,
            number=alert.account.number,
            available=str(available[alert.account_id]),
            threshold=str(alert.threshold),
            days=left[alert.account_id],
        )


@atomic
def forget_watch(*, relationship_id: int) -> int:
    """A manager that is no longer linked watches nothing; answers how many alerts went. For whoever dissolves."""
    link = Relationship.objects.get(pk=relationship_id)
    gone, _by_model = BalanceAlert.objects.filter(account=link.member_id, watcher=link.manager_id).delete()
    return gone
