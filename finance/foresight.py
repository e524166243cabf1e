"""What an act on funds would be refused for, and what it may take at most: said before anything is sent.

The services judge again under lock; what stands here asks nothing and moves nothing.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal

from accounts.models import Account, Relationship
from config.errors import DomainError
from finance.models import Allotment, Book
from finance.models.book import BookKind
from finance.money import ZERO
from finance.services.allotments import (
    AboveAllottable,
    AboveRecallable,
    MemberShort,
    NothingAllotted,
    NotLinked,
    check_amount,
    code_limit,
)
from finance.services.ledger import Funds
from finance.services.trusts import Trusteed


def allottable_of(account: Account) -> Decimal:
    """What the account can allot: its own cash, in yuan (K10.6)."""
    own = Book.objects.filter(account=account, kind=BookKind.CASH).values_list("balance", flat=True).first()
    return own or ZERO


def needs_code(account: Account, direction: str, total: Decimal) -> bool:
    """Whether an act of this sum asks for a code."""
    return direction == Allotment.Direction.ALLOT and total > code_limit(account=account)


def foresee_total(available: Decimal, total: Decimal) -> DomainError | None:
    """Why all of it cannot be allotted."""
    return AboveAllottable(available=available, amount=total) if total > available else None


def foresee_allotment(
    relationship: Relationship, amount: Decimal, *, trusteed: Collection[int] = ()
) -> DomainError | None:
    """Why this line cannot be allotted, whatever there is; `trusteed` are the members for whom the manager pays."""
    if not relationship.is_in_force:
        return NotLinked()
    if relationship.member_id in trusteed:
        return Trusteed()
    try:
        check_amount(amount=amount)
    except DomainError as error:
        return error
    return None


def foresee_recall(
    relationship: Relationship, amount: Decimal, *, recallable: Decimal, funds: Mapping[int, Funds]
) -> DomainError | None:
    """Why this line cannot be recalled."""
    if not relationship.is_in_force:
        return NotLinked()
    if recallable == ZERO:
        return NothingAllotted()
    if amount > recallable:
        return AboveRecallable(recallable=recallable, amount=amount)
    free = funds[relationship.member_id].free
    return MemberShort(free=free, amount=amount) if amount > free else None
