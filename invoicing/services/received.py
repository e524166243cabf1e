"""Received invoices (收票): collected for a tenant's enterprises, each number once, and what is done with them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require
from accounts.events import record
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from invoicing import policy
from invoicing.models import Invoice, InvoiceUse, ReceivedInvoice, Service, Taxpayer, Tenant
from invoicing.received_rows import Problem, ReceivedRow, row_problems
from invoicing.services.consuming import NotBound, consume, lock_taxpayer

Usage = ReceivedInvoice.State
MOVES = {Usage.UNUSED: "give_back", Usage.IN_USE: "take", Usage.USED: "use", Usage.BOOKED: "book"}


class RowWrong(InputError):
    """A row that cannot be collected as it stands; `problems` says all that is wrong with it."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = list(problems)
        super().__init__(problems[0][0], problems[0][1])


class CollectedBefore(InputError):
    """The tenant has this number."""

    code = "collected_before"
    status = 409
    sentence = _("This invoice was collected on %(day)s already. Nothing was counted.")


class Became(StrEnum):
    """What became of a row."""

    COLLECTED = "collected"
    KNOWN = "known"  # collected before; nothing was counted
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row: the invoice, or the reason why there is none."""

    became: Became
    invoice: ReceivedInvoice | None = None
    error: DomainError | None = None


@atomic
def collect_invoices(
    *, actor: Actor, tenant: Tenant, rows: Sequence[ReceivedRow], source: str, now: datetime | None = None
) -> list[Outcome]:
    """Each good row is collected and counted once for its buyer; the others are answered with their reason.

    A number that the tenant has is known, whoever sends it again. A person needs the right in the tenant's account; a
    business system came in by its token. Locks the buyers by tax number, then their entitlements, row by row.
    """
    at = now or timezone.now()
    if actor.user is not None:
        require(actor, Right.MANAGE_INVOICES, tenant.account)
    if not 0 < len(rows) <= policy.COLLECTED_PER_CALL:
        text = _("Between 1 and %(most)s invoices can be collected at once.")
        raise InputError("invoices", text, most=policy.COLLECTED_PER_CALL)
    for tax_number in sorted({row.buyer_tax_number for row in rows}):
        _lock_if_bound(tenant, tax_number)
    outcomes = [_collect(actor, tenant, row, source, at) for row in rows]
    if count := sum(one.became is Became.COLLECTED for one in outcomes):
        facts: dict[str, Any] = {"count": count, "name": tenant.name}
        record("received.collected", actor=actor, account=tenant.account, subject=tenant, at=at, **facts)
    return outcomes


@atomic
def upload_invoices(
    *, actor: Actor, account: Account, rows: Sequence[ReceivedRow], now: datetime | None = None
) -> list[Outcome]:
    """As `collect_invoices`, for all tenants of the account at once: each row goes where its buyer is bound."""
    require(actor, Right.MANAGE_INVOICES, account)
    numbers = {row.buyer_tax_number for row in rows}
    bound = Taxpayer.objects.bound().filter(tenant__account=account, tax_number__in=numbers)
    tenants = {one.tax_number: one.tenant for one in bound.select_related("tenant__account").order_by("tenant_id")}
    outcomes = {
        place: Outcome(Became.REFUSED, error=NotBound(tax_number=row.buyer_tax_number))
        for place, row in enumerate(rows)
    }
    for tenant in dict.fromkeys(tenants.values()):
        places = [place for place, row in enumerate(rows) if tenants.get(row.buyer_tax_number) == tenant]
        mine = [rows[place] for place in places]
        source = ReceivedInvoice.Source.UPLOAD
        found = collect_invoices(actor=actor, tenant=tenant, rows=mine, source=source, now=now)
        outcomes |= dict(zip(places, found, strict=True))
    return [outcomes[place] for place in range(len(rows))]


def _lock_if_bound(tenant: Tenant, tax_number: str) -> None:
    try:
        lock_taxpayer(tenant=tenant, tax_number=tax_number)
    except NotBound:
        return  # said of the row


def _collect(actor: Actor, tenant: Tenant, row: ReceivedRow, source: str, at: datetime) -> Outcome:
    try:
        with transaction.atomic():
            return _collect_one(actor, tenant, row, source, at)
    except DomainError as error:
        return Outcome(Became.REFUSED, error=error)


def _collect_one(actor: Actor, tenant: Tenant, row: ReceivedRow, source: str, at: datetime) -> Outcome:
    if problems := row_problems(row, today=timezone.localdate(at)):
        raise RowWrong(problems)
    taxpayer = lock_taxpayer(tenant=tenant, tax_number=row.buyer_tax_number)
    invoice, created = ReceivedInvoice.objects.get_or_create(
        tenant=tenant,
        code=row.code,
        number=row.number,
        defaults={
            "taxpayer": taxpayer,
            "kind": row.kind,
            "issued_on": row.issued_on,
            "seller_name": row.seller_name,
            "seller_tax_number": row.seller_tax_number,
            "amount": row.amount,
            "tax": row.tax,
            "total": row.total,
            "source": source,
            "created_by": actor.user,
            "created_at": at,
        },
    )
    if not created:
        return Outcome(Became.KNOWN, invoice)
    consume(taxpayer=taxpayer, service=Service.RECEIVING, serial=f"{row.code}{row.number}", now=at)
    return Outcome(Became.COLLECTED, invoice)


@atomic
def set_usage(
    *, actor: Actor, account: Account, ids: Collection[int], usage: str, now: datetime | None = None
) -> list[ReceivedInvoice]:
    """All of these invoices of the account's tenants are in that use, or none is moved; one that is stays so.

    A booked one that was issued here is used in the eyes of its seller, too: it is no longer taken back without the
    buyer's word. Locks the invoices in the order of their ids, then the issued ones. Raises NotFound, MoveRefused.
    """
    if actor.user is not None:
        require(actor, Right.MANAGE_INVOICES, account)
    if usage not in MOVES:
        raise InputError("usage", _("This is one of %(codes)s."), codes=", ".join(MOVES))
    wanted, at = Usage(usage), now or timezone.now()
    rows = ReceivedInvoice.objects.select_for_update(of=("self",)).filter(pk__in=ids, tenant__account=account)
    invoices = list(rows.select_related("taxpayer").order_by("pk"))
    if len(invoices) != len(set(ids)) or not invoices:
        raise NotFound()
    moved = [invoice for invoice in invoices if invoice.usage != wanted]
    for invoice in moved:
        getattr(invoice, MOVES[wanted])()
        invoice.save(update_fields=["usage"])
    if wanted == Usage.BOOKED:
        _note_booked(moved, at)
    if moved:
        facts: dict[str, Any] = {"count": len(moved), "purpose": str(wanted)}
        record("received.usage_set", actor=actor, account=account, subject=moved[0], at=at, **facts)
    return invoices


def _note_booked(received: Collection[ReceivedInvoice], at: datetime) -> None:
    """The issued invoices behind them carry the mark; the lock keeps a red letter from beginning meanwhile."""
    buyers = {one.number: one for one in received if not one.code}
    issued = Invoice.objects.select_for_update(of=("self",)).filter(number__in=buyers).order_by("pk")
    for invoice in issued:
        mine = buyers[invoice.number]
        if (invoice.buyer_tax_number, invoice.total) == (mine.taxpayer.tax_number, mine.total):
            InvoiceUse.objects.get_or_create(invoice=invoice, defaults={"use": InvoiceUse.Use.BOOKED, "at": at})
