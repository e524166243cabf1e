"""What becomes of money when a relationship is dissolved (K8.7, K8.8, Q-21)."""

from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction

from accounts.locks import lock_accounts
from accounts.models import Relationship
from finance.models import Book, CreditAllotment
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import ZERO
from finance.services.credit import refit_floor
from finance.services.ledger import Posting, book_for, post


@dataclass(frozen=True, slots=True)
class Outcome:
    """What moved, in yuan."""

    credit_recalled: Decimal = ZERO
    cash_kept: Decimal = ZERO


@transaction.atomic
def settle_dissolved(*, relationship_id: int) -> Outcome:
    """All credit from the manager is recalled (K8.7); its cash is the member's own from now on (K8.8, Q-21).

    Part of the transaction that dissolves; again it finds nothing to move. Locks both accounts, then the books.
    """
    relationship = Relationship.objects.get(pk=relationship_id)
    if relationship.is_in_force:
        return Outcome()
    accounts = lock_accounts(relationship.manager_id, relationship.member_id)
    recalled = _recall_credit(relationship)
    for _pk, account in sorted(accounts.items()):
        if recalled:
            refit_floor(account=account)
    book = (
        Book.objects.select_for_update(no_key=True)
        .filter(account_id=relationship.member_id, kind=BookKind.ALLOTTED, source_id=relationship.manager_id)
        .first()
    )
    if book is None or book.balance == ZERO:
        return Outcome(credit_recalled=recalled)
    own = book_for(account=accounts[relationship.member_id], kind=BookKind.CASH)
    facts = {"relationship": relationship.pk}
    legs = {book.pk: -book.balance, own.pk: book.balance}
    post(posting=Posting(TransferKind.RELEASE, f"release:{relationship.pk}", legs, facts))
    return Outcome(credit_recalled=recalled, cash_kept=book.balance)


def _recall_credit(relationship: Relationship) -> Decimal:
    row = CreditAllotment.objects.select_for_update().filter(relationship=relationship).first()
    if row is None or row.amount == ZERO:
        return ZERO
    amount, row.amount = row.amount, ZERO
    row.save(update_fields=["amount"])
    return amount
