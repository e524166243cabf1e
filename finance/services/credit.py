"""Credit: granted by staff, given to members within a group, taken back (K1.3, K8.6, K8.7, A4.1, Q-3).

The limit of an account at a moment is the sum of its valid lines and of what managers gave it, less what it gave away;
nothing while a manager pays for it (A4.1).
Its credit book's floor is minus that limit, or the balance itself where more is in use than is left of the limit: then
nothing more can be drawn. The database holds the floor; lines that end are judged when credit is drawn. Where the book
lies in stripes (`finance.stripes`), all this holds for their sums.
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require, require_staff
from accounts.events import record
from accounts.locks import lock_accounts, lock_relationship
from accounts.models import Account, Relationship
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance.locks import credit_of, lock_books
from finance.models import Book, CreditAllotment, CreditLine, StripedCredit
from finance.models.book import BookKind
from finance.money import ZERO, is_amount
from finance.services.ledger import book_for
from finance.services.trusts import is_trusteed, paid_for
from finance.sets import among
from finance.stripes import floors_of, left_of, pieces_for


class CreditShort(DomainError):
    """Less unused credit than asked for."""

    code = "credit_short"
    rule = "A4.1"
    sentence = _("Only %(available)s yuan of your credit are unused, but %(amount)s yuan were asked for.")


class CreditInUse(DomainError):
    """The member has used what should be taken back (K8.6)."""

    code = "credit_in_use"
    rule = "K8.6"
    sentence = _(
        "The account uses %(used)s yuan of credit; at most %(free)s yuan can be taken back until it is settled."
    )


class GroupOnly(DomainError):
    """Partners get cash, never credit (Q-3)."""

    code = "group_only"
    rule = "Q-3"
    sentence = _("Credit can be given within an enterprise group only. Partners can be given cash.")


class NoCreditForTrusteed(DomainError):
    """The manager pays with its own credit, so the member has none (A4.1)."""

    code = "trusteed"
    rule = "A4.1"
    sentence = _("You pay for this account with your own credit, so it is given none.")


def limit_of(*, account: Account, at: datetime | None = None) -> Decimal:
    """The account's limit at that moment, in yuan; none under trusteeship, whatever was granted (A4.1)."""
    if is_trusteed(account=account, at=at or timezone.now()):
        return ZERO
    return limits_of(accounts=[account], at=at)[account.pk]


def limits_of(*, accounts: Iterable[Account], at: datetime | None = None) -> dict[int, Decimal]:
    """The same for many, by account, in one query."""
    sums = {account.pk: ZERO for account in accounts}
    ids = among(sums)
    lines = CreditLine.objects.filter(account__in=ids).valid(at=at).order_by().values_list("account_id")
    given = CreditAllotment.objects.filter(relationship__state__in=Relationship.IN_FORCE).order_by()
    received = given.filter(relationship__member__in=ids).values_list("relationship__member_id")
    away = given.filter(relationship__manager__in=ids).values_list("relationship__manager_id")
    plus, minus = received.annotate(sum=Sum("amount")), away.annotate(sum=-Sum("amount"))
    for pk, part in lines.annotate(sum=Sum("limit")).union(plus, minus, all=True):
        sums[pk] += part
    return {pk: max(ZERO, part) for pk, part in sums.items()}


def credit_left(*, account: Account, at: datetime) -> Decimal:
    """What can still be drawn at that moment, the floors refitted to its limit. Locks the credit books."""
    return sum((book.balance - (book.floor or ZERO) for book in refit_floor(account=account, at=at)), ZERO)


def refit_floor(
    *, account: Account, at: datetime | None = None, anew: bool = False, charge: Decimal = ZERO
) -> list[Book]:
    """The floor of the credit book, or of its stripes together, follows the limit. Locks them; answers them.

    With `anew` all stripes have equal shares again, as few as can pay several charges of this amount each.
    """
    book_for(account=account, kind=BookKind.CREDIT)
    books = lock_books(credit_of(account))
    limit, balances = limit_of(account=account, at=at), [book.balance for book in books]
    pieces = 1
    if len(books) > 1 and StripedCredit.objects.holds(account):
        pieces = pieces_for(charge, left=left_of(balances, limit=limit), most=len(books))
    floors = floors_of(balances, limit=limit, pieces=pieces)
    if anew or sum(floors, ZERO) != sum((book.floor or ZERO for book in books), ZERO):
        for book, floor in zip(books, floors, strict=True):
            book.floor = floor
        Book.objects.bulk_update(books, ["floor"])
    return books


@atomic
def grant_credit(
    *,
    actor: Actor,
    account: Account,
    limit: Decimal,
    expires_at: datetime | None = None,
    note: str = "",
    now: datetime | None = None,
) -> CreditLine:
    """The account may draw up to the limit in yuan, until the end if there is one. Locks the account."""
    staff = require_staff(actor, "finance.add_creditline")
    at = now or timezone.now()
    if not is_amount(limit):
        raise InputError("limit", _("The limit must be greater than zero, with at most two decimal places."))
    if expires_at is not None and expires_at <= at:
        raise InputError("expires_at", _("The end must lie in the future."))
    account = lock_accounts(account.pk)[account.pk]
    line = CreditLine.objects.create(
        account=account, limit=limit, granted_by=staff, granted_at=at, expires_at=expires_at, note=note
    )
    refit_floor(account=account, at=at)
    record("credit.granted", actor=actor, account=account, subject=line, at=at, limit=str(limit))
    return line


@atomic
def revoke_credit(*, actor: Actor, line_id: int, now: datetime | None = None) -> CreditLine:
    """The line counts no longer; what is in use stays owed. Locks account and line. Refused while members hold it."""
    require_staff(actor, "finance.change_creditline")
    at = now or timezone.now()
    account_id = CreditLine.objects.filter(pk=line_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise NotFound()
    account = lock_accounts(account_id)[account_id]
    line = CreditLine.objects.select_for_update().get(pk=line_id)
    if line.revoked_at is None:
        line.revoked_at = at
        line.save(update_fields=["revoked_at"])
        refit_floor(account=account, at=at)
        record("credit.revoked", actor=actor, account=account, subject=line, at=at, limit=str(line.limit))
    return line


@atomic
def allot_credit(
    *, actor: Actor, relationship_id: int, amount: Decimal, now: datetime | None = None
) -> CreditAllotment:
    """The member may draw this much more in yuan, the manager this much less. Locks both accounts and both books."""
    at = now or timezone.now()
    relationship = _locked(actor, relationship_id)
    _check(amount)
    if relationship.kind != Relationship.Kind.GROUP:
        raise GroupOnly()
    if relationship.member_id in paid_for(manager=relationship.manager, at=at):
        raise NoCreditForTrusteed()
    _lock_credit(relationship)
    left = credit_left(account=relationship.manager, at=at)
    if amount > left:
        raise CreditShort(available=left, amount=amount)
    return _move(actor, relationship, amount, "allotted", at)


@atomic
def recall_credit(
    *, actor: Actor, relationship_id: int, amount: Decimal, now: datetime | None = None
) -> CreditAllotment:
    """The reverse; what the member uses cannot be taken back before it is settled. Locks as `allot_credit`."""
    at = now or timezone.now()
    relationship = _locked(actor, relationship_id)
    _check(amount)
    _lock_credit(relationship)
    held = credit_held(relationship=relationship)
    if amount > held:
        raise CreditShort(available=held, amount=amount)
    left = credit_left(account=relationship.member, at=at)
    if amount > left:
        raise CreditInUse(used=_used(relationship.member), free=left)
    return _move(actor, relationship, -amount, "recalled", at)


def withdraw_credit(*, relationship: Relationship, at: datetime) -> Decimal:
    """The member holds no credit of the manager any more, used or not, and both limits are as at that moment (A4.1).

    Part of a trusteeship's begin and end. Both accounts are locked by the caller; locks both books. Answers the yuan.
    """
    _lock_credit(relationship)
    row = CreditAllotment.objects.select_for_update().filter(relationship=relationship, amount__gt=ZERO).first()
    amount = row.amount if row is not None else ZERO
    if row is not None:
        row.amount, row.changed_at = ZERO, at
        row.save(update_fields=["amount", "changed_at"])
    refit_limits(relationship=relationship, at=at)
    return amount


def refit_limits(*, relationship: Relationship, at: datetime) -> None:
    """The floors of both credit books follow the limits of that moment. Locks both books."""
    _lock_credit(relationship)
    for account in sorted((relationship.manager, relationship.member), key=lambda one: one.pk):
        refit_floor(account=account, at=at)


def credit_held(*, relationship: Relationship) -> Decimal:
    """What the member holds of the manager's credit, in yuan."""
    found = CreditAllotment.objects.filter(relationship=relationship).values_list("amount", flat=True).first()
    return found or ZERO


def overdraft_after_recall(*, relationship: Relationship, at: datetime | None = None) -> Decimal:
    """What the member would owe beyond its limit if this manager took all its credit back (K8.6), in yuan."""
    rest = limit_of(account=relationship.member, at=at) - credit_held(relationship=relationship)
    return max(ZERO, _used(relationship.member) - max(ZERO, rest))


def _used(account: Account) -> Decimal:
    balance: Decimal | None = Book.objects.filter(credit_of(account)).aggregate(sum=Sum("balance"))["sum"]
    return -(balance or ZERO)


def _move(actor: Actor, relationship: Relationship, amount: Decimal, what: str, at: datetime) -> CreditAllotment:
    row, _created = CreditAllotment.objects.select_for_update().get_or_create(relationship=relationship)
    row.amount += amount
    row.changed_at = at
    row.save(update_fields=["amount", "changed_at"])
    refit_limits(relationship=relationship, at=at)
    record(
        f"credit.{what}",
        actor=actor,
        account=relationship.manager,
        counterpart=relationship.member,
        subject=row,
        at=at,
        amount=str(abs(amount)),
    )
    return row


def _check(amount: Decimal) -> None:
    if not is_amount(amount):
        raise InputError("amount", _("The amount must be greater than zero, with at most two decimal places."))


def _lock_credit(relationship: Relationship) -> None:
    """Both credit books at once; one after the other, as they are needed, would be an order of its own."""
    for account in (relationship.manager, relationship.member):
        book_for(account=account, kind=BookKind.CREDIT)
    lock_books(credit_of(relationship.manager, relationship.member))


def _locked(actor: Actor, relationship_id: int) -> Relationship:
    relationship = lock_relationship(relationship_id=relationship_id)
    require(actor, Right.MOVE_FUNDS, relationship.manager)
    if not relationship.is_in_force:
        raise DomainError(_("This relationship is not established, so no credit can be moved."))
    return relationship
