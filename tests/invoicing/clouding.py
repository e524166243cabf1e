"""Short ways to packages, their paid orders, activated tenants with enterprises, and what is assigned to them."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.models import Account, Event
from finance.models import Order
from invoicing.models import CloudOrder, Credential, Entitlement, Package, Service, Taxpayer
from invoicing.services.activations import activate_order, check_key, draw_secrets
from invoicing.services.cloud_orders import end_order, take_order
from invoicing.services.entitlements import assign
from tests.factories import make_account
from tests.finance.buying import buy, give_back, prepaid
from tests.finance.funds import mover, top_up
from tests.invoicing.opening import make_taxpayer

DAY = timedelta(days=1)


def package(quantity: int = 100, service: str = Service.ISSUING, price: str = "10", **more: Any) -> Package:
    """A prepaid product of the catalogue that the invoice cloud delivers by itself."""
    return Package.objects.create(product=prepaid(price), service=service, quantity=quantity, **more)


def paid(account: Account, of: Package | None = None, tax_numbers: int = 2, at: datetime | None = None) -> Order:
    """An order of the package for so many tax numbers and twelve months, paid from a fresh top-up."""
    top_up(account, "100000.00")
    return buy(account, (of or package()).product, str(tax_numbers), months=12, at=at or timezone.now())


def take(order: Order, at: datetime | None = None) -> CloudOrder | None:
    """As the job on `order.paid` does."""
    event = Event.objects.filter(kind="order.paid", subject_id=order.pk).latest("pk")
    return take_order(event_id=event.pk, now=at)


def delivered(account: Account | None = None, of: Package | None = None, **more: Any) -> CloudOrder:
    """Paid and taken; delivered if the package does so by itself."""
    cloud_order = take(paid(account or make_account(), of, **more), more.get("at"))
    assert cloud_order is not None
    return cloud_order


def prove(order: CloudOrder) -> str:
    """Draws link and key as a letter does, and gives the key."""
    drawn = draw_secrets(order_id=order.pk, reference=f"letter-{order.pk}")
    return check_key(token=drawn.token, key=drawn.key)


def activated(account: Account | None = None, of: Package | None = None, **more: Any) -> CloudOrder:
    """Delivered and activated in a new tenant of the account."""
    order = delivered(account, of, **more)
    fields: dict[str, Any] = {"actor": mover(order.account), "account": order.account, "order_id": order.pk}
    return activate_order(**fields, proof=prove(order), erp="xinghan", name=f"租户{order.pk}", now=more.get("at"))


def give(order: CloudOrder, *taxpayers: Taxpayer, at: datetime | None = None) -> list[Entitlement]:
    """Assigns the order to enterprises of its tenant, to a new one unless told otherwise."""
    ids = [one.pk for one in taxpayers or (make_taxpayer(order.tenant),)]
    fields: dict[str, Any] = {"actor": mover(order.account), "account": order.account, "order_id": order.pk}
    return assign(**fields, taxpayer_ids=ids, warned=True, now=at)


def assigned(account: Account | None = None, of: Package | None = None, **more: Any) -> Entitlement:
    """What one tax number holds of an activated order; its tenant has a credential."""
    [entitlement] = give(activated(account, of, **more), at=more.get("at"))
    return entitlement


def credential_of(entitlement: Entitlement) -> Credential:
    """Its tenant's, freshly read."""
    return Credential.objects.get(tenant=entitlement.taxpayer.tenant_id)


def refund(order: CloudOrder) -> list[CloudOrder]:
    """The finance order is given back and the invoice cloud hears of it."""
    back = give_back(order.order, at=timezone.now())
    event = Event.objects.filter(kind="order.refunded", subject_id=back.pk).latest("pk")
    return end_order(event_id=event.pk)
