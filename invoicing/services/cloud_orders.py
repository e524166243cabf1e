"""Orders of the invoice cloud: from paid to delivered, their letter, and their end with the order's refund (I1).

The letter itself is drawn in `activations`, when it leaves.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require, require_staff
from accounts.cleaning import cleaned
from accounts.email_address import mask_email, normalise_email
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account, Event, User
from accounts.names import name_key
from accounts.permissions import Right, Role
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance.models import Order
from invoicing.models import CloudOrder, Package
from invoicing.services.entitlements import end_surplus, end_with_order, follow_renewal

TAKE_JOB: Final = "invoicing.take_cloud_order"
END_JOB: Final = "invoicing.end_cloud_order"
PERMISSION: Final = "invoicing.change_cloudorder"
State = CloudOrder.State
Kind = Order.Kind


class ContactMissing(DomainError):
    """Nobody knows where the letter should go."""

    code = "contact_missing"
    rule = "I1.3"
    sentence = _("No e-mail address is known for this order, so its activation letter cannot be sent.")
    hint = _("Enter the contact's address on the page of the order.")


class NotDelivered(DomainError):
    """Only a delivered order has a letter."""

    code = "not_delivered"
    rule = "I1.3"
    sentence = _("The order is “%(state)s”; only one that waits to be activated has an activation letter.")


class NoSuchOrder(InputError):
    """Name and number must both fit: either alone could be guessed."""

    code = "no_such_cloud_order"
    rule = "I1.3"

    def __init__(self) -> None:
        super().__init__("number", _("No order of the invoice cloud fits this full name and this order number."))


@atomic
def take_order(*, event_id: int, now: datetime | None = None) -> CloudOrder | None:
    """The paid order of the event is the invoice cloud's if its product is a package; twice changes nothing.

    A new one waits for its activation, and is delivered at once where the package says so and a contact is known. A
    renewal goes on in the same tenant for the same tax numbers; another size changes for how many there is room.
    Locks the account, then the order and what is assigned from it.
    """
    event = Event.objects.get(pk=event_id)
    rows = Order.objects.select_related("owner", "product__package", "created_by")
    order = rows.filter(pk=event.subject_id or 0, product__package__pays_change=False).first()
    if order is None or order.resource_id is None:
        return None
    at = now or timezone.now()
    lock_accounts(order.owner_id)
    if order.kind == Kind.MODIFY:
        return _resize(order, at)
    if order.state != Order.State.PAID or CloudOrder.objects.filter(order=order).exists():
        return None
    taken = _create(order, at)
    if order.kind == Kind.RENEW and follow_renewal(order=taken, at=at):
        _note("renewed", SYSTEM, taken, at)
        return taken
    if taken.package.delivers_itself and taken.email:
        _deliver(taken, SYSTEM, at)
    return taken


def _create(order: Order, at: datetime) -> CloudOrder:
    package: Package = order.product.package
    taken = CloudOrder.objects.create(
        order=order,
        account=order.owner,
        package=package,
        tax_numbers=_whole(order.quantity),
        email=_contact(order),
        created_at=order.paid_at or at,
    )
    _note("placed", SYSTEM, taken, at)
    return taken


def _contact(order: Order) -> str:
    """Whoever ordered, while that person works there; else the first owner; else the account's own address."""
    buyer = order.created_by
    if buyer is not None and buyer.is_active and buyer.email and buyer.operates.filter(account=order.owner).exists():
        return buyer.email
    owners = User.objects.filter(operates__account=order.owner, operates__role=Role.OWNER, is_active=True)
    first = owners.filter(email__gt="").order_by("pk").values_list("email", flat=True).first()
    return first or order.owner.email or ""


def _whole(quantity: Decimal) -> int:
    """For so many tax numbers; a part of one is none."""
    return int(quantity)


def _resize(order: Order, at: datetime) -> CloudOrder | None:
    """Orders of the resource have room for the new number; of what has no room any more the least used has ended."""
    rows = CloudOrder.objects.select_for_update(of=("self",)).select_related("order", "package__product", "account")
    running = rows.filter(order__resource=order.resource_id).exclude(state=State.REFUNDED).order_by("pk")
    changed = None
    for one in running:
        if one.tax_numbers != _whole(order.quantity):
            one.tax_numbers = _whole(order.quantity)
            one.save(update_fields=["tax_numbers"])
            ended = end_surplus(order=one, at=at)
            _note("resized", SYSTEM, one, at, ended=ended)
            changed = one
    return changed


@atomic
def end_order(*, event_id: int, now: datetime | None = None) -> list[CloudOrder]:
    """What the event says was given back is no order of the invoice cloud any more, and its rights have ended.

    Everything that the same resource was paid with ends together; twice changes nothing. Locks account and orders.
    """
    event = Event.objects.get(pk=event_id)
    back = Order.objects.filter(pk=event.subject_id or 0, kind=Kind.REFUND).first()
    if back is None:
        return []
    at = now or timezone.now()
    lock_accounts(back.owner_id)
    rows = CloudOrder.objects.select_for_update(of=("self",)).select_related("order", "package__product", "account")
    running = list(rows.filter(order__resource=back.resource_id).exclude(state=State.REFUNDED).order_by("pk"))
    for one in running:
        one.refund()
        one.save(update_fields=["state"])
        _note("refunded", SYSTEM, one, at, ended=end_with_order(order=one, at=at))
    return running


@atomic
def choose_contact(
    *, actor: Actor, account: Account, order_id: int, email: str, now: datetime | None = None
) -> CloudOrder:
    """Letters about this order go to that address. One that only waited for it is delivered. Locks the order."""
    require(actor, Right.MANAGE_INVOICES, account)
    address, at = cleaned("email", normalise_email, email), now or timezone.now()
    order = locked_order(order_id=order_id, account=account)
    if order.state not in {State.PAID, State.DELIVERED}:
        raise NotDelivered(state=order.get_state_display())
    if order.email != address:
        order.email = address
        order.save(update_fields=["email"])
        _note("contact_chosen", actor, order, at, email=mask_email(address))
    if order.state == State.PAID and order.package.delivers_itself:
        _deliver(order, SYSTEM, at)
    return order


@atomic
def deliver_order(*, actor: Actor, order_id: int, now: datetime | None = None) -> CloudOrder:
    """It is delivered by staff, and its activation letter leaves (I1.3). Locks the order. Raises ContactMissing."""
    require_staff(actor, PERMISSION)
    order = locked_order(order_id=order_id)
    if order.state == State.PAID and not order.email:
        raise ContactMissing()
    _deliver(order, actor, now or timezone.now())
    return order


def _deliver(order: CloudOrder, actor: Actor, at: datetime) -> None:
    order.deliver(at=at)
    order.save(update_fields=["state", "delivered_at"])
    _note("delivered", actor, order, at)


@atomic
def resend_letter(*, actor: Actor, company: str, number: str, now: datetime | None = None) -> CloudOrder:
    """A new activation letter leaves, with a new link and key; those of the former one work no more once it has (I1.3).

    For staff, who type what the customer told them: the full name of the ordering enterprise and the order's number.
    Locks the order. Raises NoSuchOrder, NotDelivered, ContactMissing.
    """
    require_staff(actor, PERMISSION)
    order = locked_order(order_id=find_order(company=company, number=number).pk)
    if order.state != State.DELIVERED:
        raise NotDelivered(state=order.get_state_display())
    if not order.email:
        raise ContactMissing()
    _note("letter_resent", actor, order, now or timezone.now())
    return order


def find_order(*, company: str, number: str) -> CloudOrder:
    """The order that has both this ordering enterprise and this number. Raises NoSuchOrder."""
    digits = number.strip().lstrip("#")
    if not (digits.isascii() and digits.isdecimal() and len(digits) <= 18):
        raise NoSuchOrder()
    order = CloudOrder.objects.select_related("account__enterprise").filter(order_id=int(digits)).first()
    if order is None or not company.strip() or name_key(company) != name_key(company_of(account=order.account)):
        raise NoSuchOrder()
    return order


def company_of(*, account: Account) -> str:
    """The full name under which the account orders: the verified one where there is one."""
    return account.enterprise.name if account.enterprise else account.holder_name or account.name


def locked_order(*, order_id: int, account: Account | None = None) -> CloudOrder:
    """The order, freshly read; locks its account, then it, until the transaction ends. Raises NotFound."""
    owner = CloudOrder.objects.filter(pk=order_id).values_list("account_id", flat=True).first()
    if owner is None or (account is not None and owner != account.pk):
        raise NotFound()
    lock_accounts(owner)
    rows = CloudOrder.objects.select_for_update(of=("self",))
    return rows.select_related("account__enterprise", "package__product", "tenant", "order").get(pk=order_id)


def _note(what: str, actor: Actor, order: CloudOrder, at: datetime, **more: Any) -> None:
    """The event of an order that was just written."""
    facts: dict[str, Any] = {"order": order.order_id, "product_name": order.package.product.name, **more}
    record(
        f"cloud_order.{what}",
        actor=actor,
        account=order.account,
        subject=order,
        at=at,
        tax_numbers=order.tax_numbers,
        **facts,
    )
