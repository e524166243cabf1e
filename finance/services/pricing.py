"""What something costs this account now: list price by tiers, contract discount, promotion, coupon.

Plain reads. The billing run does the same for usage, in SQL over many rows.
"""

from datetime import datetime
from decimal import Decimal

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from config.errors import DomainError, InputError
from finance import policy
from finance.models import Coupon, Discount, Order, Price, Product, Promotion, Resource
from finance.models.product import PayMode
from finance.money import MOST, ZERO
from finance.months import DAY, begun_days_left, months_between
from finance.pricing import (
    ONE,
    Contract,
    CouponTerms,
    Json,
    Offer,
    Quote,
    Tier,
    at_list_price,
    list_steps,
    reduced,
    slices,
    tiered,
)
from finance.services.inheritances import Way, discount_source
from finance.services.trusts import payer_of
from finance.services.worth import give_back_quote

Kind = Order.Kind


class NoPrice(DomainError):
    """Nobody has entered a list price that holds now."""

    code = "no_price"
    sentence = _("“%(product)s” has no price at the moment, so it cannot be ordered.")


class CouponUnusable(InputError):
    """The coupon does not fit; the sentence says why."""

    code = "coupon_unusable"


def quote(
    *,
    owner: Account,
    product: Product,
    kind: str,
    quantity: Decimal,
    months: int,
    coupon: Coupon | None = None,
    resource: Resource | None = None,
    at: datetime,
) -> Quote:
    """The price of this for the owner at that moment, with each step (K1.3, A2.9, A2.13, A4.3).

    New and renewal: quantity × months. A change: what is more for the rest of the resource's time, or, where it
    becomes smaller, what the rest is worth less. A return: what the rest is worth. Raises InputError, NoPrice,
    CouponUnusable.
    """
    if kind == Kind.REFUND:
        return give_back_quote(resource=_given(resource), at=at)
    check_quantity(quantity=quantity)
    tiers = tiers_at(product=product, at=at)
    if kind == Kind.MODIFY:
        steps, length = _change(_given(resource), tiers, quantity, at)
        if not steps:
            share = _share_given_up(_given(resource), tiers, quantity)
            return give_back_quote(resource=_given(resource), at=at, share=share, quantity=quantity)
    else:
        check_months(months=months)
        steps, length = list_steps(tiers, quantity, Decimal(months)), Decimal(months)
    return _reduced(at_list_price(quantity, length, steps), owner, product, coupon, at)


def check_quantity(*, quantity: Decimal) -> None:
    """Raises InputError unless it is a whole number from one to the most that is sold at once."""
    if not quantity.is_finite() or quantity != quantity.to_integral_value() or quantity < 1:
        raise InputError("quantity", _("Enter a whole number of at least 1."))
    if quantity > policy.ORDER_QUANTITY_MOST:
        raise InputError("quantity", _("At most %(most)s can be ordered at once."), most=policy.ORDER_QUANTITY_MOST)


def check_months(*, months: int) -> None:
    """Raises InputError outside of what is sold."""
    if not 1 <= months <= policy.ORDER_MONTHS_MOST:
        raise InputError("months", _("Choose from 1 to %(most)s months."), most=policy.ORDER_MONTHS_MOST)


def tiers_at(*, product: Product, at: datetime) -> list[Tier]:
    """The list price that holds at that moment, (above, yuan a unit) by tier. Raises NoPrice."""
    price = Price.objects.filter(product=product, valid_from__lte=at).prefetch_related("tiers").first()
    tiers = [] if price is None else [(tier.above, tier.unit_price) for tier in price.tiers.all()]
    if not tiers:
        raise NoPrice(product=product.name)
    return tiers


def contract_of(*, owner: Account, product: Product, at: datetime) -> Contract:
    """The contract discount that counts for this product (K1.3, A2.9, A2.13, A4.3).

    Under trusteeship the manager's; with inherited discounts the lower of the own and the manager's inheritable one;
    otherwise the own, as always in categories that keep it.
    """
    source = discount_source(account=owner, category=product.category, at=at)
    if source.manager is not None and source.way == Way.TRUSTED:
        return Contract(_narrowest(source.manager, product, at), of=source.manager.name)
    own = Contract(_narrowest(owner, product, at))
    if source.manager is None:
        return own
    theirs = _narrowest(source.manager, product, at, inheritable=True)
    return Contract(theirs, of=source.manager.name) if theirs < own.rate else own


def offers_for(*, product: Product, at: datetime) -> list[Offer]:
    """The promotions that fit at that moment."""
    fitting = Promotion.objects.valid(at=at).filter(_scope(product), Q(pay_mode="") | Q(pay_mode=product.pay_mode))
    return [Offer(one.name, one.rate, one.with_contract) for one in fitting.order_by("rate", "pk")]


def check_coupon(*, owner: Account, product: Product, coupon: Coupon, at: datetime) -> None:
    """Raises CouponUnusable with the reason, the amount apart (A2.16)."""
    if coupon.account_id != owner.pk:
        raise CouponUnusable("coupon", _("This coupon belongs to another account."))
    if payer_of(account=owner, at=at).trust is not None:
        raise CouponUnusable("coupon", _("Your manager pays for this account, so its own coupons cannot be used."))
    if coupon.pay_mode != PayMode.PREPAID:
        raise CouponUnusable("coupon", _("This coupon is for what is paid as you go and is used by itself."))
    if coupon.used_at is not None:
        raise CouponUnusable("coupon", _("This coupon was used already."))
    if not coupon.valid_from <= at < coupon.valid_until:
        raise CouponUnusable("coupon", _("This coupon is not valid now."))
    if coupon.product_id not in (None, product.pk) or coupon.category_id not in (None, product.category_id):
        raise CouponUnusable("coupon", _("This coupon is for other products."))


def _reduced(listed: Quote, owner: Account, product: Product, coupon: Coupon | None, at: datetime) -> Quote:
    if listed.gross > MOST:
        raise InputError("quantity", _("This is more than one order can hold. Order less at once."))
    contract, offers = contract_of(owner=owner, product=product, at=at), offers_for(product=product, at=at)
    plain = reduced(listed, contract=contract, offers=offers)
    if coupon is None:
        return plain
    check_coupon(owner=owner, product=product, coupon=coupon, at=at)
    terms = CouponTerms(coupon.off, coupon.rate, coupon.least, coupon.with_discount)
    cheaper = reduced(listed, contract=contract, offers=offers, coupon=terms)
    if cheaper.gross - cheaper.discount < coupon.least:
        raise CouponUnusable("coupon", _("This coupon is for orders from %(least)s yuan on."), least=coupon.least)
    if cheaper.payable >= plain.payable:
        sentence = _("Your discount makes this cheaper than the coupon, and the two do not go together.")
        raise CouponUnusable("coupon", sentence)
    return cheaper


def _change(resource: Resource, tiers: list[Tier], quantity: Decimal, at: datetime) -> tuple[list[Json], Decimal]:
    """The steps of what comes in addition, for the rest of the time with the day that has begun; none if smaller."""
    if quantity == resource.quantity:
        raise InputError("quantity", _("It has this size already."))
    if quantity < resource.quantity:
        return [], Decimal(0)
    begun = resource.ends_at - begun_days_left(at, resource.ends_at) * DAY
    length = months_between(begun, resource.ends_at)
    before = {above: units for above, units, _price in slices(tiers, resource.quantity)}
    more = [
        (above, units - before.get(above, Decimal(0)), price)
        for above, units, price in slices(tiers, quantity)
        if units > before.get(above, Decimal(0))
    ]
    steps = [step for above, units, price in more for step in list_steps([(Decimal(0), price)], units, length)]
    for step, (above, _units, _price) in zip(steps, more, strict=True):
        step["above"] = f"{above.normalize():f}"
    return steps, length


def _share_given_up(resource: Resource, tiers: list[Tier], quantity: Decimal) -> Decimal:
    """Of what the resource costs at list price: the cheap last units of a tiered price are given back first."""
    whole = tiered(tiers, resource.quantity)
    return (whole - tiered(tiers, quantity)) / whole if whole > ZERO else Decimal(0)


def _narrowest(account: Account, product: Product, at: datetime, *, inheritable: bool = False) -> Decimal:
    """For the product, else its category, else everything; the lowest among equals; one where there is none."""
    fitting = Discount.objects.valid(at=at).filter(_scope(product), account=account)
    if inheritable:
        fitting = fitting.filter(inheritable=True)
    ranked = [(not one.product_id, not one.category_id, one.rate) for one in fitting]
    return min(ranked, default=(True, True, ONE))[2]


def _scope(product: Product) -> Q:
    everything = Q(product=None, category=None)
    return everything | Q(product=product.pk) | Q(category=product.category_id)


def _given(resource: Resource | None) -> Resource:
    if resource is None:
        raise ValueError("a change needs its resource")
    return resource


def sold_ahead(*, product: Product) -> None:
    """Raises InputError for what is metered, or is not on sale."""
    if product.pay_mode != PayMode.PREPAID:
        raise InputError("product", _("“%(product)s” is paid as you go and needs no order."), product=product.name)
    if not product.active:
        raise InputError("product", _("“%(product)s” is not on sale any more."), product=product.name)
