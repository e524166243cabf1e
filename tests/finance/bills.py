"""Short ways to catalogues, prices and usage."""

import itertools
from datetime import UTC, datetime

from finance.models import Category, Price, PriceTier, Product
from tests.finance.funds import D

_numbers = itertools.count()
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def make_category(**more) -> Category:
    """A family of products."""
    number = next(_numbers)
    return Category.objects.create(**{"code": f"category-{number}", "name": f"类别{number}"} | more)


def make_product(price: str = "1", cycle: str = "hour", pay_mode: str = "postpaid", **more) -> Product:
    """On sale since long ago, at this list price a unit."""
    number = next(_numbers)
    fields = {"code": f"product-{number}", "name": f"产品{number}", "unit": "个", "category": None} | more
    fields["category"] = fields["category"] or make_category()
    product = Product.objects.create(cycle=cycle, pay_mode=pay_mode, **fields)
    set_price(product, {"0": price})
    return product


def set_price(product: Product, tiers: dict[str, str], since: datetime = LONG_AGO) -> Price:
    """From this moment on the units above each number cost so much."""
    price = Price.objects.create(product=product, valid_from=since)
    PriceTier.objects.bulk_create([PriceTier(price=price, above=D(a), unit_price=D(p)) for a, p in tiers.items()])
    return price
