"""How it stands between a manager and its members: by a fixed number of queries, however many members there are."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Sum

from accounts.models import Account, Relationship
from accounts.permissions import Point
from finance.models import Allotment, Book, CreditAllotment
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.ledger import Funds, funds_of_all


@dataclass(frozen=True, slots=True)
class Standing:
    """A member as its manager sees it. `funds` only where the member lets the manager see its balance (K1.2)."""

    relationship: Relationship
    funds: Funds | None
    allotted: Decimal  # ever
    recalled: Decimal
    recallable: Decimal  # what is left of it
    credit: Decimal

    @property
    def kept(self) -> Decimal:
        """What the member has spent of the allotments."""
        return self.allotted - self.recalled - self.recallable


def standings(account: Account, relationships: Sequence[Relationship]) -> list[Standing]:
    """One for each relationship, in which the account is the manager; four queries."""
    seen = [one.member for one in relationships if one.grants(Point.VIEW_BALANCE)]
    funds = funds_of_all(accounts=seen) if seen else {}
    left, credit, moved = recallable_by_member(account, relationships), _credit(relationships), _moved(relationships)
    return [
        Standing(
            relationship=one,
            funds=funds.get(one.member_id),
            allotted=moved.get((one.pk, Allotment.Direction.ALLOT), ZERO),
            recalled=moved.get((one.pk, Allotment.Direction.RECALL), ZERO),
            recallable=left.get(one.member_id, ZERO) if one.is_in_force else ZERO,
            credit=credit.get(one.pk, ZERO) if one.is_in_force else ZERO,
        )
        for one in relationships
    ]


def recallable_by_member(account: Account, relationships: Sequence[Relationship]) -> dict[int, Decimal]:
    """What is left of this manager's allotments, by member; members without any are missing."""
    members = [one.member_id for one in relationships]
    books = Book.objects.filter(account_id__in=members, kind=BookKind.ALLOTTED, source=account)
    return dict(books.values_list("account_id", "balance"))


def _credit(relationships: Sequence[Relationship]) -> dict[int, Decimal]:
    found = CreditAllotment.objects.filter(relationship__in=relationships)
    return dict(found.values_list("relationship_id", "amount"))


def _moved(relationships: Sequence[Relationship]) -> dict[tuple[int, str], Decimal]:
    found = Allotment.objects.filter(relationship__in=relationships).order_by()
    sums = found.values_list("relationship_id", "direction").annotate(sum=Sum("amount"))
    return {(pk, direction): total for pk, direction, total in sums}
