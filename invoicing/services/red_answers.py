"""What becomes of red letters: confirmed, refused, lapsed, withdrawn, void. See `services.red_letters`.

A letter that is over holds nothing any more: its parts of the invoice are free, and refunds that it was for are netted
with the next request for an invoice.
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, Door, require_staff, rights_of
from accounts.cleaning import cleaned
from accounts.models import Account
from accounts.names import clean_remark
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.states import MoveRefused
from config.transactions import atomic
from invoicing.models import Invoiceable, IssueOrder, RedLetter
from invoicing.services.red_letters import PERMISSION, note_letter, order_red_invoice, side_of
from invoicing.sides import buyer_account

Side, State = RedLetter.Side, RedLetter.State
ASKED = {State.WAITS_FOR_BUYER: Side.BUYER, State.WAITS_FOR_SELLER: Side.SELLER}


class Lapsed(DomainError):
    """Nobody answered in time."""

    code = "red_letter_lapsed"
    sentence = _("This red letter was not answered within 72 hours and is void.")
    hint = _("Begin a new one if the invoice is still to be taken back.")


class BeingIssued(DomainError):
    """The platform has its red invoice, or is working on it."""

    code = "red_letter_being_issued"
    sentence = _("The red invoice of this letter is issued or on its way, so the letter stands.")


@atomic
def answer_red_letter(*, actor: Actor, letter_id: int, agrees: bool, now: datetime | None = None) -> RedLetter:
    """The side that was asked has confirmed the letter, and its red invoice is ordered; or it has refused it.

    Where the buyer has no account here, staff write down its answer. Locks the letter. Raises NotFound, NotAllowed,
    Lapsed, MoveRefused.
    """
    at = now or timezone.now()
    letter = locked_letter(letter_id=letter_id)
    _require_asked(actor, letter)
    if letter.state_at(at=at) == State.LAPSED:
        raise Lapsed()
    if agrees:
        letter.confirm(at=at)
    elif letter.state == State.WAITS_FOR_SELLER:
        letter.refuse_as_seller(at=at)
    else:
        letter.refuse_as_buyer(at=at)
    _keep(letter)
    if agrees:
        order_red_invoice(letter=letter, now=at)
    note_letter(what="confirmed" if agrees else "refused", actor=actor, letter=letter, at=at)
    return letter


@atomic
def withdraw_red_letter(*, actor: Actor, letter_id: int, now: datetime | None = None) -> RedLetter:
    """Whoever began it has taken it back; possible until its red invoice is on its way.

    Locks the issue order, then the letter. Raises NotFound, NotAllowed, BeingIssued, Lapsed, MoveRefused.
    """
    at = now or timezone.now()
    letter = _unissued(letter_id)
    if side_of(actor=actor, invoice=letter.invoice) != letter.side:
        raise NotAllowed(_("The other side of this invoice began this red letter."))
    if letter.state_at(at=at) == State.LAPSED:
        raise Lapsed()
    if letter.state == State.CONFIRMED:
        letter.withdraw_confirmed(at=at)
    else:
        letter.withdraw(at=at)
    _keep(letter)
    note_letter(what="withdrawn", actor=actor, letter=letter, at=at)
    return letter


@atomic
def void_red_letter(*, actor: Actor, letter_id: int, reason: str, now: datetime | None = None) -> RedLetter:
    """Staff have ended a letter that the tax platform does not issue, with a reason that the account reads.

    Locks the issue order, then the letter. Raises StaffOnly, InputError without a reason, BeingIssued, MoveRefused.
    """
    require_staff(actor, PERMISSION)
    why = cleaned("reason", clean_remark, reason)
    if not why:
        raise InputError("reason", _("Write a reason: the account reads it."))
    return _void(actor, _unissued(letter_id), why, now or timezone.now())


@atomic
def void_refused(*, letter_id: int, reason: str, now: datetime) -> RedLetter:
    """The platform refused what a business system asked for: the letter is over, and its parts are free again.

    For the caller that holds the failed issue order. Locks the letter.
    """
    return _void(SYSTEM, locked_letter(letter_id=letter_id), reason, now)


def lapse_red_letters(*, now: datetime | None = None) -> int:
    """Letters that nobody answered in time are closed; answers how many. Each commits on its own."""
    at = now or timezone.now()
    return sum(_lapse(pk, at) for pk in RedLetter.objects.lapsed(at=at).order_by("pk").values_list("pk", flat=True))


def locked_letter(*, letter_id: int) -> RedLetter:
    """The letter with its invoice, locked until the transaction ends. Raises NotFound."""
    rows = RedLetter.objects.select_for_update(of=("self",), no_key=True)
    letter = rows.select_related("invoice__account", "invoice__tenant__account", "client").filter(pk=letter_id).first()
    if letter is None:
        raise NotFound()
    return letter


@atomic
def _lapse(pk: int, at: datetime) -> bool:
    letter = locked_letter(letter_id=pk)
    if letter.state_at(at=at) != State.LAPSED or letter.state == State.LAPSED:
        return False
    letter.lapse(at=at)
    _keep(letter)
    note_letter(what="lapsed", actor=SYSTEM, letter=letter, at=at)
    return True


def _require_asked(actor: Actor, letter: RedLetter) -> None:
    """The side that was asked; for a buyer without account, staff."""
    asked, invoice = ASKED.get(State(letter.state)), letter.invoice
    side = side_of(actor=actor, invoice=invoice)
    if asked is None:
        raise MoveRefused(instance=letter, move="confirm", state=State(letter.state).label)
    buyer = buyer_account(invoice)
    if asked == Side.BUYER and buyer is None:
        require_staff(actor, PERMISSION)
    elif side != asked and not _may_as_buyer(actor, asked, buyer):
        raise NotAllowed(_("The other side of this invoice has to answer this red letter."))


def _may_as_buyer(actor: Actor, asked: str, buyer: Account | None) -> bool:
    """Whoever may act on both sides answers for the one that is asked."""
    if asked != Side.BUYER or buyer is None or actor.door == Door.STAFF:
        return False
    return Right.MANAGE_INVOICES in rights_of(actor, buyer)


def _unissued(letter_id: int) -> RedLetter:
    """The letter, locked after the order of its red invoice, which has failed or was never made."""
    order = IssueOrder.objects.select_for_update(no_key=True).filter(red_letter=letter_id).first()
    letter = locked_letter(letter_id=letter_id)
    if order is not None and order.state != IssueOrder.State.FAILED:
        raise BeingIssued()
    return letter


def _void(actor: Actor, letter: RedLetter, reason: str, at: datetime) -> RedLetter:
    letter.void(at=at)
    _keep(letter)
    note_letter(what="voided", actor=actor, letter=letter, at=at, reason=reason)
    return letter


def _keep(letter: RedLetter) -> None:
    """The move is kept; a letter that is over lets go of the refunds that it was for."""
    letter.save(update_fields=["state", "answered_at"])
    if letter.state not in {*RedLetter.READY, *RedLetter.WAITS}:
        Invoiceable.objects.filter(red_letter=letter).update(red_letter=None)
