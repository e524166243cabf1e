"""Money in: announced by an account, confirmed by staff or by the payment gateway, credited once.

Money that arrives after its top-up was closed has arrived all the same: it is credited, and staff are told.
"""

import hashlib
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import Account, Operator, User
from accounts.names import clean_remark
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.transactions import atomic
from finance import policy
from finance.bank import clean_payment_number
from finance.models import Book, TopUp
from finance.models.book import BookKind
from finance.models.top_up import new_reference
from finance.models.transfer import TransferKind
from finance.money import FEN, ZERO
from finance.payments import payments
from finance.services.ledger import KeyReused, Posting, book_for, platform_book, post

PERMISSION = "finance.change_topup"


class TooManyWaiting(DomainError):
    """So many are announced that nobody can tell which will be paid."""

    code = "too_many_waiting"
    sentence = _("%(most)s top-ups are waiting for payment already. Pay or close one of them first.")


class AmountDiffers(InputError):
    """Another amount arrived than was announced; `arrived` and `amount` in yuan."""

    code = "amount_differs"
    sentence = _("%(arrived)s yuan arrived, but %(amount)s yuan were announced. Nothing was credited.")
    hint = _("Ask the account to announce the amount that arrived, confirm that, and close this one.")


class PaymentUsed(InputError):
    """The bank's number belongs to a top-up already."""

    code = "payment_used"
    sentence = _("This payment belongs to the top-up %(reference)s already. One payment is credited once.")


class SecondPerson(NotAllowed):
    """From the limit on, two different people."""

    code = "second_person_needed"
    sentence = _("You confirmed this one already. From %(limit)s yuan on, a second person has to confirm it.")


class OwnAccount(NotAllowed):
    """Nobody confirms money for an account in which they work."""

    code = "own_account"
    sentence = _("You are an operator of this account. Another member of staff has to do this.")


class NotForStaff(DomainError):
    """Online payments are proved by the gateway's signature, not by people."""

    code = "online_payment"
    sentence = _("Online payments are confirmed by the payment provider and cannot be confirmed by hand.")


@atomic
def start_top_up(
    *, actor: Actor, account: Account, amount: Decimal, channel: str, key: str, now: datetime | None = None
) -> TopUp:
    """A payment is announced and has a reference, under which it is paid. A repeat of the key answers the first one.

    Locks the account's top-ups by name. Raises InputError, TooManyWaiting, KeyReused.
    """
    require(actor, Right.MOVE_FUNDS, account)
    at, kept = now or timezone.now(), kept_key(key=key)
    lock_name(f"top-ups:{account.pk}")
    if (done := TopUp.objects.filter(account=account, key=kept).first()) is not None:
        if (done.amount, done.channel) != (amount, channel):
            raise KeyReused()
        return done
    _check_announced(amount, channel)
    if TopUp.objects.filter(account=account).payable(at=at).count() >= policy.TOP_UPS_WAITING_MAX:
        raise TooManyWaiting(most=policy.TOP_UPS_WAITING_MAX)
    top_up = TopUp.objects.create(
        account=account,
        amount=amount,
        channel=channel,
        key=kept,
        reference=_free_reference(),
        created_by=actor.user,
        created_at=at,
    )
    facts: dict[str, Any] = {"amount": str(amount), "channel": channel, "reference": top_up.reference}
    record("top_up.announced", actor=actor, account=account, subject=top_up, at=at, **facts)
    return top_up


def kept_key(*, key: str) -> str:
    """The caller's idempotency key in the length in which it is kept. Raises InputError for an empty one."""
    if not key or not key.isprintable():
        raise InputError("key", _("Please start again from the form."))
    return key if len(key) < 64 else hashlib.sha256(key.encode()).hexdigest()


def _check_announced(amount: Decimal, channel: str) -> None:
    if not amount.is_finite() or amount <= ZERO:
        raise InputError("amount", _("The amount must be greater than zero."))
    if amount > policy.TOP_UP_MOST:
        raise InputError("amount", _("At most %(most)s yuan can be topped up at once."), most=policy.TOP_UP_MOST)
    if amount != amount.quantize(FEN):
        raise InputError("amount", _("An amount has at most two decimal places."))
    if channel not in TopUp.Channel.values:
        raise InputError("channel", _("Choose how you want to pay."))
    if channel == TopUp.Channel.GATEWAY and not payments().takes_orders:
        raise InputError("channel", _("Online payment is not offered here. Please pay by bank transfer."))


def _free_reference() -> str:
    return next(one for one in iter(new_reference, "") if not TopUp.objects.filter(reference=one).exists())


@atomic
def cancel_top_up(*, actor: Actor, top_up_id: int, now: datetime | None = None) -> TopUp:
    """The account pays no more; a closed one is answered as it is. Locks the row. Refused once staff saw the money."""
    top_up = locked_top_up(top_up_id=top_up_id)
    require(actor, Right.MOVE_FUNDS, top_up.account)
    if top_up.state == TopUp.State.CONFIRMED:
        raise DomainError(_("The money has arrived and is being checked, so this top-up cannot be closed."))
    if top_up.state == TopUp.State.CLOSED:
        return top_up
    return close_locked(top_up=top_up, actor=actor, end=TopUp.End.CANCELLED, at=now or timezone.now())


@atomic
def confirm_top_up(
    *, actor: Actor, top_up_id: int, arrived: Decimal, bank_reference: str, now: datetime | None = None
) -> TopUp:
    """The money that staff saw at the bank is on the account; from the limit on, only when a second person saw it.

    Both state the amount that arrived and the bank's number of the payment; that number is the idempotency key, so a
    repeat of what credited it answers the same. Locks the number by name, then the row. Raises AmountDiffers,
    PaymentUsed, SecondPerson.
    """
    staff = require_staff(actor, PERMISSION)
    number = cleaned("bank_reference", clean_payment_number, bank_reference)
    lock_name(f"payment:{TopUp.Channel.BANK}:{number}")
    top_up = locked_top_up(top_up_id=top_up_id)
    if top_up.state == TopUp.State.CREDITED and (top_up.credited_by_id, top_up.provider_id) == (staff.pk, number):
        return top_up
    _check_confirmable(top_up, staff, arrived, number)
    at = now or timezone.now()
    if top_up.needs_two and top_up.state != TopUp.State.CONFIRMED:
        top_up.confirm(by=staff, at=at, provider_id=number)
        top_up.save(update_fields=["state", "confirmed_by", "confirmed_at", "provider_id"])
        record("top_up.confirmed", actor=actor, account=top_up.account, subject=top_up, at=at, payment=number)
        return top_up
    return credit_locked(top_up=top_up, actor=actor, provider_id=number, at=at)


def _check_confirmable(top_up: TopUp, staff: User, arrived: Decimal, number: str) -> None:
    """Everything that a person can get wrong, before anything is written."""
    if top_up.channel != TopUp.Channel.BANK:
        raise NotForStaff()
    if Operator.objects.filter(account=top_up.account, user=staff).exists():
        raise OwnAccount()
    if top_up.state == TopUp.State.CONFIRMED and top_up.confirmed_by_id == staff.pk:
        raise SecondPerson(limit=policy.TOP_UP_FOUR_EYES_FROM)
    if arrived != top_up.amount:
        raise AmountDiffers("arrived", arrived=arrived, amount=top_up.amount)
    other = TopUp.objects.filter(channel=top_up.channel, provider_id=number).exclude(pk=top_up.pk).first()
    if other is not None:
        raise PaymentUsed("bank_reference", reference=other.reference)
    if top_up.state == TopUp.State.CONFIRMED and top_up.provider_id != number:
        raise InputError("bank_reference", _("The first person stated another payment. Please look at both again."))


@atomic
def close_top_up(*, actor: Actor, top_up_id: int, reason: str, now: datetime | None = None) -> TopUp:
    """Staff ended it: no money came, or not this one; the account reads the reason. Locks the row."""
    require_staff(actor, PERMISSION)
    why = cleaned("reason", clean_remark, reason)
    if not why:
        raise InputError("reason", _("Write the reason: the account reads it."))
    top_up = locked_top_up(top_up_id=top_up_id)
    return close_locked(top_up=top_up, actor=actor, end=TopUp.End.REFUSED, reason=why, at=now or timezone.now())


@atomic
def settle_trouble(*, actor: Actor, top_up_id: int, note: str, now: datetime | None = None) -> TopUp:
    """Staff dealt with what the gateway reported; how, stands in the log. Locks the row."""
    require_staff(actor, PERMISSION)
    what = cleaned("note", clean_remark, note)
    if not what:
        raise InputError("note", _("Write what was done."))
    top_up = locked_top_up(top_up_id=top_up_id)
    if top_up.trouble:
        trouble, top_up.trouble = top_up.trouble, ""
        top_up.save(update_fields=["trouble"])
        facts: dict[str, Any] = {"trouble": trouble, "note": what}
        record("top_up.trouble_settled", actor=actor, account=top_up.account, subject=top_up, at=now, **facts)
    return top_up


def expire_top_ups(*, now: datetime | None = None) -> int:
    """Unpaid ones past their time are closed, each in its own transaction; answers how many.

    What the gateway knows of is asked about first, and closed by its answer (`finance.services.payments`).
    """
    at = now or timezone.now()
    unknown_outside = Q(channel=TopUp.Channel.BANK) | Q(asked_at=None)
    overdue = TopUp.objects.overdue(at=at).filter(unknown_outside)
    return sum(_expire(pk, at) for pk in overdue.order_by("pk").values_list("pk", flat=True))


@atomic
def _expire(pk: int, at: datetime) -> bool:
    top_up = locked_top_up(top_up_id=pk)
    if top_up.state != TopUp.State.WAITING or top_up.is_payable(at=at) or top_up.asked_at:
        return False
    close_locked(top_up=top_up, actor=SYSTEM, end=TopUp.End.EXPIRED, at=at)
    return True


def locked_top_up(*, top_up_id: int) -> TopUp:
    """The row, freshly read and locked until the transaction ends. Raises NotFound."""
    rows = TopUp.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    if (top_up := rows.filter(pk=top_up_id).first()) is None:
        raise NotFound()
    return top_up


def close_locked(*, top_up: TopUp, actor: Actor, end: str, at: datetime, reason: str = "") -> TopUp:
    """The locked top-up is closed; for the services of this app, inside their transaction."""
    top_up.close(at=at, end=end, reason=reason)
    fields = ["state", "closed_at", "end", "closed_reason", "confirmed_by", "confirmed_at", "provider_id"]
    top_up.save(update_fields=fields)
    facts: dict[str, Any] = {"end": end, "reason": reason}
    record("top_up.closed", actor=actor, account=top_up.account, subject=top_up, at=at, **facts)
    return top_up


def credit_locked(*, top_up: TopUp, actor: Actor, provider_id: str, at: datetime) -> TopUp:
    """The locked top-up's money is the account's own cash; for the services of this app, inside their transaction.

    Locks the account's cash book, then the platform's. Higher services listen to `top_up.credited`.
    """
    late = top_up.is_late(at=at)
    top_up.credit(by=actor.user, at=at, provider_id=provider_id)
    cash = book_for(account=top_up.account, kind=BookKind.CASH)
    bank = platform_book(kind=BookKind.BANK, near=top_up.account_id)
    # Everybody takes the account's books first and the platform's after them, so nobody waits in a circle.
    Book.objects.select_for_update(no_key=True).get(pk=cash.pk)
    legs = {bank.pk: -top_up.amount, cash.pk: top_up.amount}
    facts: dict[str, Any] = {"top_up": top_up.pk, "reference": top_up.reference}
    top_up.transfer_id = post(posting=Posting(TransferKind.TOP_UP, f"top-up:{top_up.pk}", legs, facts))
    top_up.save(update_fields=["state", "credited_by", "credited_at", "provider_id", "transfer"])
    said: dict[str, Any] = {"amount": str(top_up.amount), "channel": top_up.channel, "reference": top_up.reference}
    if late:
        record("top_up.arrived_late", actor=actor, account=top_up.account, subject=top_up, at=at, **said)
    record("top_up.credited", actor=actor, account=top_up.account, subject=top_up, at=at, late=late, **said)
    return top_up
