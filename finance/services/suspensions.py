"""Suspending what is used on arrears, and resuming it (A2.5, A2.11).

Only the payer's available amount decides: where nothing is available and bills are unpaid, every pay-as-you-go product
in use, of the payer and of the members it pays for, runs on through its grace and then stops; all of it resumes as
soon as no bill is unpaid and something is available. Deadlines are judged on read (`is_suspended`); the periodic job
and what happens to funds only write down what is true already.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from config.transactions import atomic
from finance import policy
from finance.cycles import LONGEST
from finance.models import BillLine, Book, Product, Resource, Suspension, Trust, Usage
from finance.models.book import BookKind
from finance.models.product import Cycle, PayMode
from finance.models.usage import SHARDS
from finance.services.means import Means, means_of, means_of_all
from finance.services.trusts import payer_of, payers_of

State = Suspension.State
InUse = tuple[int, int]  # an owner and a product
_NAMED = 5  # products that an event names


@dataclass(slots=True)
class Changes:
    """What a look at one payer changed."""

    warned: list[Suspension]
    stopped: list[Suspension]
    resumed: list[Suspension]

    @property
    def count(self) -> int:
        """All of it."""
        return len(self.warned) + len(self.stopped) + len(self.resumed)


def is_suspended(*, account: Account, product: Product, at: datetime) -> bool:
    """Whether the product has stopped for this account at that moment, whatever a sleeping worker left undone."""
    rows = Suspension.objects.open().filter(owner=account, product=product, stops_at__lte=at)
    row = rows.select_related("payer").first()
    if row is None or payer_of(account=account, at=at).account != row.payer:
        return False
    return not means_of(account=row.payer, at=at).are_sound


def review_payers(*, accounts: Collection[Account] | None = None, now: datetime | None = None) -> int:
    """Everything that has to warn, stop or resume does; answers how many products that were.

    Of these payers only, or of all that owe something or have something suspended. Each payer commits on its own.
    """
    at = now or timezone.now()
    found = list(accounts) if accounts is not None else _debtors()
    changed = 0
    for start in range(0, len(found), policy.LIMITS_AT_ONCE):
        due = _due(found[start : start + policy.LIMITS_AT_ONCE], at)
        changed += sum(review_payer(account_id=pk, at=at).count for pk in sorted(due))
    return changed


def _debtors() -> list[Account]:
    owing = Book.objects.filter(kind=BookKind.ARREARS, balance__lt=0, account__isnull=False).values("account")
    payers = Suspension.objects.open().values("payer")
    return list(Account.objects.filter(Q(pk__in=owing) | Q(pk__in=payers)).order_by("pk"))


def _due(payers: Sequence[Account], at: datetime) -> set[int]:
    """The payers for whom something is to be done, by a few queries for all of them."""
    means = means_of_all(accounts=payers, at=at)
    rows = list(Suspension.objects.open().filter(payer__in=payers).select_related("owner"))
    paying = payers_of(accounts={row.owner for row in rows}, at=at)
    open_for = defaultdict(set)
    due = set()
    for row in rows:
        open_for[row.payer_id].add((row.owner_id, row.product_id))
        moved_on = paying[row.owner_id].account.pk != row.payer_id
        over = row.state == State.GRACE and row.stops_at <= at
        if moved_on or over or means[row.payer_id].are_sound:
            due.add(row.payer_id)
    short = [payer for payer in payers if means[payer.pk].are_short and payer.pk not in due]
    owners = _owners(short, at)
    used = _in_use([pk for owned in owners.values() for pk in owned], at)
    for payer, owned in owners.items():
        if any(pair not in open_for[payer] for pair in used if pair[0] in owned):
            due.add(payer)
    return due


@atomic
def review_payer(*, account_id: int, at: datetime) -> Changes:
    """What this payer's means mean for what it pays for is written down. Locks the account, then its suspensions."""
    payer = lock_accounts(account_id)[account_id]
    means = means_of(account=payer, at=at)
    rows = Suspension.objects.open().filter(payer=payer).select_related("owner", "product").order_by("pk")
    held = list(rows.select_for_update(of=("self",), no_key=True))
    paying = payers_of(accounts={row.owner for row in held}, at=at)
    gone = [row for row in held if means.are_sound or paying[row.owner_id].account != payer]
    kept = [row for row in held if row not in gone]
    changes = Changes(warned=[], stopped=[], resumed=[_resume(row, at) for row in gone])
    if means.are_short:
        changes.warned = _warn(payer, {(row.owner_id, row.product_id) for row in kept}, at)
    due = [row for row in (*kept, *changes.warned) if row.state == State.GRACE and row.stops_at <= at]
    changes.stopped = [_stop(row, at) for row in due]
    _note(payer, changes, means, at)
    return changes


def _warn(payer: Account, known: Collection[InUse], at: datetime) -> list[Suspension]:
    used = _in_use(_owners([payer], at)[payer.pk], at)
    taken = set(Suspension.objects.open().filter(owner__in=[one[0] for one in used]).values_list("owner", "product"))
    products = Product.objects.in_bulk({product for _owner, product in used})
    owners = Account.objects.in_bulk({owner for owner, _product in used})
    return [
        Suspension.objects.create(
            owner=owners[owner],
            payer=payer,
            product=products[product],
            since=at,
            stops_at=at + timedelta(hours=products[product].grace_hours),
        )
        for owner, product in sorted(used - set(known) - taken)
    ]


def _stop(row: Suspension, at: datetime) -> Suspension:
    row.suspend(at=at)
    row.save(update_fields=["state", "suspended_at"])
    for resource in _resources(row, Resource.State.RUNNING):
        resource.suspend()
        resource.save(update_fields=["state"])
    return row


def _resume(row: Suspension, at: datetime) -> Suspension:
    was_stopped = row.state == State.SUSPENDED
    row.resume(at=at)
    row.save(update_fields=["state", "resumed_at"])
    for resource in _resources(row, Resource.State.SUSPENDED) if was_stopped else ():
        resource.resume()
        resource.save(update_fields=["state"])
    return row


def _resources(row: Suspension, state: str) -> Iterable[Resource]:
    mine = Resource.objects.filter(owner=row.owner_id, product=row.product_id, state=state).order_by("pk")
    return mine.select_for_update(no_key=True)


def _owners(payers: Sequence[Account], at: datetime) -> dict[int, set[int]]:
    """For whom each of these pays at that moment: itself, unless somebody pays for it, and those entrusted to it."""
    paying = payers_of(accounts=payers, at=at)
    found = {payer.pk: {payer.pk} if paying[payer.pk].account == payer else set[int]() for payer in payers}
    trusts = Trust.objects.in_force(at=at).filter(manager__in=payers)
    for manager, member in trusts.values_list("manager_id", "member_id"):
        found[manager].add(member)
    return found


def _in_use(owners: Collection[int], at: datetime) -> set[InUse]:
    """Pay-as-you-go products that these used lately: billed ones, long cycles that are still open, what runs."""
    if not owners:
        return set()
    since, postpaid = at - timedelta(days=policy.IN_USE_DAYS), Product.objects.filter(pay_mode=PayMode.POSTPAID)
    lines = BillLine.objects.filter(owner__in=owners, category=BillLine.Category.USE, cycle_end__gt=since)
    lines = lines.filter(cycle_start__gt=since - LONGEST, product__in=postpaid)
    used = set(lines.order_by().values_list("owner_id", "product_id").distinct())
    long = list(postpaid.filter(cycle__in=[Cycle.WEEK, Cycle.MONTH]).values_list("pk", flat=True))
    rows = Usage.objects.filter(shard__in={owner % SHARDS for owner in owners}, owner_id__in=owners)
    rows = rows.filter(product_id__in=long, ended_at__gt=since, cycle_start__gt=since - LONGEST)
    used |= set(rows.values_list("owner_id", "product_id").distinct())
    running = Resource.objects.valid(at=at).filter(owner__in=owners, product__in=postpaid)
    return used | set(running.order_by().values_list("owner_id", "product_id").distinct())


def _note(payer: Account, changes: Changes, means: Means, at: datetime) -> None:
    """One event, hence one message, for the payer and each thing that happened (A2.11); it names all rows."""
    warned = [row for row in changes.warned if row.state == State.GRACE]  # without grace there is nothing to warn of
    for what, rows in (("grace", warned), ("suspended", changes.stopped), ("resumed", changes.resumed)):
        if not rows:
            continue
        record(
            f"service.{what}",
            actor=SYSTEM,
            account=payer,
            at=at,
            suspensions=[row.pk for row in rows],
            count=len(rows),
            products=sorted({row.product.name for row in rows})[:_NAMED],
            arrears=str(means.arrears),
            stops_at=min(row.stops_at for row in rows).isoformat(),
        )
