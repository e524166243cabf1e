"""What a change request moves: looked at before, carried out in one transaction (I7).

An enterprise that moves is released where it was and bound anew; what is left of its entitlements goes on as new rows
that continue the old ones. Uses and issued invoices stay with what they were made for. Received invoices go along to
another tenant, where their buyer is; under another tax number they stay, since they name the old one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import User
from invoicing.models import (
    ChangeRequest,
    CloudOrder,
    Credential,
    Entitlement,
    Invoice,
    ReceivedInvoice,
    Service,
    Taxpayer,
    Tenant,
)
from invoicing.services.credentials import ensure_credential

Kind = ChangeRequest.Kind
ISSUING, RECEIVING = (Service.ISSUING,), (Service.RECEIVING, Service.CHECKING)
EVERY = (*ISSUING, *RECEIVING)
SERVICES: Mapping[str, Collection[str]] = {Kind.ISSUING: ISSUING, Kind.RECEIVING: RECEIVING}
OF_COMPANY = ("legal_representative", "address", "phone", "bank", "bank_account")
COPIED = ("name", "tax_number", "device", "from_registry", *OF_COMPANY)


@dataclass(frozen=True, slots=True)
class Plan:
    """What would move now."""

    taxpayers: Sequence[Taxpayer]
    entitlements: Sequence[Entitlement] = ()
    received: int = 0
    orders: int = 0
    issued: int = 0  # stay as they are and are still found

    @property
    def uses(self) -> int:
        """Uses that are left in these entitlements."""
        return sum(entitlement.left for entitlement in self.entitlements)


def plan_of(*, change: ChangeRequest, at: datetime) -> Plan:
    """What this request, asked for already or not yet, would move at that moment. Plain reads."""
    taxpayers = concerned(change=change)
    numbers = [one.tax_number for one in taxpayers]
    issued = Invoice.objects.filter(tenant=change.tenant, seller_tax_number__in=numbers).count()
    if change.kind in ChangeRequest.FORMS and change.pk and not change.replaces_number:
        return Plan(taxpayers, issued=issued)
    running = _running(taxpayers, at, SERVICES.get(change.kind, EVERY))
    entitlements = list(running.select_related("taxpayer", "order__package__product").order_by("pk"))
    if change.kind == Kind.MERGE:
        received = ReceivedInvoice.objects.filter(tenant=change.tenant).count()
        orders = CloudOrder.objects.filter(tenant=change.tenant).count()
        return Plan(taxpayers, entitlements, received, orders, issued)
    goes_along = ReceivedInvoice.objects.filter(taxpayer__in=taxpayers) if change.kind == Kind.MOVE else None
    return Plan(taxpayers, entitlements, goes_along.count() if goes_along is not None else 0, issued=issued)


def concerned(*, change: ChangeRequest) -> list[Taxpayer]:
    """The enterprise, or for a merger every one that is bound to the tenant that ends."""
    if change.taxpayer is not None:
        return [change.taxpayer]
    return list(Taxpayer.objects.bound().filter(tenant=change.tenant).order_by("pk"))


def carry_out(*, change: ChangeRequest, taxpayers: Sequence[Taxpayer], by: User, at: datetime) -> dict[str, int]:
    """Everything has moved; answers how much of what. Part of the approval, which has checked, and locked the tenants
    and these enterprises. Locks the entitlements that move.
    """
    if change.kind in ChangeRequest.FORMS:
        [taxpayer] = taxpayers
        return _replace(change, taxpayer, by, at) if change.replaces_number else _rename(change, taxpayer)
    assert change.to_tenant is not None  # noqa: S101
    moved = _move(taxpayers, change.to_tenant, by, at)
    return moved | _close(change.tenant, change.to_tenant, at, moved) if change.kind == Kind.MERGE else moved


def _running(taxpayers: Collection[Taxpayer], at: datetime, services: Collection[str]) -> QuerySet[Entitlement]:
    """Entitlements that still run, used up or not: with them the enterprise's place in the order goes along."""
    rows = Entitlement.objects.filter(taxpayer__in=taxpayers, service__in=services)
    return rows.filter(ended_at=None, expires_at__gt=at)


def _rename(change: ChangeRequest, taxpayer: Taxpayer) -> dict[str, int]:
    """Name or device are new; the number and everything on it stay."""
    taxpayer.name = change.new_name or taxpayer.name
    taxpayer.device = change.new_device or taxpayer.device
    taxpayer.save(update_fields=["name", "device"])
    return {"enterprises": 1}


def _replace(change: ChangeRequest, old: Taxpayer, by: User, at: datetime) -> dict[str, int]:
    """The new number has what was left of the old one. That is released once nothing runs on it any more: the form for
    the other products may still follow."""
    new = Taxpayer.objects.bound().filter(tenant=old.tenant_id, tax_number=change.new_tax_number).first()
    new = new or _successor(change, old, at)
    moved = _continue({old.pk: new}, SERVICES[change.kind], by, at)
    if not _running([old], at, EVERY).exists():
        old.released_at = at
        old.save(update_fields=["released_at"])
    return {"enterprises": 1, **moved}


def _successor(change: ChangeRequest, old: Taxpayer, at: datetime) -> Taxpayer:
    """A wrong number belongs to the same company as the right one; otherwise another company takes over."""
    same = change.why == ChangeRequest.Why.WRONG
    kept = {name: getattr(old, name) for name in OF_COMPANY} if same else {}
    fields = {"name": change.new_name or old.name, "device": change.new_device or (old.device if same else "")}
    return Taxpayer.objects.create(
        tenant_id=old.tenant_id, tax_number=change.new_tax_number, created_at=at, **fields, **kept
    )


def _move(taxpayers: Sequence[Taxpayer], to: Tenant, by: User, at: datetime) -> dict[str, int]:
    """The enterprises are bound to the other tenant, with their entitlements and received invoices. With the first
    entitlement that tenant has its keys, as with a first assignment."""
    Taxpayer.objects.filter(pk__in=[one.pk for one in taxpayers]).update(released_at=at)
    new = Taxpayer.objects.bulk_create(
        Taxpayer(tenant=to, created_at=at, **{name: getattr(one, name) for name in COPIED}) for one in taxpayers
    )
    heirs = {one.pk: heir for one, heir in zip(taxpayers, new, strict=True)}
    moved = _continue(heirs, EVERY, by, at)
    if moved["entitlements"]:
        ensure_credential(tenant=to, at=at)
    received = sum(_hand_over(ReceivedInvoice.objects.filter(taxpayer=pk), to, taxpayer=heirs[pk]) for pk in heirs)
    return {"enterprises": len(new), **moved, "received": received}


def _continue(heirs: Mapping[int, Taxpayer], services: Collection[str], by: User, at: datetime) -> dict[str, int]:
    """What is left goes on at the heir of each enterprise, until the same day and with the same priority."""
    rows = _running(list(Taxpayer.objects.filter(pk__in=heirs)), at, services)
    old = list(rows.select_for_update(of=("self",)).order_by("pk"))
    Entitlement.objects.filter(pk__in=[one.pk for one in old]).update(ended_at=at)
    Entitlement.objects.bulk_create(
        Entitlement(
            order_id=one.order_id,
            taxpayer=heirs[one.taxpayer_id],
            service=one.service,
            granted=one.left,
            priority=one.priority,
            starts_at=one.starts_at,
            expires_at=one.expires_at,
            assigned_at=at,
            assigned_by=by,
            continues=one,
        )
        for one in old
    )
    return {"entitlements": len(old), "uses": sum(one.left for one in old)}


def _close(tenant: Tenant, into: Tenant, at: datetime, moved: Mapping[str, int]) -> dict[str, int]:
    """The tenant is part of the other one: its orders, what it received long ago and what was merged into it go along.

    Its credential is blocked: a key stands for one tenant, and two keys could not be renewed or withdrawn as one.
    """
    received = _hand_over(ReceivedInvoice.objects.filter(tenant=tenant), into)
    orders = CloudOrder.objects.filter(tenant=tenant).update(tenant=into, account=into.account)
    credentials = Credential.objects.filter(tenant=tenant, blocked_at=None).update(blocked_at=at)
    Tenant.objects.filter(merged_into=tenant).update(merged_into=into)
    tenant.merged_into, tenant.merged_at = into, at
    tenant.save(update_fields=["merged_into", "merged_at"])
    return {"received": moved["received"] + received, "orders": orders, "credentials": credentials}


def _hand_over(rows: QuerySet[ReceivedInvoice], to: Tenant, **more: Taxpayer) -> int:
    """Received invoices that the other tenant does not have yet are its own from now on; a double one stays."""
    there = ReceivedInvoice.objects.filter(tenant=to, code=OuterRef("code"), number=OuterRef("number"))
    return rows.exclude(tenant=to).exclude(Exists(there)).update(tenant=to, **more)
