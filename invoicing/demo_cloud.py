"""The story's invoice cloud: packages, an order in use by two enterprises, one that waits for its activation."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.demo import DAY, HOUR, Story
from accounts.models import Event
from finance.cast import account, owner
from finance.cycles import month_of, month_start
from finance.demo_bills import D
from finance.models import Order, Product
from finance.services.catalogue import add_category, add_product, set_price
from finance.services.order_payments import pay_order
from finance.services.orders import place_order
from invoicing.models import CloudOrder, Entitlement, Service, Taxpayer, Tenant
from invoicing.services.activations import activate_order, draw_secrets
from invoicing.services.cloud_orders import take_order
from invoicing.services.consuming import consume
from invoicing.services.entitlements import assign
from invoicing.services.packages import add_package
from invoicing.services.taxpayers import Registration, add_taxpayer

GROUP, PARTNER = "yunling", "chenxi"
MINUTE = timedelta(minutes=1)
# code, name, service, uses a tax number, yuan a month, delivered by itself, only the fee of a change
PACKAGES: Sequence[tuple[str, str, Service, int, str, bool, bool]] = [
    ("ic-issue", "发票云·开票 2000 张", Service.ISSUING, 2_000, "58", True, False),
    ("ic-receive", "发票云·收票 5000 张", Service.RECEIVING, 5_000, "36", True, False),
    ("ic-check", "发票云·查验 1000 次", Service.CHECKING, 1_000, "12", False, False),
    ("ic-change", "发票云·开票税号变更服务", Service.ISSUING, 0, "300", True, True),
]
# As in the sample register.
ENTERPRISES = [
    ("云岭科技集团有限公司", "91110108MA9Y00012N", Registration("林远舟", "北京市海淀区望云路1号云岭大厦18层")),
    ("云岭数码港（成都）有限公司", "91510107MA9Y0008XX", Registration("罗小满", "成都市武侯区拾光路90号")),
]
USES = (9, 14, 11, 16, 12, 3, 2)  # a day, from Monday on


def invoice_cloud(story: Story) -> None:
    """From the catalogue to a month of use."""
    _packages(story)
    # Not before this month began: what is bought belongs to a month that is still open.
    begun = max(story.now - 20 * DAY, month_start(month_of(story.now)) + HOUR)
    used = _activated(_bought(GROUP, "ic-issue", 3, begun), begun + HOUR)
    _use(used, story.now)
    _bought(GROUP, "ic-receive", 2, max(begun, story.now - 2 * HOUR))
    _bought(PARTNER, "ic-check", 1, max(begun, story.now - 3 * HOUR))


def _packages(story: Story) -> None:
    staff, at = story.staff, story.now - 60 * DAY
    family = add_category(actor=staff, code="invoice-cloud", name="发票云")
    for code, name, service, quantity, price, itself, fee in PACKAGES:
        product = add_product(actor=staff, category=family, code=code, name=name, unit="税号", pay_mode="prepaid")
        set_price(actor=staff, product_id=product.pk, tiers=[(D(0), D(price))], valid_from=at, now=at)
        add_package(
            actor=staff, product=product, service=service, quantity=quantity, delivers_itself=itself, pays_change=fee
        )


def _bought(who: str, code: str, tax_numbers: int, at: datetime) -> CloudOrder:
    """Ordered for a year, paid, and the invoice cloud's."""
    order: Order = place_order(
        actor=owner(who),
        account=account(who),
        product_id=Product.objects.get(code=code).pk,
        quantity=Decimal(tax_numbers),
        months=12,
        key=f"story-{who}-{code}",
        now=at,
    )
    pay_order(actor=owner(who), order_id=order.pk, now=at + MINUTE)
    event = Event.objects.get(kind="order.paid", subject_id=order.pk)
    taken = take_order(event_id=event.pk, now=at + 2 * MINUTE)
    assert taken is not None  # noqa: S101
    return taken


def _activated(order: CloudOrder, at: datetime) -> list[Entitlement]:
    """In use by a tenant with two enterprises, both of which have it."""
    boss, group = owner(GROUP), account(GROUP)
    draw_secrets(order_id=order.pk, reference="story", now=at)
    # Trying a key commits by itself, which a chapter cannot; what the right one would answer stands in the row.
    proof = CloudOrder.objects.values_list("key_digest", flat=True).get(pk=order.pk)
    active = activate_order(actor=boss, account=group, order_id=order.pk, proof=proof, erp="xinghan", now=at)
    assert active.tenant is not None  # noqa: S101
    ids = [_enterprise(active.tenant, *each, at=at + HOUR).pk for each in ENTERPRISES]
    return assign(
        actor=boss, account=group, order_id=order.pk, taxpayer_ids=ids, warned=True, now=at + HOUR + 5 * MINUTE
    )


def _enterprise(tenant: Tenant, name: str, number: str, rest: Registration, *, at: datetime) -> Taxpayer:
    return add_taxpayer(
        actor=owner(GROUP),
        account=account(GROUP),
        tenant_id=tenant.pk,
        name=name,
        tax_number=number,
        registration=rest,
        compared=True,
        now=at,
    )


def _use(held: Sequence[Entitlement], now: datetime) -> None:
    """Some invoices each day since, fewer at weekends and by the smaller company."""
    for place, entitlement in enumerate(held):
        at = entitlement.starts_at + HOUR
        while at < now:
            for number in range(USES[at.weekday()] // (place + 1)):
                serial = f"ERP{at:%m%d}{place}{number:03d}"
                moment = at + number * 7 * MINUTE
                consume(taxpayer=entitlement.taxpayer, service=entitlement.service, serial=serial, now=moment)
            at += DAY
