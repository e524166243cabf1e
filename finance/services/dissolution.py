"""What becomes of money when a relationship is dissolved (K8.7, K8.8, Q-21)."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from accounts.locks import lock_accounts
from accounts.models import Account, Relationship
from accounts.permissions import Inherit
from config.errors import DomainError
from config.transactions import atomic
from finance.locks import all_of, credit_of, lock_books
from finance.models import Book, CreditAllotment
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import ZERO
from finance.services.credit import limit_of, refit_floor
from finance.services.ledger import Posting, book_for, post


class Overdrawn(DomainError):
    """The member has just used credit that would be missing afterwards (K8.6)."""

    code = "overdrawn"
    rule = "K8.6"
    sentence = _(
        "The account has just used %(amount)s yuan of the credit that you gave it. This must be settled first."
    )


class InArrears(DomainError):
    """The member has just come to owe bills while it held credit of the manager (K8.6)."""

    code = "in_arrears"
    rule = "K8.6"
    sentence = _(
        "The account holds credit of yours or your credit identity, and has %(amount)s yuan of unpaid bills. They "
        "must be settled first."
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What moved, in yuan."""

    credit_recalled: Decimal = ZERO
    cash_kept: Decimal = ZERO


@atomic
def settle_dissolved(*, relationship_id: int) -> Outcome:
    """All credit from the manager is recalled (K8.7); its cash is the member's own from now on (K8.8, Q-21).

    Part of the transaction that dissolves; again it finds nothing to move. Locks both accounts, then the books. Raises
    Overdrawn or InArrears where the member used credit, or more, while the question was being asked.
    """
    relationship = Relationship.objects.get(pk=relationship_id)
    if relationship.is_in_force:
        return Outcome()
    accounts = lock_accounts(relationship.manager_id, relationship.member_id)
    member = accounts[relationship.member_id]
    own = book_for(account=member, kind=BookKind.CASH)
    books = lock_books(all_of(member) | credit_of(relationship.manager_id))
    recalled = _recall_credit(relationship)
    if recalled or Inherit.CREDIT in relationship.inherits:
        _check_debts(member, books)
    if recalled:
        for _pk, account in sorted(accounts.items()):
            refit_floor(account=account)
    kept = [book for book in books if book.account_id == member.pk and book.source_id == relationship.manager_id]
    if not kept or kept[0].balance == ZERO:
        return Outcome(credit_recalled=recalled)
    facts = {"relationship": relationship.pk}
    legs = {kept[0].pk: -kept[0].balance, own.pk: kept[0].balance}
    post(posting=Posting(TransferKind.RELEASE, f"release:{relationship.pk}", legs, facts))
    return Outcome(credit_recalled=recalled, cash_kept=kept[0].balance)


def _check_debts(member: Account, books: Sequence[Book]) -> None:
    """Judged again under lock, because the preflight looked without."""
    used = -sum((book.balance for book in books if book.account_id == member.pk and book.kind == BookKind.CREDIT), ZERO)
    if (owed := used - limit_of(account=member)) > ZERO:
        raise Overdrawn(amount=owed)
    unpaid = [book.balance for book in books if book.account_id == member.pk and book.kind == BookKind.ARREARS]
    if (arrears := -sum(unpaid, ZERO)) > ZERO:
        raise InArrears(amount=arrears)


def _recall_credit(relationship: Relationship) -> Decimal:
    row = CreditAllotment.objects.select_for_update().filter(relationship=relationship).first()
    if row is None or row.amount == ZERO:
        return ZERO
    amount, row.amount = row.amount, ZERO
    row.save(update_fields=["amount"])
    return amount
