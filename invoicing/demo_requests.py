"""The story's invoices for cloud spending: titles, what was issued, rejected and waits, and who asks for whom."""

from collections.abc import Mapping
from decimal import Decimal

from accounts.demo import DAY, HOUR, Story
from finance.cast import account, link, owner
from finance.models import Product
from finance.services.order_payments import pay_order
from finance.services.orders import place_order
from finance.services.top_ups import confirm_top_up, start_top_up
from invoicing.models import Invoiceable, InvoiceKind, InvoiceRequest, Title
from invoicing.services.controls import agree_control, propose_control
from invoicing.services.invoiceables import collect
from invoicing.services.request_reviews import reject_request
from invoicing.services.requests import Wish, submit_request
from invoicing.services.titles import Buyer, add_title, change_title

GROUP, DATA, LAB, PARTNER = "yunling", "yunling-data", "yunling-lab", "chenxi"
DETAILS: Mapping[str, Mapping[str, str]] = {
    GROUP: {
        "address": "北京市海淀区望云路1号云岭大厦18层",
        "phone": "010-88880001",
        "bank": "招商银行北京望云支行",
        "bank_account": "110906789012345",
    },
    DATA: {
        "address": "杭州市余杭区数据路8号",
        "phone": "0571-88880002",
        "bank": "中国工商银行杭州余杭支行",
        "bank_account": "1202020209900012345",
    },
    PARTNER: {"email": "finance@chenxi.example.com"},
}


def invoices(story: Story) -> None:
    """The group asks for itself and for a member; its partner's large order waits for staff."""
    at = story.now - 6 * HOUR
    for who in (GROUP, DATA, LAB, PARTNER):
        _title(who)
    _ask(GROUP, "october", story, kind=InvoiceKind.SPECIAL)
    _ask(DATA, "october", story, by=GROUP)
    own = Title.objects.get(account=account(GROUP))
    waiting = propose_control(
        actor=owner(GROUP), relationship_id=link(GROUP, LAB).pk, title_id=own.pk, now=at - 2 * DAY
    )
    agree_control(actor=owner(LAB), control_id=waiting.pk, now=at - DAY)
    _large_order(story)
    _mistake(story)
    _ask(PARTNER, "right", story)


def _title(who: str) -> Title:
    holder = account(who)
    assert holder.enterprise is not None  # noqa: S101
    facts = {"email": f"{who}@example.com"} | dict(DETAILS.get(who, {}))
    buyer = Buyer(Title.Kind.ENTERPRISE, holder.enterprise.name, holder.enterprise.credit_code, **facts)
    return add_title(actor=owner(who), account=holder, buyer=buyer)


def _ask(who: str, key: str, story: Story, *, by: str = "", kind: str = InvoiceKind.ORDINARY) -> InvoiceRequest:
    """Over the usage of closed months, or where there is none, over orders."""
    payer = account(who)
    collect(payer=payer, now=story.now - HOUR)
    found = Invoiceable.objects.open().filter(payer=payer, amount__gt=0)
    usage = found.filter(order=None)
    wish = Wish(
        item_ids=list((usage or found).values_list("pk", flat=True)),
        title_id=Title.objects.get(account=payer).pk,
        kind=kind,
    )
    through = link(by, who).pk if by else None
    actor = owner(by or who)
    return submit_request(
        actor=actor, account=payer, wish=wish, key=f"story-{who}-{key}", through=through, now=story.now
    )


def _large_order(story: Story) -> None:
    """The partner moves its warehouses into the cloud, paid from a transfer of its own."""
    at, partner, actor = story.now - 5 * HOUR, account(PARTNER), owner(PARTNER)
    money = Decimal("130000.00")
    announced = start_top_up(actor=actor, account=partner, amount=money, channel="bank", key="story-warehouse", now=at)
    number = f"CMB{at:%y%m%d}{announced.pk:06d}"
    confirm_top_up(actor=story.staff, top_up_id=announced.pk, arrived=money, bank_reference=number, now=at + HOUR)
    order = place_order(
        actor=actor,
        account=partner,
        product_id=Product.objects.get(code="ecs-month").pk,
        quantity=Decimal(60),
        months=12,
        key="story-warehouse",
        now=at + 2 * HOUR,
    )
    pay_order(actor=actor, order_id=order.pk, now=at + 2 * HOUR)


def _mistake(story: Story) -> None:
    """Made out to a short name; staff reject it, the partner mends its title."""
    actor, title = owner(PARTNER), Title.objects.get(account__username=PARTNER)
    facts = {"tax_number": title.tax_number, "email": title.email}
    change_title(actor=actor, title_id=title.pk, buyer=Buyer(title.kind, "晨曦供应链", **facts))
    asked = _ask(PARTNER, "mistake", story)
    reason = "发票抬头应为营业执照上的企业全称，请修改抬头后重新申请。"
    reject_request(actor=story.staff, request_id=asked.pk, reason=reason, now=story.now)
    change_title(actor=actor, title_id=title.pk, buyer=Buyer(title.kind, title.name, **facts))
