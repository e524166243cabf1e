"""Red letters: taking back an issued invoice, whole or in part, by the seller or at the buyer's wish.

    begin ─┬→ 01 no confirmation needed ──────────┬→ its red invoice is ordered
           └→ 02/03 the other side is asked ─→ 04 ┘
                  └→ 05/06 refused · 07 lapsed after 72 hours · 08 withdrawn

The blue invoice is locked first, so letters at the same moment never hold more than is left of it. It is not changed.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Door, require, require_staff, rights_of
from accounts.events import record
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance.money import ZERO
from invoicing.checks import check_face
from invoicing.faces import Face
from invoicing.invoice_numbers import region_of
from invoicing.models import Credential, Invoice, InvoiceUse, RedLetter, RedLine, Tenant
from invoicing.red_parts import Part, Taken, red_face, take
from invoicing.reversals import lines_left
from invoicing.services.issuing import SerialUsed, order_issue
from invoicing.sides import account_of, buyer_account, seller_account

PERMISSION = "invoicing.change_redletter"
Side, State = RedLetter.Side, RedLetter.State


class NotReversible(DomainError):
    """Red invoices are final."""

    code = "not_reversible"
    sentence = _("A red invoice cannot be taken back. Issue a new invoice instead.")


class NotIssuable(DomainError):
    """What would stand on the red invoice is refused by the rules of invoices."""

    code = "not_issuable"
    status = 422
    sentence = _("The red invoice could not be issued: %(why)s")


@dataclass(frozen=True, slots=True)
class Business:
    """The business system that asks, under its serial."""

    client: Credential
    serial: str
    email: str = ""


@atomic
def begin_red_letter(
    *,
    actor: Actor,
    invoice_id: int,
    reason: str,
    parts: Sequence[Part] | None = None,
    business: Business | None = None,
    now: datetime | None = None,
) -> RedLetter:
    """The letter stands over these parts of lines, or over all that is left; no other can hold them.

    Begun by the seller (staff, the tenant of the invoice, its business system) it is issued at once, unless the buyer
    has used the invoice: then the buyer is asked. Begun by the buyer the seller is asked. A serial of a business system
    again is the same letter. Locks the invoice. Raises NotFound, NotReversible, NothingLeft, PassesRemainder,
    WholeOnly, SerialUsed, InputError.
    """
    at = now or timezone.now()
    invoice = _locked_invoice(invoice_id)
    side = _side_of(actor, invoice, business)
    if invoice.reverses_id is not None:
        raise NotReversible()
    if reason not in RedLetter.Reason.values:
        raise InputError("reason", _("Choose why the invoice is taken back."))
    if business is not None and (known := _known(invoice, business, reason, at)) is not None:
        return known
    taken = take(lines_left(invoice, at=at), parts, reason=reason)
    letter = _write(actor, invoice, taken, business=business, at=at, side=side, reason=reason)
    if side == Side.BUYER:
        letter.ask_seller()
    elif InvoiceUse.objects.filter(invoice=invoice).exists():
        letter.ask_buyer()
    face = _face(letter, taken)
    if letter.state == State.NOT_NEEDED:
        _order(letter, face, at)
    else:
        letter.save(update_fields=["state"])
    note_letter(what="begun", actor=actor, letter=letter, at=at, reason=reason)
    return letter


def side_of(*, actor: Actor, invoice: Invoice) -> str:
    """On which side of the invoice the actor stands, with the right to act there. Raises NotFound, NotAllowed."""
    if actor.door == Door.SYSTEM:
        return Side.SELLER
    if actor.door == Door.STAFF:
        require_staff(actor, PERMISSION)
        return Side.SELLER
    seller, buyer = seller_account(invoice), buyer_account(invoice)
    if seller is not None and (buyer is None or rights_of(actor, seller)):
        require(actor, Right.MANAGE_INVOICES, seller)
        return Side.SELLER
    if buyer is None:
        raise NotFound()
    require(actor, Right.MANAGE_INVOICES, buyer)
    return Side.BUYER


def order_red_invoice(*, letter: RedLetter, now: datetime) -> None:
    """The red invoice of a letter that both sides agree on is ordered. For the locked letter."""
    rows = letter.lines.select_related("line").order_by("line__seq")
    left = {one.line.seq: one for one in lines_left(letter.invoice, at=now)}
    taken = [
        Taken(left[row.line.seq], -row.amount, -row.tax, -row.quantity if row.quantity is not None else None)
        for row in rows
    ]
    _order(letter, _face(letter, taken), now)


def note_letter(*, what: str, actor: Actor, letter: RedLetter, at: datetime, **more: Any) -> None:
    """One event of a letter, for the logs of both sides that have an account."""
    invoice = letter.invoice
    facts = {"number": letter.number, "blue": invoice.number, "total": str(letter.amount + letter.tax), **more}
    account, buyer = account_of(invoice), buyer_account(invoice)
    counterpart = buyer if buyer is not None and buyer != account else None
    record(f"red_letter.{what}", actor=actor, account=account, counterpart=counterpart, subject=letter, at=at, **facts)


def _side_of(actor: Actor, invoice: Invoice, business: Business | None) -> str:
    if business is None:
        return side_of(actor=actor, invoice=invoice)
    here = Tenant.objects.filter(pk=business.client.tenant_id)
    if not Invoice.objects.of_tenants(here).filter(pk=invoice.pk).exists():
        raise NotFound()
    return Side.SELLER


def _locked_invoice(pk: int) -> Invoice:
    """Locked even against new uses of it: whether the buyer must be asked is decided now."""
    rows = Invoice.objects.select_for_update(of=("self",))
    invoice = rows.select_related("account", "tenant__account", "issue_order").filter(pk=pk).first()
    if invoice is None:
        raise NotFound()
    return invoice


def _known(invoice: Invoice, business: Business, reason: str, at: datetime) -> RedLetter | None:
    letters = RedLetter.objects.filter(client=business.client, serial=business.serial).counting(at=at)
    letter = letters.select_related("invoice").first()
    if letter is not None and (letter.invoice_id, letter.reason) != (invoice.pk, reason):
        raise SerialUsed(serial=business.serial)
    return letter


def _write(
    actor: Actor, invoice: Invoice, taken: Sequence[Taken], *, business: Business | None, at: datetime, **fields: str
) -> RedLetter:
    """The letter and its lines; nobody has been asked yet."""
    letter = RedLetter.objects.create(
        invoice=invoice,
        number=_new_number(invoice, at),
        amount=-sum((one.amount for one in taken), ZERO),
        tax=-sum((one.tax for one in taken), ZERO),
        client=business.client if business is not None else None,
        serial=business.serial if business is not None else "",
        email=business.email if business is not None else invoice.issue_order.email,
        created_by=actor.user,
        created_at=at,
        **fields,
    )
    RedLine.objects.bulk_create(
        RedLine(
            letter=letter,
            line=one.left.line,
            quantity=-one.quantity if one.quantity is not None else None,
            amount=-one.amount,
            tax=-one.tax,
        )
        for one in taken
    )
    return letter


def _new_number(invoice: Invoice, at: datetime) -> str:
    """As forms of tax bureaus are numbered: region, day, and twelve digits that nobody can guess."""
    return f"{region_of(invoice.seller_tax_number)}{timezone.localtime(at):%y%m%d}{secrets.randbelow(10**12):012d}"


def _face(letter: RedLetter, taken: Sequence[Taken]) -> Face:
    invoice = letter.invoice
    blue = sum((line.amount + line.tax for line in invoice.lines.all()), Decimal(0))
    whole = -(letter.amount + letter.tax) == blue
    face = red_face(invoice, letter, taken, drawer=invoice.drawer, whole=whole)
    if faults := check_face(face):
        raise NotIssuable(why="; ".join(fault.sentence for fault in faults[:3]))
    return face


def _order(letter: RedLetter, face: Face, at: datetime) -> None:
    order_issue(
        face=face,
        serial=letter.serial or letter.number,
        email=letter.email,
        red_letter=letter,
        client=letter.client,
        now=at,
    )
