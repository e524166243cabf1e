"""What accounts can spend at a moment, many at once: what alerts and suspensions are judged by."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from accounts.models import Account
from accounts.permissions import Inherit
from finance.models import Book, Inheritance
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.credit import limits_of
from finance.sets import among


@dataclass(frozen=True, slots=True)
class Means:
    """In yuan. `available` is cash of every origin and credit that can still be drawn, less `arrears`.

    `backed`: the account has inherited its manager's credit identity, and the manager's unused credit covers what all
    who have done so have not paid (K1.3).
    """

    available: Decimal = ZERO
    arrears: Decimal = ZERO
    credit: Decimal = ZERO  # what of it can still be drawn on credit
    backed: bool = False

    @property
    def are_short(self) -> bool:
        """Bills are unpaid, nothing is there to pay them with, and no credit identity makes up for it."""
        return self.arrears > ZERO and self.available <= ZERO and not self.backed

    @property
    def are_sound(self) -> bool:
        """No bill is unpaid, and something is there for the next; or a credit identity makes up for it."""
        return self.backed or (self.arrears <= ZERO and self.available > ZERO)


def means_of_all(*, accounts: Iterable[Account], at: datetime) -> dict[int, Means]:
    """By account, in a few queries, however many they are. Credit past its end counts for nothing."""
    found = list(accounts)
    alone = _alone(found, at)
    backed = _backed([account.pk for account in found], at)
    return {pk: replace(means, backed=pk in backed) for pk, means in alone.items()}


def _backed(ids: Collection[int], at: datetime) -> set[int]:
    """Those of these accounts whose manager's credit covers what all its heirs owe, and who is no debtor itself."""
    running = Inheritance.objects.filter(what=Inherit.CREDIT, starts_at__lte=at).exclude(ends_at__lte=at).order_by()
    managers = dict(running.filter(member__in=among(ids)).values_list("member_id", "manager_id"))
    if not managers:
        return set()
    owed: dict[int, Decimal] = defaultdict(lambda: ZERO)
    heirs = dict(running.filter(manager__in=among(set(managers.values()))).values_list("member_id", "manager_id"))
    debts = Book.objects.filter(account__in=among(heirs), kind=BookKind.ARREARS).values_list("account_id", "balance")
    for member, balance in debts:
        owed[heirs[member]] -= balance
    standing = _alone(Account.objects.filter(pk__in=among(set(managers.values()))), at)
    good = {pk for pk, one in standing.items() if one.arrears <= ZERO and one.credit > ZERO and owed[pk] <= one.credit}
    return {member for member, manager in managers.items() if manager in good}


def _alone(accounts: Iterable[Account], at: datetime) -> dict[int, Means]:
    """By what each has itself."""
    found = {account.pk: account for account in accounts}
    limits = limits_of(accounts=found.values(), at=at)
    cash: dict[int, Decimal] = defaultdict(lambda: ZERO)
    arrears: dict[int, Decimal] = defaultdict(lambda: ZERO)
    rows = Book.objects.filter(account__in=found).values_list("account_id", "kind", "balance", "floor")
    used: dict[int, Decimal] = defaultdict(lambda: ZERO)
    room: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for pk, kind, balance, floor in rows:
        if kind == BookKind.CREDIT:
            used[pk] -= balance
            room[pk] += balance - (floor or ZERO)
        elif kind == BookKind.ARREARS:
            arrears[pk] = -balance
        else:
            cash[pk] += balance
    credit = {pk: max(ZERO, min(limits[pk] - used[pk], room[pk])) for pk in found}
    return {pk: Means(cash[pk] + credit[pk] - arrears[pk], arrears[pk], credit[pk]) for pk in found}


def means_of(*, account: Account, at: datetime) -> Means:
    """The same for one."""
    return means_of_all(accounts=[account], at=at)[account.pk]
