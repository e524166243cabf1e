"""As which tax item a product is invoiced; kept by staff. Requests that were sent keep their copy."""

import re
from collections.abc import Collection
from decimal import Decimal
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_name
from accounts.names import clean_name
from config.errors import InputError, NotFound
from config.transactions import atomic
from finance.models import Product
from invoicing import policy
from invoicing.checks import RATES
from invoicing.models import ProductTax, TaxItem, ZeroRate

CLASS_CODE: Final = re.compile(r"[0-9]{19}", re.ASCII)
ITEMS: Final = "invoicing.tax_items"


def default_item() -> TaxItem:
    """The one for products without their own; there always is one."""
    found, _new = TaxItem.objects.get_or_create(is_default=True, defaults=dict(policy.DEFAULT_ITEM))
    return found


def items_of(*, products: Collection[int]) -> dict[int, TaxItem]:
    """By product id, for each of these; two queries."""
    default = default_item()
    own = ProductTax.objects.filter(product__in=products).select_related("item")
    return dict.fromkeys(products, default) | {one.product_id: one.item for one in own}


@atomic
def add_item(
    *, actor: Actor, name: str, class_code: str, class_name: str, rate: Decimal, zero_rate: str = ""
) -> TaxItem:
    """Products can be invoiced as this item. By staff. Raises InputError at the field."""
    require_staff(actor, "invoicing.add_taxitem")
    code = class_code.strip()
    if CLASS_CODE.fullmatch(code) is None:
        raise InputError("class_code", _("A tax class has 19 digits."))
    if rate not in RATES:
        raise InputError("rate", _("There is no such rate of VAT. Write 0.06 for 6 %."))
    if (rate == 0) != (zero_rate in set(ZeroRate.values) - {""}):
        raise InputError("zero_rate", _("Say why no tax is printed where the rate is 0, and only there."))
    item = TaxItem.objects.create(
        name=cleaned("name", lambda text: clean_name(text, max_length=60), name),
        class_code=code,
        class_name=cleaned("class_name", lambda text: clean_name(text, max_length=40), class_name),
        rate=rate,
        zero_rate=zero_rate,
    )
    _note("tax_item.added", actor, item, item)
    return item


@atomic
def make_default_item(*, actor: Actor, item_id: int) -> TaxItem:
    """Products without their own are invoiced as it from now on. By staff. Locks all tax items."""
    require_staff(actor, "invoicing.change_taxitem")
    lock_name(ITEMS)
    if (item := TaxItem.objects.filter(pk=item_id).first()) is None:
        raise NotFound()
    TaxItem.objects.filter(is_default=True).update(is_default=False)
    item.is_default = True
    item.save(update_fields=["is_default"])
    _note("tax_item.made_default", actor, item, item)
    return item


@atomic
def assign_item(*, actor: Actor, product: Product, item: TaxItem) -> ProductTax:
    """The product is invoiced as this item from now on, whatever it was before. By staff. Locks all tax items."""
    require_staff(actor, "invoicing.add_producttax")
    lock_name(ITEMS)
    found, _new = ProductTax.objects.update_or_create(product=product, defaults={"item": item})
    _note("product_tax.assigned", actor, item, found, product=product.name)
    return found


@atomic
def withdraw_item(*, actor: Actor, assignment_id: int) -> Product:
    """The product is invoiced as the default item from now on. By staff. Locks all tax items."""
    require_staff(actor, "invoicing.delete_producttax")
    lock_name(ITEMS)
    found = ProductTax.objects.select_related("product", "item").filter(pk=assignment_id).first()
    if found is None:
        raise NotFound()
    found.delete()
    _note("product_tax.withdrawn", actor, found.item, found.item, product=found.product.name)
    return found.product


def _note(kind: str, actor: Actor, item: TaxItem, subject: models.Model, **facts: Any) -> None:
    record(kind, actor=actor, account=None, subject=subject, name=item.name, **facts)
