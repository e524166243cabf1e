"""Moving cash between manager and member (K10, K1.4, A2.12, A4.2)."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import Account, OneTimeCode, Relationship
from accounts.names import clean_remark
from accounts.permissions import Right
from accounts.services.codes import require_clearance
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance import policy
from finance.locks import all_of, cash_of, lock_books
from finance.models import Allotment, Book, FundSettings
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import FEN, ZERO, is_amount
from finance.services.ledger import KeyReused, NotEnough, Posting, book_for, post
from finance.services.trusts import refuse_trusteed

CODE_PURPOSE = OneTimeCode.Purpose.ALLOT_FUNDS


class NotLinked(DomainError):
    """Funds move only while the relationship is established (K10.1)."""

    code = "not_established"
    rule = "K10.1"
    sentence = _("This relationship is not established, so no funds can be moved.")


class AboveAllottable(DomainError):
    """More than the manager's own cash (K10.6)."""

    code = "above_allottable"
    rule = "K10.6"
    sentence = _("You can allot at most %(available)s yuan, but %(amount)s yuan were asked for.")
    hint = _("Top up first, or lower the amount. Cash received from your own manager cannot be passed on.")


class NothingAllotted(DomainError):
    """Nothing of what was allotted is left, or nothing ever was (K10.7)."""

    code = "nothing_allotted"
    rule = "K10.7"
    sentence = _("There is nothing to recall: this account holds no cash that you allotted.")


class AboveRecallable(DomainError):
    """More than what is left of the money from this manager (K10.8, Q-30)."""

    code = "above_recallable"
    rule = "K10.8"
    sentence = _("You can recall at most %(recallable)s yuan, but %(amount)s yuan were asked for.")
    hint = _("What the account has spent of your allotments, or what came from others, cannot be recalled.")


class MemberShort(DomainError):
    """The member's free balance is smaller than the amount: nothing is recalled at all (K10.9)."""

    code = "member_balance_short"
    rule = "K10.9"
    sentence = _("The account's free balance is %(free)s yuan, less than the %(amount)s yuan to recall. Nothing moved.")
    hint = _("Credit in use counts against the balance. Recall less, or wait until the credit is settled.")


@atomic
def allot_funds(
    *,
    actor: Actor,
    relationship_id: int,
    amount: Decimal,
    key: str,
    note: str = "",
    batch: str = "",
    now: datetime | None = None,
) -> Allotment:
    """The amount has left the manager's own cash and lies in the member's book “from this manager” (K10.2, K10.5).

    Locks the relationship, then the books. A repeat of the key answers the first allotment. Above the account's own
    limit a passed code is spent. Raises InputError (K10.6, Q-4), AboveAllottable, NotLinked,
    Trusteed (A2.12).
    """
    relationship = _locked(actor, relationship_id)
    if (done := _repeated(key, relationship, Allotment.Direction.ALLOT, amount)) is not None:
        return done
    refuse_trusteed(relationship=relationship, now=now)
    check_amount(amount=amount)
    spend_code(actor=actor, manager=relationship.manager, amount=amount, now=now)
    source = book_for(account=relationship.manager, kind=BookKind.CASH)
    target = book_for(account=relationship.member, kind=BookKind.ALLOTTED, source=relationship.manager)
    legs = {source.pk: -amount, target.pk: amount}
    try:
        transfer = _post(TransferKind.ALLOTMENT, key, legs, relationship)
    except NotEnough as error:
        raise AboveAllottable(available=error.facts["available"], amount=amount) from error
    fields = {"amount": amount, "note": cleaned("note", clean_remark, note), "batch": batch, "transfer_id": transfer}
    return _note(actor, relationship, now, direction=Allotment.Direction.ALLOT, **fields)


@atomic
def recall_funds(
    *,
    actor: Actor,
    relationship_id: int,
    amount: Decimal,
    key: str,
    note: str = "",
    batch: str = "",
    now: datetime | None = None,
) -> Allotment:
    """The amount is back in the manager's own cash, taken only from what this manager allotted (K10.3, Q-30).

    Whole or not at all (K10.9). Locks the relationship, then the member's books and the own cash. A repeat of the key
    answers the first recall. Raises NothingAllotted (K10.7), AboveRecallable (K10.8), MemberShort (K10.9).
    """
    relationship = _locked(actor, relationship_id)
    if (done := _repeated(key, relationship, Allotment.Direction.RECALL, amount)) is not None:
        return done
    check_recalled_amount(amount=amount)
    target = book_for(account=relationship.manager, kind=BookKind.CASH)
    books = lock_books(all_of(relationship.member) | cash_of(relationship.manager))
    own = [book for book in books if book.account_id == relationship.member_id]
    held = [book for book in own if book.source_id == relationship.manager_id]
    recallable, free = sum((book.balance for book in held), ZERO), sum((book.balance for book in own), ZERO)
    check_recallable(recallable=recallable, free=free, amount=amount)
    transfer = _post(TransferKind.RECALL, key, {held[0].pk: -amount, target.pk: amount}, relationship)
    fields = {"amount": amount, "note": cleaned("note", clean_remark, note), "batch": batch, "transfer_id": transfer}
    return _note(actor, relationship, now, direction=Allotment.Direction.RECALL, **fields)


def recallable_of(*, relationship: Relationship) -> Decimal:
    """What this manager can recall from this member, in yuan: what is left of its allotments (K10.8, Q-30)."""
    if not relationship.is_in_force:
        return ZERO
    book = Book.objects.filter(
        account_id=relationship.member_id, kind=BookKind.ALLOTTED, source_id=relationship.manager_id
    )
    return book.values_list("balance", flat=True).first() or ZERO


def check_amount(*, amount: Decimal) -> None:
    """Raises InputError unless the amount is above 0.01 yuan, with two places (K10.6, Q-4)."""
    if not amount.is_finite() or amount != amount.quantize(FEN):
        raise InputError("amount", _("An amount has at most two decimal places."))
    if amount <= policy.ALLOTMENT_ABOVE:
        raise InputError("amount", _("An allotment must be more than %(least)s yuan."), least=policy.ALLOTMENT_ABOVE)


def check_recalled_amount(*, amount: Decimal) -> None:
    """Raises InputError unless the amount is above zero, with two places."""
    if not is_amount(amount):
        raise InputError("amount", _("The amount must be greater than zero."))


def check_recallable(*, recallable: Decimal, free: Decimal, amount: Decimal) -> None:
    """Raises why the amount cannot be recalled from a member that holds so much and has so much free (K10.7–K10.9)."""
    if recallable == ZERO:
        raise NothingAllotted()
    if amount > recallable:
        raise AboveRecallable(recallable=recallable, amount=amount)
    if amount > free:
        raise MemberShort(free=free, amount=amount)


def code_limit(*, account: Account) -> Decimal:
    """Above this amount in yuan an allotment of this account needs a code."""
    chosen = FundSettings.objects.filter(account=account).values_list("code_above", flat=True).first()
    return policy.CODE_ABOVE_DEFAULT if chosen is None else chosen


@atomic
def choose_code_limit(*, actor: Actor, account: Account, amount: Decimal, now: datetime | None = None) -> FundSettings:
    """Allotments above this amount need a code from now on; choosing it needs one itself."""
    require(actor, Right.MOVE_FUNDS, account)
    if amount < ZERO or amount != amount.quantize(FEN):
        raise InputError("amount", _("Enter an amount of zero or more, with at most two decimal places."))
    require_clearance(actor=actor, purpose=CODE_PURPOSE, binding=f"account:{account.pk}", now=now)
    chosen, _created = FundSettings.objects.update_or_create(account=account, defaults={"code_above": amount})
    record("funds.code_limit_chosen", actor=actor, account=account, amount=str(amount))
    return chosen


def _locked(actor: Actor, relationship_id: int) -> Relationship:
    relationship = (
        Relationship.objects.select_for_update(of=("self",), no_key=True)
        .select_related("manager", "member")
        .filter(pk=relationship_id)
        .first()
    )
    if relationship is None:
        raise NotFound()
    require(actor, Right.MOVE_FUNDS, relationship.manager)
    if not relationship.is_in_force:
        raise NotLinked()
    return relationship


def _repeated(key: str, relationship: Relationship, direction: str, amount: Decimal) -> Allotment | None:
    """What this key did before; KeyReused when it was something else."""
    name = ledger_key(manager_id=relationship.manager_id, key=key)
    done = Allotment.objects.filter(transfer__key=name).select_related("manager", "member").first()
    if done is not None:
        check_repeat(done=done, relationship_id=relationship.pk, direction=direction, amount=amount)
    return done


def check_repeat(*, done: Allotment, relationship_id: int, direction: str, amount: Decimal) -> None:
    """Raises KeyReused unless what a key did before is what it is asked for again."""
    if (done.relationship_id, done.direction, done.amount) != (relationship_id, direction, amount):
        raise KeyReused()


def ledger_key(*, manager_id: int, key: str) -> str:
    """Under which the ledger knows a request of this manager."""
    return f"allotment:{manager_id}:{key}"


def _post(kind: str, key: str, legs: dict[int, Decimal], relationship: Relationship) -> int:
    name = ledger_key(manager_id=relationship.manager_id, key=key)
    return post(posting=Posting(kind, name, legs, {"relationship": relationship.pk}))


def _note(actor: Actor, relationship: Relationship, now: datetime | None, **fields: Any) -> Allotment:
    at = now or timezone.now()
    allotment = Allotment.objects.create(
        relationship=relationship,
        manager=relationship.manager,
        member=relationship.member,
        created_by=actor.user,
        created_at=at,
        **fields,
    )
    record_move(actor=actor, allotment=allotment)
    return allotment


def record_move(*, actor: Actor, allotment: Allotment) -> None:
    """The event of an allotment or a recall that was just written."""
    record(
        "funds.allotted" if allotment.direction == Allotment.Direction.ALLOT else "funds.recalled",
        actor=actor,
        account=allotment.manager,
        counterpart=allotment.member,
        subject=allotment,
        at=allotment.created_at,
        amount=str(allotment.amount),
    )


def spend_code(*, actor: Actor, manager: Account, amount: Decimal, now: datetime | None = None) -> None:
    """Above the account's own limit a passed code is spent. Raises CodeNeeded."""
    if amount > code_limit(account=manager):
        require_clearance(actor=actor, purpose=CODE_PURPOSE, binding=f"account:{manager.pk}", now=now)
