"""What makes things cheaper for an account, and what they cost before that."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from accounts.models import Account, Relationship
from accounts.permissions import Inherit
from config.errors import NotFound
from finance.bills import members_shown
from finance.models import Commitment, Coupon, Discount, Inheritance, Price, Product
from finance.models.product import PayMode
from finance.pricing import Tier
from finance.services.trusts import Payer, payer_of

COUPONS_OFFERED_MAX = 100


@dataclass(frozen=True, slots=True)
class Discounts:
    """An account's contract discounts and those that count for it besides; `inherited` says from whom, if it does."""

    rows: QuerySet[Discount]
    payer: Payer
    inherited: Inheritance | None


def discounts_of(*, account: Account, at: datetime) -> Discounts:
    """All of its own, and what holds now of whoever pays for it, or of whom it inherits (K1.3, A2.9, A4.3)."""
    payer = payer_of(account=account, at=at)
    running = Q(ends_at=None) | Q(ends_at__gt=at)
    inherited = Inheritance.objects.filter(running, member=account, what=Inherit.DISCOUNT, starts_at__lte=at)
    from_whom = inherited.select_related("manager").first()
    theirs = Discount.objects.none()
    if payer.trust is not None:
        theirs = Discount.objects.filter(account=payer.account).valid(at=at)
    elif from_whom is not None:
        theirs = Discount.objects.filter(account=from_whom.manager, inheritable=True).valid(at=at)
    rows = Discount.objects.filter(account=account) | theirs
    return Discounts(rows.select_related("product", "category", "account"), payer, from_whom)


def commitment_seen(*, account: Account, commitment_id: int) -> tuple[Commitment, Relationship | None]:
    """One of the account's, or, with the relationship by which it sees it, of a member that shows its bills.

    Raises NotFound (K1.2, K7.4).
    """
    found = Commitment.objects.select_related("product", "category").filter(pk=commitment_id).first()
    if found is None:
        raise NotFound()
    if found.account_id == account.pk:
        return found, None
    link = members_shown(account).select_related("manager", "member").filter(member=found.account_id).first()
    if link is None:
        raise NotFound()
    return found, link


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
