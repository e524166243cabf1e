"""Short ways to catalogues, prices and usage."""

import itertools
from datetime import UTC, datetime

from django.db import connection

from finance.cycles import cycle_of, month_of
from finance.models import Category, Price, PriceTier, Product, Usage
from finance.models.usage import SHARDS
from finance.services.partitions import ensure_months
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


def use(account, product: Product, moment: datetime, quantity: str, *, instance: str = "i-1") -> Usage:
    """One record, as if it had come in before its cycle was billed."""
    start, end = cycle_of(product.cycle, moment)
    ensure_months(months=[month_of(start)])
    row = Usage(
        source_id=f"u{next(_numbers)}",
        owner_id=account.pk,
        product_id=product.pk,
        instance=instance,
        quantity=D(quantity),
        started_at=moment,
        ended_at=moment,
        cycle_start=start,
        cycle_end=end,
        shard=account.pk % SHARDS,
    )
    names = [field.column for field in Usage._meta.concrete_fields if field.name not in {"id", "received_at"}]
    places = ", ".join(["%s"] * len(names))
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO finance_usage ({', '.join(names)}) VALUES ({places})", [getattr(row, name) for name in names]
        )
    return row
