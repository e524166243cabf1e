"""Money out: own cash, set aside at once, paid by staff to a bank account in the account's own name, or given back.

What a manager allotted and what is credit never leave this way, and own cash only as far as nothing is owed.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, person_of, require, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_name
from accounts.models import Account, OneTimeCode, Operator, User
from accounts.names import clean_name, clean_remark
from accounts.permissions import Right
from accounts.services.codes import require_clearance
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.sealing import seal, unseal
from config.transactions import atomic
from finance import policy
from finance.bank import clean_bank_account, clean_payment_number, mask_bank_account
from finance.models import Book, Withdrawal
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import FEN, ZERO
from finance.services.ledger import Funds, KeyReused, Posting, book_for, funds_of, platform_book, post
from finance.services.top_ups import OwnAccount, kept_key

PERMISSION = "finance.change_withdrawal"
SEALED_FOR = "withdrawal"


class NotVerified(DomainError):
    """Money leaves to a verified name only."""

    code = "not_verified"
    sentence = _("Only a verified account can withdraw: the money goes to a bank account in its own name.")
    hint = _("Apply for verification first.")


class AboveOwnCash(DomainError):
    """More than the own cash; `available` and `amount` in yuan."""

    code = "above_own_cash"
    sentence = _("You can withdraw at most %(available)s yuan of your own cash, but %(amount)s yuan were asked for.")
    hint = _("Cash from a manager and credit can be spent, but not withdrawn.")


class CreditFirst(DomainError):
    """What is owed comes first; `used`, `available` and `amount` in yuan."""

    code = "credit_in_use"
    sentence = _(
        "You owe %(used)s yuan: credit in use and unpaid bills. Until that is settled you can withdraw at most "
        "%(available)s yuan, but %(amount)s yuan were asked for."
    )


class ApprovalNeeded(NotAllowed):
    """From the limit on, one person approves and another pays."""

    code = "approval_needed"
    sentence = _("From %(limit)s yuan on, another member of staff has to approve a withdrawal before it is paid.")


class PaymentUsed(InputError):
    """The bank's number belongs to a withdrawal already."""

    code = "payment_used"
    sentence = _("This payment was recorded for another withdrawal already.")


def withdrawable_of(*, account: Account) -> Decimal:
    """What the account can withdraw now, in yuan: own cash beyond what it owes."""
    return _free(funds_of(account=account))


def _free(funds: Funds) -> Decimal:
    return max(ZERO, funds.cash - funds.owed)


@atomic
def request_withdrawal(
    *,
    actor: Actor,
    account: Account,
    amount: Decimal,
    bank_name: str,
    bank_account: str,
    key: str,
    now: datetime | None = None,
) -> Withdrawal:
    """The amount has left the account's own cash and waits for staff to pay it. Only a person asks, with a code.

    Locks the account's withdrawals by name, then its books. A repeat of the key answers the first one and spends no
    code. Raises InputError, NotVerified, AboveOwnCash, CreditFirst, KeyReused, CodeNeeded.
    """
    require(actor, Right.MOVE_FUNDS, account)
    person, kept = person_of(actor), kept_key(key=key)
    number = cleaned("bank_account", clean_bank_account, bank_account)
    lock_name(f"withdrawals:{account.pk}")
    if (done := Withdrawal.objects.filter(account=account, key=kept).first()) is not None:
        if (done.amount, unseal(done.bank_account_sealed, purpose=SEALED_FOR)) != (amount, number):
            raise KeyReused()
        return done
    bank = cleaned("bank_name", lambda text: clean_name(text, what=_("the name of the bank")), bank_name)
    _check_amount(amount)
    payee = account.enterprise.name if account.enterprise else account.holder_name
    if not payee:
        raise NotVerified()
    _check_funds(account, amount)
    binding = f"account:{account.pk}"
    require_clearance(actor=actor, purpose=OneTimeCode.Purpose.WITHDRAW, binding=binding, now=now)
    withdrawal = Withdrawal(
        account=account,
        amount=amount,
        key=kept,
        payee=payee,
        bank_name=bank,
        bank_account_masked=mask_bank_account(number),
        bank_account_sealed=seal(number, purpose=SEALED_FOR),
        created_by=person,
        created_at=now or timezone.now(),
    )
    return _set_aside(actor, withdrawal)


def _set_aside(actor: Actor, withdrawal: Withdrawal) -> Withdrawal:
    account, amount = withdrawal.account, withdrawal.amount
    cash = book_for(account=account, kind=BookKind.CASH)
    payout = platform_book(kind=BookKind.PAYOUT, near=account.pk)
    name, legs = f"withdrawal:{account.pk}:{withdrawal.key}", {cash.pk: -amount, payout.pk: amount}
    withdrawal.transfer_id = post(posting=Posting(TransferKind.WITHDRAWAL, name, legs))
    withdrawal.save(force_insert=True)
    said: dict[str, Any] = {
        "amount": str(amount),
        "bank": withdrawal.bank_name,
        "bank_account": withdrawal.bank_account_masked,
    }
    record("withdrawal.requested", actor=actor, account=account, subject=withdrawal, at=withdrawal.created_at, **said)
    return withdrawal


def _check_amount(amount: Decimal) -> None:
    if not amount.is_finite() or amount < policy.WITHDRAWAL_LEAST:
        raise InputError("amount", _("At least %(least)s yuan can be withdrawn."), least=policy.WITHDRAWAL_LEAST)
    if amount > policy.TOP_UP_MOST:
        raise InputError("amount", _("At most %(most)s yuan can be withdrawn at once."), most=policy.TOP_UP_MOST)
    if amount != amount.quantize(FEN):
        raise InputError("amount", _("An amount has at most two decimal places."))


def _check_funds(account: Account, amount: Decimal) -> None:
    """Under the lock of all the account's books, so that no charge passes between looking and taking."""
    _lock_books(account)
    funds = funds_of(account=account)
    if amount > funds.cash:
        raise AboveOwnCash(available=funds.cash, amount=amount)
    if amount > (available := _free(funds)):
        raise CreditFirst(used=funds.owed, available=available, amount=amount)


def _lock_books(account: Account) -> None:
    """Everybody takes the account's books first and the platform's after them, so nobody waits in a circle."""
    list(Book.objects.of(account).order_by("pk").select_for_update(no_key=True))


@atomic
def approve_withdrawal(*, actor: Actor, withdrawal_id: int, now: datetime | None = None) -> Withdrawal:
    """The first of two people agrees; a repeat by the same person answers the same. Locks the row."""
    staff = require_staff(actor, PERMISSION)
    withdrawal = _locked(withdrawal_id, staff)
    if withdrawal.state == Withdrawal.State.APPROVED and withdrawal.approved_by_id == staff.pk:
        return withdrawal
    at = now or timezone.now()
    withdrawal.approve(by=staff, at=at)
    withdrawal.save(update_fields=["state", "approved_by", "approved_at"])
    record("withdrawal.approved", actor=actor, account=withdrawal.account, subject=withdrawal, at=at)
    return withdrawal


@atomic
def pay_withdrawal(*, actor: Actor, withdrawal_id: int, bank_reference: str, now: datetime | None = None) -> Withdrawal:
    """The bank took the money, under its own number; that number is the idempotency key, so a repeat answers the same.

    Locks the number by name, then the row. Raises ApprovalNeeded, PaymentUsed.
    """
    staff = require_staff(actor, PERMISSION)
    number = cleaned("bank_reference", clean_payment_number, bank_reference)
    lock_name(f"payout:{number}")
    withdrawal = _locked(withdrawal_id, staff)
    if withdrawal.state == Withdrawal.State.PAID and withdrawal.provider_id == number:
        return withdrawal
    approved = withdrawal.approved_by_id is not None
    if (withdrawal.needs_two and not approved) or (approved and withdrawal.approved_by_id == staff.pk):
        raise ApprovalNeeded(limit=policy.WITHDRAWAL_FOUR_EYES_FROM)
    if Withdrawal.objects.filter(provider_id=number).exclude(pk=withdrawal.pk).exists():
        raise PaymentUsed("bank_reference")
    at = now or timezone.now()
    withdrawal.pay(by=staff, at=at, provider_id=number)
    bank = platform_book(kind=BookKind.BANK, near=withdrawal.account_id)
    withdrawal.ended_transfer_id = _end(withdrawal, TransferKind.PAID_OUT, bank)
    withdrawal.save(update_fields=["state", "ended_by", "ended_at", "provider_id", "ended_transfer"])
    said: dict[str, Any] = {"amount": str(withdrawal.amount), "payment": number}
    record("withdrawal.paid", actor=actor, account=withdrawal.account, subject=withdrawal, at=at, **said)
    return withdrawal


@atomic
def give_back_withdrawal(*, actor: Actor, withdrawal_id: int, reason: str, now: datetime | None = None) -> Withdrawal:
    """The amount is own cash again and the account reads why. Locks the row, then the account's books."""
    staff = require_staff(actor, PERMISSION)
    why = cleaned("reason", clean_remark, reason)
    if not why:
        raise InputError("reason", _("Write the reason: the account reads it."))
    withdrawal = _locked(withdrawal_id, staff)
    if withdrawal.state == Withdrawal.State.RETURNED and withdrawal.ended_by_id == staff.pk:
        return withdrawal
    at = now or timezone.now()
    withdrawal.give_back(by=staff, at=at, reason=why)
    cash = book_for(account=withdrawal.account, kind=BookKind.CASH)
    _lock_books(withdrawal.account)
    withdrawal.ended_transfer_id = _end(withdrawal, TransferKind.WITHDRAWAL_RETURNED, cash)
    withdrawal.save(update_fields=["state", "ended_by", "ended_at", "reason", "ended_transfer"])
    said: dict[str, Any] = {"amount": str(withdrawal.amount), "reason": why}
    record("withdrawal.returned", actor=actor, account=withdrawal.account, subject=withdrawal, at=at, **said)
    return withdrawal


def _end(withdrawal: Withdrawal, kind: str, target: Book) -> int:
    """What was set aside goes to the target; one key for both ends, so that the ledger, too, lets only one happen."""
    payout = platform_book(kind=BookKind.PAYOUT, near=withdrawal.account_id)
    legs = {payout.pk: -withdrawal.amount, target.pk: withdrawal.amount}
    return post(posting=Posting(kind, f"withdrawal-end:{withdrawal.pk}", legs, {"withdrawal": withdrawal.pk}))


@atomic
def show_bank_account(*, actor: Actor, withdrawal_id: int) -> str:
    """The whole number, for whoever pays it; that it was shown stands in the log."""
    staff = require_staff(actor, PERMISSION)
    withdrawal = _locked(withdrawal_id, staff)
    number = unseal(withdrawal.bank_account_sealed, purpose=SEALED_FOR)
    if number is None:
        raise DomainError(_("The number can no longer be opened: the key that sealed it is gone."))
    record("withdrawal.account_shown", actor=actor, account=withdrawal.account, subject=withdrawal)
    return number


def _locked(withdrawal_id: int, staff: User) -> Withdrawal:
    rows = Withdrawal.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    if (withdrawal := rows.filter(pk=withdrawal_id).first()) is None:
        raise NotFound()
    if Operator.objects.filter(account=withdrawal.account, user=staff).exists():
        raise OwnAccount()
    return withdrawal
