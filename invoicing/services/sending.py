"""Sending: an order goes to the tax platform once, is asked about until its outcome is known, and becomes an invoice.

    order_issue → send ─┬→ accepted ─┐
                        ├→ unclear ──┴→ ask … → the invoice is written, once
                        ├→ busy: sent a little later
                        └→ refused: failed, until somebody mends the cause

That an order is being sent is committed before the platform is called. Whatever dies or times out after that leaves
an order that is asked about by its serial, never sent again unless the platform says, long after, that it does not
know it; and then under the same serial, which is one invoice there. `follow_orders` finds each order that waits for
anything, so none depends on the life of a job.
"""

import logging
import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from invoicing import policy
from invoicing.faces import Face
from invoicing.models import Invoice, InvoiceRequest, IssueOrder, Service
from invoicing.services.consuming import give_back
from invoicing.services.issuing import locked_order, owner_of
from invoicing.services.red_answers import void_refused
from invoicing.services.writing import write_invoice
from invoicing.tax import Busy, Fault, NotTaken, Outcome, TaxError, tax_platform

State = IssueOrder.State
log = logging.getLogger(__name__)


def advance(*, order_id: int, now: datetime | None = None) -> IssueOrder:
    """The order has come as far as the platform lets it come now: sent if it was waiting, asked about if it was sent.

    Call it outside of transactions. Each step commits on its own.
    """
    return _advance(order_id, now or timezone.now())[0]


def follow_orders(*, now: datetime | None = None) -> int:
    """Orders whose time has come were sent or asked about; answers how many ended.

    Each commits on its own. A platform that gives no answer several times is left alone until the next run.
    """
    at, until = now or timezone.now(), time.monotonic() + policy.ISSUING_RUN_SECONDS
    ended = silent = 0
    for pk in list(IssueOrder.objects.to_follow(at=at).values_list("pk", flat=True)[: policy.ASKED_PER_RUN]):
        if time.monotonic() > until or silent >= policy.SILENCES_PER_RUN:
            break
        order, answered = _advance(pk, at)
        ended += order.ended_at is not None
        silent += not answered
    return ended


def _advance(pk: int, at: datetime) -> tuple[IssueOrder, bool]:
    """The order after this step, and whether the platform gave an answer."""
    order, is_ours = _claim(pk, at)
    answered = True
    if is_ours:
        order, answered = _send(order, at)
    if answered and order.state in {State.ACCEPTED, State.UNCLEAR}:
        order, answered = _ask(order, at)
    return order, answered


@transaction.atomic(durable=True)
def _claim(pk: int, at: datetime) -> tuple[IssueOrder, bool]:
    """The order, and whether it is this caller who sends it. Who finds it half sent by the dead leaves it unclear."""
    order = locked_order(order_id=pk)
    if order.state == State.WAITING:
        order.send(at=at)
        order.save(update_fields=["state", "sent_at", "asked", "ask_after"])
        return order, True
    if order.state == State.SENDING and order.ask_after is not None and order.ask_after <= at:
        order.doubt()
        order.save(update_fields=["state"])
    return order, False


def _send(order: IssueOrder, at: datetime) -> tuple[IssueOrder, bool]:
    try:
        tax_platform().issue(serial=order.serial, face=Face.read(order.face))
    except NotTaken as error:
        return _end(order.pk, Outcome(fault=error.fault, message=error.message), at), True
    except Busy:
        return _move(order.pk, "send_again", at + policy.BUSY_PAUSE), False
    except TaxError as error:
        log.warning("tax platform: %s", error, extra={"order": order.pk})
        return _move(order.pk, "doubt", at + policy.ASK_PAUSES[0]), False
    return _move(order.pk, "accept", at + policy.ASK_PAUSES[0]), True


def _ask(order: IssueOrder, at: datetime) -> tuple[IssueOrder, bool]:
    try:
        outcome = tax_platform().query(serial=order.serial, seller_tax_number=order.seller_tax_number)
    except TaxError as error:
        log.warning("tax platform: %s", error, extra={"order": order.pk})
        return _ask_later(order.pk, at), False
    if outcome is not None and (outcome.number or outcome.fault):
        return _end(order.pk, outcome, at), True
    lost = order.sent_at is None or at - order.sent_at >= policy.LOST_AFTER
    if outcome is None and order.state == State.UNCLEAR and lost:  # it certainly never arrived
        return _move(order.pk, "send_again", at), True
    return _ask_later(order.pk, at), True


@transaction.atomic(durable=True)
def _move(pk: int, move: str, ask_after: datetime) -> IssueOrder:
    """One transition after a call; whoever was faster stays right."""
    order = locked_order(order_id=pk)
    if order.state == State.SENDING or (order.state == State.UNCLEAR and move == "send_again"):
        getattr(order, move)()
        order.ask_after = ask_after
        order.save(update_fields=["state", "ask_after"])
    return order


@transaction.atomic(durable=True)
def _ask_later(pk: int, at: datetime) -> IssueOrder:
    """The longer it takes, the longer until the next question."""
    order = locked_order(order_id=pk)
    order.ask_after = at + policy.ASK_PAUSES[min(order.asked, len(policy.ASK_PAUSES) - 1)]
    order.asked = min(order.asked + 1, policy.ASKED_MAX)
    order.save(update_fields=["ask_after", "asked"])
    return order


@transaction.atomic(durable=True)
def _end(pk: int, outcome: Outcome, at: datetime) -> IssueOrder:
    """The outcome is written, once: an invoice with its lines, or a failure. Locks the order, then what asked for it.

    A number that cannot be this order's is none: staff find out what stands at the platform.
    """
    order = locked_order(order_id=pk)
    if order.state not in IssueOrder.UNDER_WAY:
        return order
    if outcome.fault is None and (wrong := _why_not_ours(order, outcome)):
        log.error("tax platform: %s", wrong, extra={"order": order.pk})
        outcome = Outcome(fault=Fault.DUPLICATE, message=wrong)
    if outcome.fault is not None:
        _fail(order, outcome, at)
    else:
        _issue(order, outcome, at)
    return order


def _why_not_ours(order: IssueOrder, outcome: Outcome) -> str:
    """Why this number is not of what was ordered; empty where it is."""
    if outcome.total is not None and outcome.total != Face.read(order.face).total:
        return f"another amount was issued under this serial: {outcome.number}, {outcome.total}"
    if Invoice.objects.filter(number=outcome.number).exists():
        return f"the number stands on another invoice: {outcome.number}"
    return ""


def _fail(order: IssueOrder, outcome: Outcome, at: datetime) -> None:
    order.fail(at=at, fault=str(outcome.fault), message=outcome.message)
    order.save(update_fields=["state", "ended_at", "fault", "message"])
    if order.client is not None:
        give_back(tax_number=order.seller_tax_number, service=Service.ISSUING, serial=order.serial, now=at)
        if order.red_letter_id is not None:
            void_refused(letter_id=order.red_letter_id, reason=order.message, now=at)
    facts: dict[str, Any] = {"serial": order.serial, "fault": order.fault, "message": order.message}
    record("invoice.failed", actor=SYSTEM, account=owner_of(order=order), subject=order, at=at, **facts)


def _issue(order: IssueOrder, outcome: Outcome, at: datetime) -> None:
    order.issue(at=at)
    order.save(update_fields=["state", "ended_at", "fault", "message"])
    invoice = write_invoice(order=order, number=outcome.number, issued_at=outcome.issued_at or at)
    if order.request_id is not None:
        _note_issued(order.request_id, at)
    facts: dict[str, Any] = {"number": invoice.number, "total": str(invoice.total), "buyer": invoice.buyer_name}
    if order.red_letter is not None:
        kind, facts["blue"] = "invoice.reversed", order.red_letter.invoice.number
    else:
        kind = "invoice.issued"
    record(kind, actor=SYSTEM, account=owner_of(order=order), subject=invoice, at=at, **facts)


def _note_issued(request_id: int, at: datetime) -> None:
    """An invoice that exists is written, whatever became of its request in between."""
    request = InvoiceRequest.objects.select_for_update(no_key=True).get(pk=request_id)
    if request.state != InvoiceRequest.State.ISSUING:
        log.error("an invoice was issued for a request that had ended", extra={"request": request.pk})
        return
    request.issue(at=at)
    request.save(update_fields=["state", "ended_at"])
