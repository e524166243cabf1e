"""Ordering invoices: what is to be issued stands as an order, which `services.sending` takes to the tax platform.

One serial of a seller is one order, and one invoice.
"""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from accounts.models import Account
from config.errors import DomainError
from config.jobs import enqueue
from config.transactions import atomic
from invoicing import policy
from invoicing.faces import Face
from invoicing.models import Credential, InvoiceRequest, IssueOrder, RedLetter, Service, Taxpayer
from invoicing.services.consuming import NotBound, consume
from invoicing.sides import account_of, now_of

JOB = "invoicing.issue"
PERMISSION = "invoicing.change_issueorder"
State = IssueOrder.State


class SerialUsed(DomainError):
    """One serial of a seller is one invoice."""

    code = "serial_used"
    sentence = _("The serial %(serial)s was used for another invoice of this seller.")
    hint = _("Ask about that one by its serial, or send this one under a new serial.")


class NotWanted(DomainError):
    """What asked for it has ended otherwise."""

    code = "not_wanted"
    sentence = _("Nothing waits for this invoice any more: its request or red letter has ended.")


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
    at, content = now or timezone.now(), face.json()
    wanted: dict[str, Any] = {"face": content, "email": email, "request": request, "red_letter": red_letter}
    order, created = IssueOrder.objects.select_for_update(no_key=True).get_or_create(
        seller_tax_number=face.seller.tax_number,
        serial=serial,
        defaults={**wanted, "client": client, "created_at": at, "ask_after": at + policy.ASK_AFTER_DEATH},
    )
    if created:
        enqueue(JOB, order=order.pk)
    elif order.client_id != (client.pk if client else None) or (order.state != State.FAILED and order.face != content):
        raise SerialUsed(serial=serial)
    elif order.state == State.FAILED:
        for name, value in wanted.items():
            setattr(order, name, value)
        _wait_again(order, at, *wanted)
    return order


@atomic
def try_again(*, actor: Actor, order_id: int, now: datetime | None = None) -> IssueOrder:
    """An order that the platform refused is sent again, under its serial; for staff, once the cause is mended.

    Where a business system asked for it, the entitlement is used again. Locks what `consume` locks, then the order,
    its request and its red letter. Raises MoveRefused where it has not failed, NotWanted, and what `consume` raises.
    """
    require_staff(actor, PERMISSION)
    at = now or timezone.now()
    found = IssueOrder.objects.select_related("client__tenant").get(pk=order_id)
    if found.client is not None and found.red_letter_id is None and found.state == State.FAILED:
        _use_again(found, found.client, at)
    order = locked_order(order_id=order_id)
    if not _is_wanted(order):
        raise NotWanted()
    _wait_again(order, at)
    record("invoice.tried_again", actor=actor, account=owner_of(order=order), subject=order, at=at, serial=order.serial)
    return order


@atomic
def hurry_order(*, actor: Actor, order_id: int, now: datetime | None = None) -> IssueOrder:
    """The platform is asked about the order at once, or it is sent at once; for staff. Locks the order."""
    require_staff(actor, PERMISSION)
    order = locked_order(order_id=order_id)
    if order.state in {State.WAITING, State.ACCEPTED, State.UNCLEAR}:
        order.ask_after = now or timezone.now()
        order.save(update_fields=["ask_after"])
        enqueue(JOB, order=order.pk)
    return order


def _use_again(order: IssueOrder, client: Credential, at: datetime) -> None:
    taxpayer = Taxpayer.objects.bound().filter(tenant=client.tenant, tax_number=order.seller_tax_number).first()
    if taxpayer is None:
        raise NotBound(tax_number=order.seller_tax_number)
    consume(taxpayer=taxpayer, service=Service.ISSUING, serial=order.serial, now=at)


def _wait_again(order: IssueOrder, at: datetime, *changed: str) -> None:
    order.try_again()
    order.ask_after = at + policy.ASK_AFTER_DEATH
    order.save(update_fields=["state", "ended_at", "ask_after", *changed])
    enqueue(JOB, order=order.pk)


def _is_wanted(order: IssueOrder) -> bool:
    """Whether what it was ordered for still waits for it. Locks the request and the red letter."""
    if order.request_id is not None:
        requests = InvoiceRequest.objects.select_for_update(no_key=True).filter(pk=order.request_id)
        return [one.state for one in requests] == [InvoiceRequest.State.ISSUING]
    if order.red_letter_id is not None:
        letter = RedLetter.objects.select_for_update(no_key=True).get(pk=order.red_letter_id)
        return letter.state in RedLetter.READY
    return True


def owner_of(*, order: IssueOrder) -> Account | None:
    """The account that the invoice is for: of the request, of the tenant whose system asked, or of the blue invoice."""
    if order.request is not None:
        return order.request.account
    if order.client is not None:
        return now_of(order.client.tenant).account
    if order.red_letter is not None:
        return account_of(order.red_letter.invoice)
    return None


def locked_order(*, order_id: int) -> IssueOrder:
    """The order, locked until the transaction ends, with what asked for it."""
    joined = (
        "request__account",
        "client__tenant__account",
        "red_letter__invoice__account",
        "red_letter__invoice__tenant",
    )
    return IssueOrder.objects.select_for_update(of=("self",), no_key=True).select_related(*joined).get(pk=order_id)
