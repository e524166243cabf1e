"""Short ways to accounts that hold money."""

import itertools
from datetime import datetime
from decimal import Decimal

from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import Account
from config.transactions import atomic
from finance.models import Book
from finance.models.transfer import TransferKind
from finance.services import ledger
from finance.services.allotments import allot_funds, recall_funds
from finance.services.drawing import AccountShort, lock_purses, open_cash
from finance.services.ledger import Funds, Posting
from tests.factories import UserFactory, owner_of

D = Decimal
_keys = itertools.count()


def fresh_key() -> str:
    """A key that nothing has used."""
    return f"k{next(_keys)}"


def top_up(account: Account, amount: str, key: str = "") -> None:
    """The account has this much more own cash."""
    cash = ledger.book_for(account=account, kind="cash")
    bank = ledger.platform_book(kind="bank", near=account.pk)
    legs = {cash.pk: D(amount), bank.pk: -D(amount)}
    ledger.post(posting=Posting(TransferKind.TOP_UP, f"test-{key or fresh_key()}", legs))


def mover(account: Account) -> Actor:
    """The owner with every code already passed."""
    return Actor(door=Door.CONSOLE, user=owner_of(account), account=account, cleared=True)


def staff() -> Actor:
    """Support staff with every permission."""
    return Actor(door=Door.STAFF, user=UserFactory.create(is_staff=True, is_superuser=True))


def allot(relationship, amount, **more):
    """Through the service."""
    more.setdefault("key", fresh_key())
    actor = more.pop("actor", None) or mover(relationship.manager)
    return allot_funds(actor=actor, relationship_id=relationship.pk, amount=D(amount), **more)


def recall(relationship, amount, **more):
    """Through the service."""
    more.setdefault("key", fresh_key())
    actor = more.pop("actor", None) or mover(relationship.manager)
    return recall_funds(actor=actor, relationship_id=relationship.pk, amount=D(amount), **more)


@atomic
def spend(account: Account, amount: str, key: str = "", now: datetime | None = None) -> int:
    """Paid whole, out of the books that bills are paid from; the transfer's id. Raises AccountShort."""
    open_cash(accounts=[account])
    purse = lock_purses(accounts=[account], at=now or timezone.now())[account.pk]
    if (there := purse.has()) < D(amount):
        raise AccountShort(available=there, amount=D(amount))
    purse.take(D(amount))
    revenue = ledger.platform_book(kind="revenue", near=account.pk)
    legs = {**purse.legs, revenue.pk: D(amount)}
    return ledger.post(posting=Posting(TransferKind.CHARGE, f"charge:{key or fresh_key()}", legs))


def funds(account: Account) -> Funds:
    """What the account has."""
    return ledger.funds_of(account=account)


def books_sum() -> Decimal:
    """Zero, always."""
    return sum(Book.objects.values_list("balance", flat=True), D(0))
