"""Contract discounts of an account and promotions for everybody, granted and ended by staff."""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import Account
from accounts.names import clean_remark
from config.errors import InputError, NotFound
from config.transactions import atomic
from finance.models import Category, Discount, Product, Promotion
from finance.models.product import PayMode
from finance.services.grants import check_rate, check_scope, check_time, end_of


@atomic
def grant_discount(
    *,
    actor: Actor,
    account: Account,
    rate: Decimal,
    product: Product | None = None,
    category: Category | None = None,
    inheritable: bool = True,
    valid_from: datetime | None = None,
    valid_until: datetime | None = None,
    note: str = "",
    now: datetime | None = None,
) -> Discount:
    """The account pays this share of the list price in that time (A4.3). Raises InputError."""
    staff, at = require_staff(actor, "finance.add_discount"), now or timezone.now()
    check_rate(rate=rate)
    check_scope(product=product, category=category)
    check_time(valid_from=valid_from or at, valid_until=valid_until, at=at)
    discount = Discount.objects.create(
        account=account,
        rate=rate,
        product=product,
        category=category,
        inheritable=inheritable,
        valid_from=valid_from or at,
        valid_until=valid_until,
        granted_by=staff,
        note=cleaned("note", clean_remark, note),
    )
    record("discount.granted", actor=actor, account=account, subject=discount, at=at, rate=str(rate.normalize()))
    return discount


@atomic
def end_discount(*, actor: Actor, discount_id: int, now: datetime | None = None) -> Discount:
    """It counts no more from now on; an ended one is answered as it is. Locks the row."""
    require_staff(actor, "finance.change_discount")
    at = now or timezone.now()
    rows = Discount.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    if (discount := rows.filter(pk=discount_id).first()) is None:
        raise NotFound()
    if discount.valid_until is None or discount.valid_until > at:
        discount.valid_until = end_of(row=discount, at=at)
        discount.save(update_fields=["valid_until"])
        facts = str(discount.rate.normalize())
        record("discount.ended", actor=actor, account=discount.account, subject=discount, at=at, rate=facts)
    return discount


@atomic
def add_promotion(
    *,
    actor: Actor,
    name: str,
    rate: Decimal,
    valid_until: datetime,
    valid_from: datetime | None = None,
    product: Product | None = None,
    category: Category | None = None,
    pay_mode: str = "",
    with_contract: bool = False,
    now: datetime | None = None,
) -> Promotion:
    """Everybody pays this share of the price in that time, besides a contract or instead of it. Raises InputError."""
    require_staff(actor, "finance.add_promotion")
    at = now or timezone.now()
    check_rate(rate=rate)
    check_scope(product=product, category=category)
    check_time(valid_from=valid_from or at, valid_until=valid_until, at=at)
    if pay_mode and pay_mode not in PayMode.values:
        raise InputError("pay_mode", _("Choose how it is paid."))
    if not name.strip():
        raise InputError("name", _("Enter a name: people read it in their prices."))
    promotion = Promotion.objects.create(
        name=name.strip(),
        rate=rate,
        product=product,
        category=category,
        pay_mode=pay_mode,
        with_contract=with_contract,
        valid_from=valid_from or at,
        valid_until=valid_until,
    )
    record("promotion.added", actor=actor, account=None, subject=promotion, at=at, name=promotion.name)
    return promotion


@atomic
def end_promotion(*, actor: Actor, promotion_id: int, now: datetime | None = None) -> Promotion:
    """It counts no more from now on; an ended one is answered as it is. Locks the row."""
    require_staff(actor, "finance.change_promotion")
    at = now or timezone.now()
    promotion = Promotion.objects.select_for_update(no_key=True).filter(pk=promotion_id).first()
    if promotion is None:
        raise NotFound()
    if promotion.valid_until > at:
        promotion.valid_until = end_of(row=promotion, at=at)
        promotion.save(update_fields=["valid_until"])
        record("promotion.ended", actor=actor, account=None, subject=promotion, at=at, name=promotion.name)
    return promotion
