"""Issuing: an order goes to the tax platform once, is asked about until its outcome is known, and becomes an invoice.

    order_issue → send ─┬→ accepted ─┐
                        ├→ unclear ──┴→ ask … → the invoice is written, once
                        └→ refused: failed, until somebody mends the cause

That an order is being sent is committed before the platform is called. Whatever dies or times out after that leaves
an order that is asked about by its serial, never sent again unless the platform says that it does not know it.
"""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from accounts.models import Account
from config.errors import DomainError
from config.jobs import enqueue
from config.transactions import atomic
from invoicing import policy
from invoicing.faces import Face
from invoicing.models import Credential, Invoice, InvoiceLine, InvoiceRequest, IssueOrder, RedLetter, Service
from invoicing.services.consuming import give_back
from invoicing.tax import Busy, Fault, NotTaken, Outcome, TaxError, tax_platform

JOB = "invoicing.issue"
State = IssueOrder.State
log = logging.getLogger(__name__)


class SerialUsed(DomainError):
    """One serial of a seller is one invoice."""

    code = "serial_used"
    sentence = _("The serial %(serial)s was used for another invoice of this seller.")
    hint = _("Ask about that one by its serial, or send this one under a new serial.")


@atomic
def order_issue(
    *,
    face: Face,
    serial: str,
    email: str = "",
    request: InvoiceRequest | None = None,
    red_letter: RedLetter | None = None,
    client: Credential | None = None,
    now: datetime | None = None,
) -> IssueOrder:
    """The invoice is ordered and will be sent. The same serial and content again is the same order; one that failed is
    ordered anew, with the new content.

    Locks the order of that serial. Raises SerialUsed. The face has been checked by whoever calls.
    """
    values: dict[str, Any] = {"face": face.json(), "email": email, "client": client}
    order, created = IssueOrder.objects.select_for_update(no_key=True).get_or_create(
        seller_tax_number=face.seller.tax_number,
        serial=serial,
        defaults={**values, "request": request, "red_letter": red_letter, "created_at": now or timezone.now()},
    )
    if not created:
        if order.state != State.FAILED:
            if order.face != values["face"] or order.client != client:
                raise SerialUsed(serial=serial)
            return order
        order.face, order.email = values["face"], email
        order.try_again()
        order.save(update_fields=["state", "face", "email", "ended_at"])
    enqueue(JOB, order=order.pk)
    return order


@atomic
def try_again(*, actor: Actor, order_id: int, now: datetime | None = None) -> IssueOrder:
    """An order that the platform refused is sent again, under its serial; for staff, once the cause is mended.

    Locks the order. Raises MoveRefused where it has not failed.
    """
    order = IssueOrder.objects.select_for_update(no_key=True).get(pk=order_id)
    order.try_again()
    order.save(update_fields=["state", "ended_at"])
    enqueue(JOB, order=order.pk)
    record(
        "invoice.tried_again", actor=actor, account=owner_of(order=order), subject=order, at=now, serial=order.serial
    )
    return order


def owner_of(*, order: IssueOrder) -> Account | None:
    """The account that the invoice is for: of the request, of the tenant whose system asked, or of the blue invoice."""
    if order.request is not None:
        return order.request.account
    if order.client is not None:
        return order.client.tenant.account
    if order.red_letter is not None:
        blue = order.red_letter.invoice
        return blue.account or (blue.tenant.account if blue.tenant else None)
    return None


def advance(*, order_id: int, now: datetime | None = None) -> IssueOrder:
    """The order has come as far as the platform lets it come now: sent if it was waiting, asked about if it was sent.

    Call it outside of transactions. Each step commits on its own. Raises Busy where the platform takes nothing now.
    """
    at = now or timezone.now()
    order, is_ours = _claim(order_id, at)
    if is_ours:
        order = _send(order, at)
    if order.state in {State.ACCEPTED, State.UNCLEAR}:
        order = _ask(order, at)
    return order


def ask_platform(*, now: datetime | None = None) -> int:
    """The platform was asked about orders whose time to be asked about has come; answers how many ended.

    Each commits on its own; a platform that does not answer is left alone until the next run.
    """
    at, ended = now or timezone.now(), 0
    for pk in list(IssueOrder.objects.to_ask(at=at).values_list("pk", flat=True)[: policy.ASKED_PER_RUN]):
        order = _claim(pk, at)[0]
        if order.state in {State.ACCEPTED, State.UNCLEAR}:
            order = _ask(order, at)
            ended += order.ended_at is not None
    return ended


@transaction.atomic(durable=True)
def _claim(pk: int, at: datetime) -> tuple[IssueOrder, bool]:
    """The order, and whether it is this caller who sends it. Who finds it half sent by the dead leaves it unclear."""
    order = _locked(pk)
    if order.state == State.WAITING:
        order.send(at=at)
        order.save(update_fields=["state", "sent_at", "asked", "ask_after"])
        return order, True
    if order.state == State.SENDING and order.ask_after is not None and order.ask_after <= at:
        order.doubt()
        order.save(update_fields=["state"])
    return order, False


def _send(order: IssueOrder, at: datetime) -> IssueOrder:
    try:
        tax_platform().issue(serial=order.serial, face=Face.read(order.face))
    except NotTaken as error:
        if error.fault is Fault.DUPLICATE:  # it stands there: what became of it, the platform will say
            return _move(order.pk, "doubt", at)
        return _end(order.pk, Outcome(fault=error.fault, message=error.message), at)
    except Busy:
        _move(order.pk, "send_again", at)
        raise
    except TaxError as error:
        log.warning("tax platform: %s", error, extra={"order": order.pk})
        return _move(order.pk, "doubt", at)
    return _move(order.pk, "accept", at)


def _ask(order: IssueOrder, at: datetime) -> IssueOrder:
    try:
        outcome = tax_platform().query(serial=order.serial, seller_tax_number=order.seller_tax_number)
    except TaxError as error:
        log.warning("tax platform: %s", error, extra={"order": order.pk})
        return _ask_later(order.pk, at)
    if outcome is None and order.state == State.UNCLEAR:  # it certainly never arrived
        return _send_anew(order.pk, at)
    if outcome is None or not (outcome.number or outcome.fault):
        return _ask_later(order.pk, at)
    return _end(order.pk, outcome, at)


@transaction.atomic(durable=True)
def _move(pk: int, move: str, at: datetime) -> IssueOrder:
    """One transition after a call; whoever was faster stays right."""
    order = _locked(pk)
    if order.state == State.SENDING:
        getattr(order, move)()
        order.ask_after = at + policy.ASK_PAUSES[0]
        order.save(update_fields=["state", "ask_after"])
    return order


@transaction.atomic(durable=True)
def _ask_later(pk: int, at: datetime) -> IssueOrder:
    order = _locked(pk)
    order.ask_after = at + policy.ASK_PAUSES[min(order.asked, len(policy.ASK_PAUSES) - 1)]
    order.asked = min(order.asked + 1, 32767)
    order.save(update_fields=["ask_after", "asked"])
    return order


@transaction.atomic(durable=True)
def _send_anew(pk: int, at: datetime) -> IssueOrder:
    order = _locked(pk)
    if order.state == State.UNCLEAR:
        order.send_again()
        order.save(update_fields=["state"])
        enqueue(JOB, run_after=at + policy.BUSY_PAUSE, order=order.pk)
    return order


@transaction.atomic(durable=True)
def _end(pk: int, outcome: Outcome, at: datetime) -> IssueOrder:
    """The outcome is written, once: an invoice with its lines, or a failure. Locks the order, then the request."""
    order = _locked(pk)
    if order.state not in IssueOrder.UNDER_WAY:
        return order
    if outcome.fault is not None:
        _fail(order, outcome, at)
    else:
        _issue(order, outcome, at)
    return order


def _locked(pk: int) -> IssueOrder:
    joined = (
        "request__account",
        "client__tenant__account",
        "red_letter__invoice__account",
        "red_letter__invoice__tenant",
    )
    return IssueOrder.objects.select_for_update(of=("self",), no_key=True).select_related(*joined).get(pk=pk)


def _fail(order: IssueOrder, outcome: Outcome, at: datetime) -> None:
    order.fail(at=at, fault=str(outcome.fault), message=outcome.message)
    order.save(update_fields=["state", "ended_at", "fault", "message"])
    if order.client is not None:
        give_back(tax_number=order.seller_tax_number, service=Service.ISSUING, serial=order.serial, now=at)
    facts: dict[str, Any] = {"serial": order.serial, "fault": order.fault, "message": order.message}
    record("invoice.failed", actor=SYSTEM, account=owner_of(order=order), subject=order, at=at, **facts)


def _issue(order: IssueOrder, outcome: Outcome, at: datetime) -> None:
    order.issue(at=at)
    order.save(update_fields=["state", "ended_at", "fault", "message"])
    invoice = _write(order, outcome.number, outcome.issued_at or at)
    if order.request is not None:
        request = InvoiceRequest.objects.select_for_update(no_key=True).get(pk=order.request.pk)
        request.issue(at=at)
        request.save(update_fields=["state", "ended_at"])
    facts: dict[str, Any] = {"number": invoice.number, "total": str(invoice.total), "buyer": invoice.buyer_name}
    record("invoice.issued", actor=SYSTEM, account=owner_of(order=order), subject=invoice, at=at, **facts)


def _write(order: IssueOrder, number: str, issued_at: datetime) -> Invoice:
    """The snapshot: the invoice, and all of its lines in one statement, as the database demands."""
    face, blue = Face.read(order.face), order.red_letter.invoice if order.red_letter is not None else None
    invoice = Invoice.objects.create(
        issue_order=order,
        number=number,
        kind=face.kind,
        issued_at=issued_at,
        account=order.request.account if order.request is not None else blue.account if blue is not None else None,
        tenant=order.client.tenant if order.client is not None else blue.tenant if blue is not None else None,
        reverses=blue,
        seller_name=face.seller.name,
        seller_tax_number=face.seller.tax_number,
        buyer_name=face.buyer.name,
        buyer_tax_number=face.buyer.tax_number,
        parties={"seller": face.seller.json(), "buyer": face.buyer.json()},
        amount=face.amount,
        tax=face.tax,
        total=face.total,
        remark=face.remark,
        drawer=face.drawer,
    )
    reversed_lines = dict(blue.lines.values_list("seq", "pk")) if blue is not None else {}
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            seq=seq,
            nature=line.nature,
            name=line.name,
            class_code=line.class_code,
            class_name=line.class_name,
            spec=line.spec,
            unit=line.unit,
            quantity=line.quantity,
            price=line.price,
            amount=line.amount,
            rate=line.rate,
            zero_rate=line.zero_rate,
            tax=line.tax,
            reverses_id=reversed_lines[line.reverses] if line.reverses is not None else None,
        )
        for seq, line in enumerate(face.lines, 1)
    )
    return invoice
