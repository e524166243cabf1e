"""Rights of tax numbers: assigned from an activated order, taken back while fresh and unused, ended with the order.

Using them is another matter and stands beside the open API. "One tax number, one place": an order has room for as many
tax numbers as were bought, and each right that has not ended takes one place (I4, I7.1).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance.models import BillLine
from invoicing import policy
from invoicing.models import CloudOrder, Entitlement, Taxpayer
from invoicing.services.credentials import ensure_credential

State = CloudOrder.State


class NotActivated(DomainError):
    """Rights of an order come only after its activation (I1.1)."""

    code = "not_activated"
    rule = "I1.1"
    sentence = _("The order is “%(state)s”, so nothing can be assigned from it.")
    hint = _("Open the link in the activation letter first and enter its operation key.")


class TooManyTaxNumbers(DomainError):
    """An order is for so many tax numbers."""

    code = "too_many_tax_numbers"
    rule = "I4.2"
    sentence = _("The order is for %(ordered)s tax numbers and %(assigned)s have it, so %(left)s more are possible.")
    hint = _("Tick fewer enterprises, or enlarge the order.")


class AlreadyAssigned(DomainError):
    """A tax number has the rights of an order once."""

    code = "already_assigned"
    rule = "I4.2"
    sentence = _("%(name)s has the rights of this order already.")


class OrderOver(DomainError):
    """What was bought has run out."""

    code = "cloud_order_over"
    sentence = _("What was ordered ran until %(day)s, so it cannot be assigned any more.")
    hint = _("Order again.")


class NotUndoable(DomainError):
    """The half hour is over, or something was used (I1.2)."""

    code = "not_undoable"
    rule = "I1.2"
    sentence = _("An assignment can be undone within %(minutes)s minutes and while nothing has been used.")
    hint = _("Ask for a change of the tax number. For issuing products it costs money.")


@dataclass(frozen=True, slots=True)
class Room:
    """How many tax numbers an order is for, and how many have it."""

    ordered: int
    assigned: int

    @property
    def left(self) -> int:
        """Places that are free."""
        return max(0, self.ordered - self.assigned)


def room_of(*, order: CloudOrder) -> Room:
    """The order's places now."""
    return Room(order.tax_numbers, Entitlement.objects.filter(order=order, ended_at=None).count())


def period_of(*, order: CloudOrder) -> tuple[datetime, datetime]:
    """The time that was paid for: that of the order's line, which a later renewal does not touch."""
    line = BillLine.objects.filter(order=order.order_id).order_by("pk").values_list("cycle_start", "cycle_end")
    return line[0]


@atomic
def assign(
    *,
    actor: Actor,
    account: Account,
    order_id: int,
    taxpayer_ids: Collection[int],
    warned: bool,
    now: datetime | None = None,
) -> list[Entitlement]:
    """The ticked tax numbers have what the order gives, and the original contact has the authorisation letter (I4, I5).

    `warned` says that the warning was read (I1.2). Whole or not at all, and never more tax numbers than were ordered.
    The tenant has its credential from now on. Locks the account, the order, the enterprises, the tenant's credential.
    Raises NotActivated, OrderOver, AlreadyAssigned, TooManyTaxNumbers, InputError.
    """
    require(actor, Right.MANAGE_INVOICES, account)
    at = now or timezone.now()
    lock_accounts(account.pk)
    order = _locked(order_id, account)
    if not taxpayer_ids:
        raise InputError("taxpayers", _("Tick at least one enterprise."))
    if not warned:
        raise InputError("warned", _("Please confirm that you have compared the tax numbers."))
    if order.state != State.ACTIVATED or order.tenant is None:
        raise NotActivated(state=order.get_state_display())
    taxpayers = _bound(order, taxpayer_ids)
    _check_room(order, taxpayers)
    given = _give(order, taxpayers, actor, at)
    ensure_credential(tenant=order.tenant, at=at)
    names = [taxpayer.name for taxpayer in taxpayers]
    record(
        "entitlement.assigned",
        actor=actor,
        account=account,
        subject=order,
        at=at,
        order=order.order_id,
        product_name=order.package.product.name,
        names=names,
        tax_numbers=[taxpayer.tax_number for taxpayer in taxpayers],
    )
    return given


def _locked(order_id: int, account: Account) -> CloudOrder:
    rows = CloudOrder.objects.select_for_update(of=("self",)).select_related("package__product", "tenant", "order")
    if (order := rows.filter(pk=order_id, account=account).first()) is None:
        raise NotFound()
    return order


def _bound(order: CloudOrder, wanted: Collection[int]) -> list[Taxpayer]:
    """The enterprises, locked so that none is moved meanwhile; each must belong to the order's tenant."""
    rows = Taxpayer.objects.bound().filter(tenant=order.tenant, pk__in=wanted).order_by("pk")
    found = list(rows.select_for_update(no_key=True))
    if len(found) != len(set(wanted)):
        raise InputError("taxpayers", _("Choose enterprises of this tenant."))
    return found


def _check_room(order: CloudOrder, taxpayers: Sequence[Taxpayer]) -> None:
    held = Entitlement.objects.filter(order=order, ended_at=None)
    if (again := held.filter(taxpayer__in=taxpayers).select_related("taxpayer").first()) is not None:
        raise AlreadyAssigned(name=again.taxpayer.name)
    room = Room(order.tax_numbers, held.count())
    if len(taxpayers) > room.left:
        raise TooManyTaxNumbers(ordered=room.ordered, assigned=room.assigned, left=room.left)


def _give(order: CloudOrder, taxpayers: Sequence[Taxpayer], actor: Actor, at: datetime) -> list[Entitlement]:
    begins, ends = period_of(order=order)
    if ends <= at:
        raise OrderOver(day=timezone.localtime(ends).date())
    package = order.package
    rows = [
        Entitlement(
            order=order,
            taxpayer=taxpayer,
            service=package.service,
            granted=package.quantity,
            priority=package.priority,
            starts_at=max(begins, at),
            expires_at=ends,
            assigned_at=at,
            assigned_by=actor.user,
        )
        for taxpayer in taxpayers
    ]
    return Entitlement.objects.bulk_create(rows)


@atomic
def undo(*, actor: Actor, account: Account, entitlement_id: int, now: datetime | None = None) -> Entitlement:
    """The assignment is taken back and its place free again: within 30 minutes, while nothing was used.

    Locks the account, the order, the right; so a use at the same moment comes before it or not at all. A repeat changes
    nothing. Raises NotUndoable.
    """
    require(actor, Right.MANAGE_INVOICES, account)
    at = now or timezone.now()
    found = Entitlement.objects.filter(pk=entitlement_id, order__account=account).values_list("order_id", flat=True)
    if (order_id := found.first()) is None:
        raise NotFound()
    lock_accounts(account.pk)
    order = _locked(order_id, account)
    rows = Entitlement.objects.select_for_update(of=("self",)).select_related("taxpayer")
    entitlement = rows.get(pk=entitlement_id)
    if entitlement.ended_at is not None and entitlement.used == 0:
        return entitlement
    if not entitlement.can_be_undone(at=at):
        raise NotUndoable(minutes=int(policy.ASSIGNMENT_UNDO.total_seconds()) // 60)
    entitlement.ended_at = at
    entitlement.save(update_fields=["ended_at"])
    record(
        "entitlement.undone",
        actor=actor,
        account=account,
        subject=order,
        at=at,
        order=order.order_id,
        product_name=order.package.product.name,
        name=entitlement.taxpayer.name,
        tax_number=entitlement.taxpayer.tax_number,
    )
    return entitlement


def follow_renewal(*, order: CloudOrder, at: datetime) -> bool:
    """A renewal goes on where what it renews is in use: same tenant, same tax numbers, from the paid day on.

    Where that tenant became part of another account's, the order stands there, too, whoever pays it. An enterprise
    that left the tenant gets nothing of it: there is room for another one.

    Answers False where that was never activated. Inside the transaction of `take_order`, which locks the account.
    """
    before = CloudOrder.objects.filter(order__resource=order.order.resource_id, state=State.ACTIVATED)
    last = before.exclude(pk=order.pk).select_related("tenant", "account").order_by("-pk").first()
    if last is None or last.tenant is None:
        return False
    order.deliver(at=at)
    order.activate(at=at, tenant=last.tenant)
    order.account = last.account
    order.save(update_fields=["state", "delivered_at", "activated_at", "tenant", "account"])
    held = Taxpayer.objects.bound().filter(entitlements__order=last, entitlements__ended_at=None, tenant=last.tenant)
    _give(order, list(held.order_by("pk").distinct()[: order.tax_numbers]), SYSTEM, at)
    return True


def end_surplus(*, order: CloudOrder, at: datetime) -> int:
    """Of what has no room in the order any more, the least used and latest assigned has ended; answers how many."""
    held = Entitlement.objects.select_for_update().filter(order=order, ended_at=None).order_by("-used", "pk")
    surplus = [entitlement.pk for entitlement in held[order.tax_numbers :]]
    return Entitlement.objects.filter(pk__in=surplus).update(ended_at=at)


def end_with_order(*, order: CloudOrder, at: datetime) -> int:
    """Every right of the order has ended; answers how many. What was used stays on record."""
    return Entitlement.objects.filter(order=order, ended_at=None).update(ended_at=at)
