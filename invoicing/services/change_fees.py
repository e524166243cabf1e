"""What a change of tax number for issuing costs (I1.2): an order of the product that is marked for it.

Without such a product on sale the vendor charges nothing. A fee that is paid for nothing goes back whole: what
finance says the rest of the order is worth, and the difference as a credit.
"""

from datetime import datetime
from decimal import Decimal

from accounts.actors import SYSTEM, Actor
from accounts.models import Account
from finance.models import BillLine, Order, Product, Resource
from finance.money import ZERO
from finance.pricing import ONE
from finance.services.charging import Draft, give_back
from finance.services.order_payments import instance_of
from finance.services.orders import cancel_order, place_order
from finance.services.pricing import quote
from finance.services.returns import NothingToReturn, Worthless, refund_order
from invoicing.models import ChangeRequest


def fee_product() -> Product | None:
    """What is ordered to pay for a change; None where changes are free."""
    rows = Product.objects.filter(package__pays_change=True, active=True)
    return rows.order_by("package__pk").first()


def fee_of(*, account: Account, at: datetime) -> Decimal:
    """What a change would cost this account now, in yuan."""
    product = fee_product()
    if product is None:
        return ZERO
    return quote(owner=account, product=product, kind=Order.Kind.NEW, quantity=ONE, months=1, at=at).payable


def order_fee(*, actor: Actor, change: ChangeRequest, at: datetime) -> Order | None:
    """The fee is ordered and waits to be paid; None where changes are free. Locks the account."""
    if (product := fee_product()) is None:
        return None
    key = f"change-request:{change.pk}"
    return place_order(
        actor=actor, account=change.account, product_id=product.pk, quantity=ONE, months=1, key=key, now=at
    )


def cancel_fee(*, order: Order, at: datetime) -> None:
    """It need not be paid any more. Locks the account and the order."""
    cancel_order(actor=SYSTEM, order_id=order.pk, now=at)


def use_up_fee(*, order: Order, at: datetime) -> None:
    """The change was made: its fee cannot be given back like something that still runs."""
    resource = Resource.objects.select_for_update(of=("self",), no_key=True).filter(orders=order).first()
    if resource is not None and resource.state != Resource.State.RELEASED:
        resource.release(at=at)
        resource.save(update_fields=["state", "ends_at"])


def return_fee(*, order: Order, at: datetime) -> Decimal:
    """All the money that was paid has gone back to who paid; answers how much. Vouchers do not come back (A2.16).

    Locks the account, the order, its resource, then the payer's books.
    """
    if order.state != Order.State.PAID:
        return ZERO
    line = BillLine.objects.filter(order=order).order_by("pk")[0]
    paid = line.cash + line.credit + line.outstanding
    try:
        back = -refund_order(actor=SYSTEM, order_id=order.pk, key=f"change-fee-back:{order.pk}", now=at).payable
    except (NothingToReturn, Worthless):
        back = ZERO
    if paid > back:
        give_back(draft=_credit(order, paid - back, at), payer=order.payer, key=f"change-fee:{order.pk}", now=at)
    return paid


def _credit(order: Order, amount: Decimal, at: datetime) -> Draft:
    return Draft(
        owner=order.owner,
        product=order.product,
        category=BillLine.Category.ADJUST,
        instance=instance_of(order=order),
        cycle_start=at,
        cycle_end=at,
        quantity=ZERO,
        gross=-amount,
        revision=order.pk,
    )
