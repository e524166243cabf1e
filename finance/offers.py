"""What an order can be made cheaper with, and what things cost before that."""

from datetime import datetime

from accounts.models import Account
from finance.models import Coupon, Price, Product
from finance.models.product import PayMode
from finance.pricing import Tier
from finance.services.trusts import payer_of

COUPONS_OFFERED_MAX = 100


def coupons_for(*, account: Account, product: Product, at: datetime) -> list[Coupon]:
    """Those that fit an order of this product now; none while a manager pays (A2.16)."""
    if payer_of(account=account, at=at).trust is not None:
        return []
    fitting = Coupon.objects.filter(account=account, pay_mode=PayMode.PREPAID, used_at=None)
    fitting = fitting.filter(valid_from__lte=at, valid_until__gt=at)
    return [
        one
        for one in fitting.order_by("valid_until", "pk")[:COUPONS_OFFERED_MAX]
        if one.product_id in {None, product.pk} and one.category_id in {None, product.category_id}
    ]


def prices_at(*, products: list[Product], at: datetime) -> dict[int, list[Tier]]:
    """The tiers that hold now, by product; two queries."""
    rows = Price.objects.filter(product__in=products, valid_from__lte=at).prefetch_related("tiers")
    newest = rows.order_by("product_id", "-valid_from", "-id").distinct("product_id")
    return {row.product_id: [(tier.above, tier.unit_price) for tier in row.tiers.all()] for row in newest}
