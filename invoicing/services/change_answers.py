"""What becomes of change requests: the other side agrees or declines, the fee is paid or waived, staff approve or
reject (I7.3, I7.4).
"""

from datetime import datetime
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, person_of, require, require_staff
from accounts.cleaning import cleaned
from accounts.locks import lock_name
from accounts.models import Event, Operator
from accounts.names import clean_remark
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.transactions import atomic
from finance.models import Order
from invoicing import policy
from invoicing.models import ChangeRequest, Taxpayer, Tenant
from invoicing.services.change_checks import check_change
from invoicing.services.change_fees import cancel_fee, use_up_fee
from invoicing.services.changes import end_unmade, locked_change, note_change, settle_fee
from invoicing.services.moving import carry_out, concerned

PERMISSION: Final = "invoicing.change_changerequest"
JOB: Final = "invoicing.follow_fee"
FOLLOWED: Final = ("order.paid", "order.cancelled", "order.refunded")
State = ChangeRequest.State


class OwnChange(NotAllowed):
    """Nobody decides about an account in which they work."""

    code = "own_change"
    sentence = _("You work in one of these accounts. Another member of staff must decide about it.")


class ChangeLapsed(DomainError):
    """The other account did not answer in time."""

    code = "change_lapsed"
    sentence = _("This request was not answered within %(days)s days and is over.")
    hint = _("It can be asked for again.")


@atomic
def agree_to_change(*, actor: Actor, change_id: int, now: datetime | None = None) -> ChangeRequest:
    """The other side lets it happen, and staff review it next (I7.4). Locks the accounts, the request."""
    at = now or timezone.now()
    change = _asked_of(actor, change_id, at)
    change.agree(at=at, by=person_of(actor))
    change.save(update_fields=["state", "agreed_at", "agreed_by"])
    note_change(what="agreed", actor=actor, change=change, at=at)
    return change


@atomic
def decline_change(*, actor: Actor, change_id: int, answer: str, now: datetime | None = None) -> ChangeRequest:
    """The other side says no and why; nothing moves (I7.4). Locks the accounts, the request."""
    at, why = now or timezone.now(), cleaned("answer", clean_remark, answer)
    if not why:
        raise InputError("answer", _("Write why: who asked reads it."))
    change = _asked_of(actor, change_id, at)
    change.decline(at=at, by=person_of(actor), answer=why)
    change.save(update_fields=["state", "ended_at", "answered_by", "answer"])
    note_change(what="declined", actor=actor, change=change, at=at, answer=why)
    return change


def _asked_of(actor: Actor, change_id: int, at: datetime) -> ChangeRequest:
    """The request, locked, if the actor speaks for the side that did not ask."""
    change = locked_change(change_id=change_id)
    if (other := change.other_account) is None:
        raise NotFound()
    require(actor, Right.MANAGE_INVOICES, other)
    if change.has_lapsed(at=at):
        raise ChangeLapsed(days=policy.CHANGE_ANSWER_LIFE.days)
    return change


def lapse_changes(*, now: datetime | None = None) -> int:
    """Requests that the other account did not answer in time are over; answers how many. Each commits on its own."""
    at = now or timezone.now()
    return sum(_lapse(pk, at) for pk in ChangeRequest.objects.lapsed(at=at).values_list("pk", flat=True))


@atomic
def _lapse(change_id: int, at: datetime) -> bool:
    change = locked_change(change_id=change_id)
    if not change.has_lapsed(at=at):
        return False
    end_unmade(change=change, at=at)
    note_change(what="lapsed", actor=SYSTEM, change=change, at=at)
    return True


@atomic
def follow_fee(*, event_id: int, now: datetime | None = None) -> ChangeRequest | None:
    """The request of this order goes on once it is paid, and ends where it was cancelled or given back.

    For the job on finance's events; a repeat changes nothing. Locks the accounts, the request.
    """
    at, event = now or timezone.now(), Event.objects.get(pk=event_id)
    order_id: int = event.facts.get("refunds") or event.subject_id or 0
    change_id = ChangeRequest.objects.filter(fee_order=order_id).values_list("pk", flat=True).first()
    if change_id is None:
        return None
    change = locked_change(change_id=change_id)
    assert change.fee_order is not None  # noqa: S101
    state = Order.State(change.fee_order.state)
    if state == Order.State.PAID and change.state == State.TO_PAY:
        change.pay()
        change.save(update_fields=["state"])
        note_change(what="paid", actor=SYSTEM, change=change, at=at)
    elif (state, change.state) in _FALLEN:
        change.withdraw(at=at)
        change.save(update_fields=["state", "ended_at"])
        note_change(what="fell", actor=SYSTEM, change=change, at=at)
    return change


_FALLEN: Final = (
    (Order.State.CANCELLED, State.TO_PAY),
    (Order.State.REFUNDED, State.TO_PAY),
    (Order.State.REFUNDED, State.IN_REVIEW),
)


@atomic
def waive_fee(*, actor: Actor, change_id: int, reason: str, now: datetime | None = None) -> ChangeRequest:
    """Staff let the request pass without its fee and say why; the order is cancelled.

    Locks the accounts, the request, the order.
    """
    require_staff(actor, PERMISSION)
    at, why = now or timezone.now(), _answer("reason", reason)
    change = locked_change(change_id=change_id)
    _refuse_own(actor, change)
    change.waive()
    change.save(update_fields=["state"])
    if change.fee_order is not None:
        cancel_fee(order=change.fee_order, at=at)
    note_change(what="waived", actor=actor, change=change, at=at, reason=why)
    return change


@atomic
def approve_change(*, actor: Actor, change_id: int, answer: str = "", now: datetime | None = None) -> ChangeRequest:
    """Everything has moved and `result` says what (I7.2–I7.4). Whole or not at all; a second approval is refused.

    Locks the new number, the accounts, the request, the tenants, the enterprises, then what moves. Raises MoveRefused,
    Outdated, NumberTaken, UnderWay, RedUnderWay.
    """
    staff = require_staff(actor, PERMISSION)
    at, note = now or timezone.now(), cleaned("answer", clean_remark, answer)
    number = ChangeRequest.objects.filter(pk=change_id).values_list("new_tax_number", flat=True).first()
    if number:
        lock_name(f"taxpayer:{number}")
    change = locked_change(change_id=change_id)
    _refuse_own(actor, change)
    taxpayers = _lock_subjects(change)
    change.approve(at=at, by=staff, answer=note, result={})
    check_change(change=change, taxpayers=taxpayers)
    change.result = carry_out(change=change, taxpayers=taxpayers, by=staff, at=at)
    change.save(update_fields=["state", "ended_at", "answered_by", "answer", "result"])
    if change.fee_order is not None and change.fee_order.state == Order.State.PAID:
        use_up_fee(order=change.fee_order, at=at)
    purpose = "" if "entitlements" in change.result else "rename"
    note_change(what="done", actor=actor, change=change, at=at, answer=note, purpose=purpose, **change.result)
    return change


@atomic
def reject_change(*, actor: Actor, change_id: int, answer: str, now: datetime | None = None) -> ChangeRequest:
    """Staff say no and why; nothing moves and a fee goes back whole. Locks the accounts, the request, the order."""
    staff = require_staff(actor, PERMISSION)
    at, why = now or timezone.now(), _answer("answer", answer)
    change = locked_change(change_id=change_id)
    _refuse_own(actor, change)
    change.reject(at=at, by=staff, answer=why)
    change.save(update_fields=["state", "ended_at", "answered_by", "answer"])
    settle_fee(change=change, at=at)
    note_change(what="rejected", actor=actor, change=change, at=at, answer=why)
    return change


def _lock_subjects(change: ChangeRequest) -> list[Taxpayer]:
    """The tenants and the enterprises, freshly read; a business system that uses an entitlement now is waited for."""
    ids = [pk for pk in (change.tenant_id, change.to_tenant_id) if pk is not None]
    rows = Tenant.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    tenants = {tenant.pk: tenant for tenant in rows.filter(pk__in=ids).order_by("pk")}
    change.tenant = tenants[change.tenant_id]
    if change.to_tenant_id is not None:
        change.to_tenant = tenants[change.to_tenant_id]
    wanted = [one.pk for one in concerned(change=change)]
    taxpayers = Taxpayer.objects.select_for_update(no_key=True).filter(pk__in=wanted).order_by("pk")
    return list(taxpayers)


def _refuse_own(actor: Actor, change: ChangeRequest) -> None:
    sides = {side.pk for side in (change.account, change.other_account) if side is not None}
    if Operator.objects.filter(account__in=sides, user=actor.user).exists():
        raise OwnChange()


def _answer(field: str, text: str) -> str:
    answer = cleaned(field, clean_remark, text)
    if not answer:
        raise InputError(field, _("Write why: the account reads it."))
    return answer
