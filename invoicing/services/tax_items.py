"""As which tax item a product is invoiced."""

from collections.abc import Collection

from invoicing import policy
from invoicing.models import ProductTax, TaxItem


def default_item() -> TaxItem:
    """The one for products without their own; there always is one."""
    found, _new = TaxItem.objects.get_or_create(is_default=True, defaults=dict(policy.DEFAULT_ITEM))
    return found


def items_of(*, products: Collection[int]) -> dict[int, TaxItem]:
    """By product id, for each of these; two queries."""
    default = default_item()
    own = ProductTax.objects.filter(product__in=products).select_related("item")
    return dict.fromkeys(products, default) | {one.product_id: one.item for one in own}
