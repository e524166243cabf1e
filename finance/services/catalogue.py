"""The catalogue, kept by staff: categories, products, list prices. A price is only ever followed by another."""

import re
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.events import record
from config.errors import InputError, NotFound
from config.transactions import atomic
from finance.models import Category, Price, PriceTier, Product
from finance.models.product import Cycle, PayMode
from finance.money import EIGHT
from finance.pricing import Tier

CODE = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}", re.ASCII)
TIERS_MAX = 20
ABOVE_MOST = Decimal(10) ** 15
UNIT_PRICE_MOST = Decimal(10) ** 9
GRACE_HOURS_MOST = 24 * 365


@atomic
def add_category(*, actor: Actor, code: str, name: str, keeps_own_discount: bool = False) -> Category:
    """There is a family of products; some keep the member's own discount always (A2.13). Raises InputError."""
    require_staff(actor, "finance.add_category")
    _check_code(code, taken=Category.objects.filter(code=code).exists())
    category = Category.objects.create(code=code, name=_name(name, 60), keeps_own_discount=keeps_own_discount)
    record("category.added", actor=actor, account=None, subject=category, name=category.name)
    return category


@atomic
def choose_own_discount(*, actor: Actor, category_id: int, keeps: bool) -> Category:
    """From now on managers' discounts apply to these products, or do not (A2.13). Locks the row."""
    require_staff(actor, "finance.change_category")
    category = Category.objects.select_for_update(no_key=True).filter(pk=category_id).first()
    if category is None:
        raise NotFound()
    if category.keeps_own_discount != keeps:
        category.keeps_own_discount = keeps
        category.save(update_fields=["keeps_own_discount"])
        record("category.changed", actor=actor, account=None, subject=category, name=category.name, keeps=keeps)
    return category


@atomic
def add_product(
    *,
    actor: Actor,
    category: Category,
    code: str,
    name: str,
    pay_mode: str,
    unit: str,
    cycle: str = Cycle.MONTH,
    grace_hours: int = 24,
) -> Product:
    """There is a product; as soon as it has a price it can be bought or metered. Raises InputError."""
    require_staff(actor, "finance.add_product")
    _check_code(code, taken=Product.objects.filter(code=code).exists())
    if pay_mode not in PayMode.values:
        raise InputError("pay_mode", _("Choose how it is paid."))
    if cycle not in Cycle.values:
        raise InputError("cycle", _("Choose a billing cycle."))
    if not 0 <= grace_hours <= GRACE_HOURS_MOST:
        raise InputError("grace_hours", _("Choose from 0 hours to a year."))
    product = Product.objects.create(
        category=category,
        code=code,
        name=_name(name, 80),
        pay_mode=pay_mode,
        unit=_name(unit, 24, "unit"),
        cycle=cycle,
        grace_hours=grace_hours,
    )
    record("product.added", actor=actor, account=None, subject=product, name=product.name)
    return product


@atomic
def choose_on_sale(*, actor: Actor, product_id: int, active: bool) -> Product:
    """New orders are taken from now on, or are not; what runs can always be renewed. Locks the row."""
    require_staff(actor, "finance.change_product")
    product = _locked(product_id)
    if product.active != active:
        product.active = active
        product.save(update_fields=["active"])
        kind = "product.offered" if active else "product.withdrawn"
        record(kind, actor=actor, account=None, subject=product, name=product.name)
    return product


@atomic
def set_price(
    *,
    actor: Actor,
    product_id: int,
    tiers: Sequence[Tier],
    valid_from: datetime | None = None,
    now: datetime | None = None,
) -> Price:
    """From that moment on, at the earliest now, this is the list price; earlier ones stay as they were.

    Locks the product. Raises InputError.
    """
    require_staff(actor, "finance.add_price")
    at = now or timezone.now()
    begins, product = valid_from or at, _locked(product_id)
    if begins < at:
        raise InputError("valid_from", _("A price cannot begin in the past: what was billed would not fit any more."))
    if Price.objects.filter(product=product, valid_from=begins).exists():
        raise InputError("valid_from", _("Another price begins at this moment already."))
    ordered = _checked(tiers)
    price = Price.objects.create(product=product, valid_from=begins)
    PriceTier.objects.bulk_create([PriceTier(price=price, above=above, unit_price=each) for above, each in ordered])
    record("product.priced", actor=actor, account=None, subject=product, at=at, name=product.name)
    return price


def parse_tiers(*, text: str) -> list[Tier]:
    """One tier a line, “above price”: `0 0.35`. Raises InputError with the line that cannot be read."""
    found = []
    for number, line in enumerate((line for line in text.splitlines() if line.strip()), 1):
        match = re.fullmatch(r"\s*(\d{1,15}(?:\.\d{1,8})?)[\s,]+(\d{1,10}(?:\.\d{1,8})?)\s*", line, re.ASCII)
        if match is None:
            sentence = _("Line %(number)s cannot be read. Write a quantity and a price, such as “1000 0.28”.")
            raise InputError("tiers", sentence, number=number)
        found.append((Decimal(match[1]), Decimal(match[2])))
    return found


def _checked(tiers: Sequence[Tier]) -> list[Tier]:
    if any(number.is_nan() for tier in tiers for number in tier):
        raise InputError("tiers", _("Enter numbers."))
    ordered = sorted(tiers)
    aboves = [above for above, _each in ordered]
    if not ordered or len(ordered) > TIERS_MAX or aboves[0] != 0 or len(set(aboves)) != len(aboves):
        sentence = _("Enter 1 to %(most)s tiers, the first from 0 on, each quantity once.")
        raise InputError("tiers", sentence, most=TIERS_MAX)
    for number, most in (pair for above, each in ordered for pair in ((above, ABOVE_MOST), (each, UNIT_PRICE_MOST))):
        if not number.is_finite() or not 0 <= number <= most or number != number.quantize(EIGHT):
            sentence = _("Quantities and prices have at most eight places, from 0 to %(most)s.")
            raise InputError("tiers", sentence, most=most)
    return ordered


def _check_code(code: str, *, taken: bool) -> None:
    if CODE.fullmatch(code) is None:
        raise InputError("code", _("A code has small letters, digits, “.”, “-” and “_”, 40 at most."))
    if taken:
        raise InputError("code", _("This code is taken already."))


def _name(text: str, most: int, field: str = "name") -> str:
    name = text.strip()
    if not name or len(name) > most or not name.isprintable():
        raise InputError(field, _("Enter up to %(most)s letters."), most=most)
    return name


def _locked(product_id: int) -> Product:
    product = Product.objects.select_for_update(no_key=True).filter(pk=product_id).first()
    if product is None:
        raise NotFound()
    return product
