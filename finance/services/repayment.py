"""Paying what statements left: by the account's own cash, or by a manager's for its member (K6.6, K7.6, K11.6, A4.4).

A payment goes to arrears first, then to credit in use, and is booked on statements in the same transaction. Locks: the
relationship, the debtor's statements, then the books of both, lowest id first.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from accounts.models import Account
from accounts.permissions import Point
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance.locks import all_of, lock_books
from finance.models import Book, Statement, Transfer
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import ZERO, is_amount
from finance.services.credit import refit_floor
from finance.services.drawing import CASH, Purse, lock_purses, open_cash, paid_back
from finance.services.dues import Dues, lock_dues, save_dues
from finance.services.ledger import KeyReused, Posting, funds_of, post
from finance.services.statements import Side, side_for
from finance.services.trusts import refuse_settling

DEBTS: tuple[str, ...] = (BookKind.ARREARS, BookKind.CREDIT)


class NotRepayable(DomainError):
    """Confirmed first, and something left."""

    code = "not_repayable"
    sentence = _("This statement is “%(state)s”, so nothing can be repaid on it.")
    hint = _("A statement is repaid after it was confirmed, until nothing is left.")


class OnlyDisputed(DomainError):
    """What is left is disputed."""

    code = "only_disputed"
    sentence = _("The %(disputed)s yuan that are left are disputed. Nothing is to be repaid until that is answered.")


class CashShort(DomainError):
    """Less cash than the amount."""

    code = "cash_short"
    sentence = _("Only %(available)s yuan of cash are there, less than the %(amount)s yuan to repay.")
    hint = _("Top up, or repay a part.")


class ArrearsFirst(DomainError):
    """Own arrears come before anybody else's statement (K11.6)."""

    code = "arrears_first"
    rule = "K11.6"
    sentence = _("This account has %(arrears)s yuan of unpaid bills of its own. They are paid first.")
    hint = _("Top up: what is left after that can repay statements of members.")


@dataclass(frozen=True, slots=True)
class Repayment:
    """What was repaid on a statement, in yuan, and by which transfer."""

    statement: Statement
    amount: Decimal
    transfer: int


@dataclass(slots=True)
class Till:
    """The locked books of a debtor, and the purse of whoever pays for it."""

    debts: list[Book]
    purse: Purse
    kinds: tuple[str, ...]  # which cash may pay: own and given for oneself, only own for a member
    arrears: Decimal  # of a manager that pays

    @property
    def cash(self) -> Decimal:
        """What can be paid, in yuan."""
        return self.purse.has(kinds=self.kinds)

    def owed(self, kinds: Collection[str] = DEBTS) -> Decimal:
        """What the debtor owes in books of these kinds."""
        return -sum((book.balance for book in self.debts if book.kind in kinds), ZERO)

    def legs(self, amount: Decimal) -> dict[int, Decimal]:
        """What each book changes by when the amount is paid."""
        self.purse.take(amount, kinds=self.kinds)
        return {**self.purse.legs, **paid_back(books=self.debts, amount=amount)}


@atomic
def repay_statement(
    *,
    actor: Actor,
    statement_id: int,
    key: str,
    amount: Decimal | None = None,
    through: int | None = None,
    now: datetime | None = None,
) -> Repayment:
    """The amount, or all that is not disputed, is repaid on the statement; it is settled where nothing is left.

    From the account's own cash, then what managers gave; or by a manager (`through`) that may repay, from its OWN cash
    only, and not while it pays for the account anyway (A2.14). A repeat of the key answers the first. Raises
    NotRepayable, OnlyDisputed, InputError, CashShort, ArrearsFirst, SettlesItself.
    """
    at = now or timezone.now()
    found = Statement.objects.select_related("account").filter(pk=statement_id).first()
    if found is None:
        raise NotFound()
    side = side_for(actor=actor, account=found.account, through=through, point=Point.REPAY_STATEMENT)
    dues = lock_dues(account=found.account)
    name = f"repayment:{(side.counterpart or found.account).pk}:{key}"
    if (done := _done_before(name, found, amount)) is not None:
        return done
    if side.through is not None:
        refuse_settling(relationship=side.through, at=at)
    statement = dues.read(statement_id)
    wanted = _checked(dues, statement, amount)
    till = open_till(side=side, at=at)
    if till.arrears > ZERO:
        raise ArrearsFirst(arrears=till.arrears)
    if wanted > till.cash:
        raise CashShort(available=till.cash, amount=wanted)
    return pay_statement(
        actor=actor, side=side, dues=dues, till=till, statement=statement, amount=wanted, key=name, at=at
    )


def _done_before(name: str, statement: Statement, amount: Decimal | None) -> Repayment | None:
    """What this key did before; KeyReused when it was something else."""
    done = Transfer.objects.filter(key=name).first()
    if done is None:
        return None
    before = Decimal(done.facts["amount"])
    if done.facts["statement"] != statement.pk or amount not in {None, before}:
        raise KeyReused()
    return Repayment(statement, before, done.pk)


def _checked(dues: Dues, statement: Statement, amount: Decimal | None) -> Decimal:
    """What is to be repaid: the amount that was asked for, or all that is not disputed."""
    if statement.state not in Statement.REPAYABLE:
        raise NotRepayable(state=Statement.State(statement.state).label)
    most = dues.undisputed(statement)
    if most == ZERO:
        raise OnlyDisputed(disputed=statement.due)
    if amount is None:
        return most
    if not is_amount(amount):
        raise InputError("amount", _("The amount must be greater than zero."))
    if amount > most:
        raise InputError("amount", _("At most %(most)s yuan are to be repaid."), most=most)
    return amount


def pay_statement(
    *, actor: Actor, side: Side, dues: Dues, till: Till, statement: Statement, amount: Decimal, key: str, at: datetime
) -> Repayment:
    """The amount moves and stands on the statement; the caller has locked and checked everything."""
    facts = {"statement": statement.pk, "amount": str(amount)}
    transfer = _move(side, till, amount, at, key=key, facts=facts)
    dues.book(amount, first=[statement])
    save_dues(dues=dues, at=at, actor=actor)
    record(
        "statement.repaid",
        actor=actor,
        account=side.counterpart or side.account,
        counterpart=side.account if side.through else None,
        subject=statement,
        at=at,
        month=str(statement),
        amount=str(amount),
        left=str(statement.due),
    )
    return Repayment(statement, amount, transfer)


def _move(side: Side, till: Till, amount: Decimal, at: datetime, *, key: str, facts: dict[str, Any]) -> int:
    kind = TransferKind.REPAYMENT if side.through else TransferKind.SETTLEMENT
    transfer = post(posting=Posting(kind, key, till.legs(amount), facts))
    if any(book.kind == BookKind.CREDIT for book in till.debts):
        refit_floor(account=side.account, at=at)
    return transfer


def open_till(*, side: Side, at: datetime) -> Till:
    """From which books the side can pay, and into which. Locks every book of the debtor and of whoever pays."""
    payer = side.counterpart or side.account
    open_cash(accounts=[payer])
    books = lock_books(all_of(side.account, payer))
    owing = [book for book in books if book.kind in DEBTS]
    debts = sorted(
        (book for book in owing if book.account_id == side.account.pk), key=lambda one: DEBTS.index(one.kind)
    )
    purse = lock_purses(accounts=[payer], at=at)[payer.pk]
    if side.through is None:
        return Till(debts, purse, CASH, ZERO)
    own = [book.balance for book in owing if book.account_id == payer.pk and book.kind == BookKind.ARREARS]
    return Till(debts, purse, (BookKind.CASH,), -sum(own, ZERO))


@atomic
def settle_arrears(*, account: Account, key: str, now: datetime | None = None) -> Decimal:
    """Unpaid bills are paid as far as cash goes, own first, then allotted; answers how much was, in yuan (K11.6).

    Booked on statements oldest month first, what is disputed last: a service stops for what is unpaid, disputed or not.
    A repeat of the key does nothing. Locks the account's statements, then its books.
    """
    at, name = now or timezone.now(), f"arrears:{account.pk}:{key}"
    if funds_of(account=account).arrears == ZERO:
        return ZERO
    dues = lock_dues(account=account)
    side = Side(account)
    till = open_till(side=side, at=at)
    amount = min(till.cash, till.owed({BookKind.ARREARS}))
    if amount <= ZERO or Transfer.objects.filter(key=name).exists():
        return ZERO
    _move(side, till, amount, at, key=name, facts={"account": account.pk})
    dues.book(amount)
    save_dues(dues=dues, at=at)
    record("arrears.settled", actor=SYSTEM, account=account, at=at, amount=str(amount))
    return amount


@atomic
def settle_overdue(*, account: Account, key: str, now: datetime | None = None) -> Decimal:
    """Own statements past their day are repaid as far as cash goes, oldest first; answers how much was, in yuan (Q-29).

    What is disputed waits for its answer. A repeat of the key does nothing. Locks as `settle_arrears`.
    """
    at, name = now or timezone.now(), f"overdue:{account.pk}:{key}"
    today = timezone.localdate(at)
    if not Statement.objects.of(account).overdue(today=today).exists():
        return ZERO
    dues = lock_dues(account=account)
    late = [statement for statement in dues.statements if statement.is_overdue(today=today)]
    side = Side(account)
    till = open_till(side=side, at=at)
    amount = min(till.cash, dues.total(late))
    if amount <= ZERO or Transfer.objects.filter(key=name).exists():
        return ZERO
    _move(side, till, amount, at, key=name, facts={"account": account.pk})
    before = {statement.pk: statement.repaid for statement in late}
    dues.book(amount, first=late)
    save_dues(dues=dues, at=at)
    for statement in late:
        if (part := statement.repaid - before[statement.pk]) > ZERO:
            facts: dict[str, Any] = {"month": str(statement), "amount": str(part), "left": str(statement.due)}
            record("statement.repaid", actor=SYSTEM, account=account, subject=statement, at=at, **facts)
    return amount
