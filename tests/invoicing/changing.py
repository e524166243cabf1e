"""Short ways to change requests: what pays for them, who asks, who answers."""

from typing import Any

from accounts.actors import Actor
from accounts.models import Account, Event
from finance.models import Order
from finance.services.order_payments import pay_order
from invoicing.models import ChangeRequest, IssueOrder, Package, ReceivedInvoice, Taxpayer, Tenant
from invoicing.services.change_answers import approve_change, follow_fee, reject_change
from invoicing.services.changes import ask_merge, ask_move, ask_replacement
from tests.factories import credit_code
from tests.finance.buying import prepaid
from tests.finance.funds import D, mover, staff, top_up

RIGHT = credit_code(777_001)  # the number that it should have been


def fee(price: str = "300") -> Package:
    """A change of number for issuing costs so much."""
    return Package.objects.create(product=prepaid(price), service="issuing", quantity=0, pays_change=True)


def ask(taxpayer: Taxpayer, number: str = RIGHT, kind: str = "issuing", **more: Any) -> ChangeRequest:
    """Its owner wants another number for it."""
    account = taxpayer.tenant.account
    fields: dict[str, Any] = {"why": "wrong", "reason": "录入时多看错一位", "actor": mover(account)} | more
    return ask_replacement(account=account, taxpayer_id=taxpayer.pk, kind=kind, new_tax_number=number, **fields)


def ask_to_move(taxpayer: Taxpayer, to: Tenant, by: Account | None = None, **more: Any) -> ChangeRequest:
    """The owner of the tenant where it goes, or this account, wants it moved."""
    account = by or to.account
    fields: dict[str, Any] = {"actor": mover(account), "reason": "归属填错"} | more
    return ask_move(account=account, tax_number=taxpayer.tax_number, to_tenant=to.number, **fields)


def ask_to_merge(tenant: Tenant, into: Tenant, by: Account | None = None, **more: Any) -> ChangeRequest:
    """The owner of the tenant that stays, or this account, wants both to be one."""
    account = by or into.account
    fields: dict[str, Any] = {"actor": mover(account), "reason": "集团统一管理"} | more
    return ask_merge(account=account, tenant=tenant.number, to_tenant=into.number, **fields)


def hear(order: Order, kind: str = "order.paid") -> ChangeRequest | None:
    """As the job does on finance's event."""
    about = order.pk if kind != "order.refunded" else Order.objects.get(refunds=order).pk
    return follow_fee(event_id=Event.objects.filter(kind=kind, subject_id=about).latest("pk").pk)


def pay(change: ChangeRequest) -> ChangeRequest:
    """The fee is paid from a fresh top-up, and the request hears of it."""
    assert change.fee_order is not None
    top_up(change.account, "1000.00")
    pay_order(actor=mover(change.account), order_id=change.fee_order.pk)
    hear(change.fee_order)
    return fresh(change)


def approve(change: ChangeRequest, actor: Actor | None = None, **more: Any) -> ChangeRequest:
    """Staff agree."""
    return approve_change(actor=actor or staff(), change_id=change.pk, **more)


def reject(change: ChangeRequest, answer: str = "材料不全", **more: Any) -> ChangeRequest:
    """Staff do not."""
    return reject_change(actor=staff(), change_id=change.pk, answer=answer, **more)


def fresh(change: ChangeRequest) -> ChangeRequest:
    """As the database has it now."""
    return ChangeRequest.objects.select_related("taxpayer__tenant", "tenant", "to_tenant").get(pk=change.pk)


def receive(taxpayer: Taxpayer, number: str, **more: Any) -> ReceivedInvoice:
    """A supplier's invoice to it."""
    fields: dict[str, Any] = {
        "kind": "01",
        "issued_on": "2026-03-01",
        "seller_name": "供应商",
        "seller_tax_number": credit_code(5),
        "amount": D("100.00"),
        "tax": D("6.00"),
        "total": D("106.00"),
        "source": "upload",
    }
    return ReceivedInvoice.objects.create(tenant=taxpayer.tenant, taxpayer=taxpayer, number=number, **fields | more)


def under_way(taxpayer: Taxpayer, serial: str = "S-1", **more: Any) -> IssueOrder:
    """An invoice that its business system asked for and that is not issued yet."""
    return IssueOrder.objects.create(serial=serial, seller_tax_number=taxpayer.tax_number, face={}, **more)
