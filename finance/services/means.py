"""What accounts can spend at a moment, many at once: what alerts and suspensions are judged by."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from accounts.models import Account
from finance.models import Book
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.credit import limits_of


@dataclass(frozen=True, slots=True)
class Means:
    """In yuan. `available` is cash of every origin and credit that can still be drawn, less `arrears`."""

    available: Decimal = ZERO
    arrears: Decimal = ZERO

    @property
    def are_short(self) -> bool:
        """Bills are unpaid, and nothing is there to pay them with."""
        return self.arrears > ZERO and self.available <= ZERO

    @property
    def are_sound(self) -> bool:
        """No bill is unpaid, and something is there for the next."""
        return self.arrears <= ZERO and self.available > ZERO


def means_of_all(*, accounts: Iterable[Account], at: datetime) -> dict[int, Means]:
    """By account, in four queries, however many they are. Credit past its end counts for nothing."""
    found = {account.pk: account for account in accounts}
    limits = limits_of(accounts=found.values(), at=at)
    cash: dict[int, Decimal] = defaultdict(lambda: ZERO)
    arrears: dict[int, Decimal] = defaultdict(lambda: ZERO)
    rows = Book.objects.filter(account__in=found).values_list("account_id", "kind", "balance", "floor")
    credit = dict.fromkeys(found, ZERO)
    for pk, kind, balance, floor in rows:
        if kind == BookKind.CREDIT:
            credit[pk] = max(ZERO, min(limits[pk] + balance, balance - (floor or ZERO)))
        elif kind == BookKind.ARREARS:
            arrears[pk] = -balance
        else:
            cash[pk] += balance
    return {pk: Means(cash[pk] + credit[pk] - arrears[pk], arrears[pk]) for pk in found}


def means_of(*, account: Account, at: datetime) -> Means:
    """The same for one."""
    return means_of_all(accounts=[account], at=at)[account.pk]
