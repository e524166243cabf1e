"""The acts that are measured: taking usage in, and billing it; ours beside the least SQL and the usual Django loop."""

import math
import time
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import connection, transaction
from django.db.models import F, Q, Sum
from django.test import override_settings

from accounts.models import Account
from benchmarks.usage_data import COLUMNS, LATER, PARTITION
from config.copying import raw_cursor
from finance.models import BillLine, Book, Discount, Price, Product, Statement, Usage, UsageImport
from finance.models.usage import SHARDS
from finance.services import ledger
from finance.services.billing import bill_usage
from finance.services.usage_files import import_usage

BLOCK = 1024 * 1024
EIGHT, FEN = Decimal("0.00000001"), Decimal("0.01")

# What the least SQL is given ready-made: a price for each product, and for each account the share that it pays.
_LEAST_TERMS = """
CREATE SCHEMA least;
CREATE TABLE least.price AS
    SELECT p.product_id, t.unit_price AS price, coalesce(u.above, 0) AS above,
        coalesce(t.unit_price - u.unit_price, 0) AS off
    FROM finance_price p JOIN finance_pricetier t ON t.price_id = p.id AND t.above = 0
    LEFT JOIN finance_pricetier u ON u.price_id = p.id AND u.above > 0;
CREATE TABLE least.rate AS
    SELECT a.id AS owner_id, coalesce(d.rate, 1) AS rate FROM accounts_account a
    LEFT JOIN finance_trust t ON t.member_id = a.id
    LEFT JOIN finance_discount d ON d.account_id = coalesce(t.manager_id, a.id);
CREATE TABLE least.line (
    id bigint GENERATED ALWAYS AS IDENTITY, owner_id bigint NOT NULL, product_id bigint NOT NULL,
    instance varchar(100) NOT NULL, cycle_start timestamptz NOT NULL, cycle_end timestamptz NOT NULL,
    quantity numeric(24, 8) NOT NULL, payable numeric(18, 2) NOT NULL
);
ANALYZE least.price, least.rate;
"""
_LEAST = """
INSERT INTO least.line (owner_id, product_id, instance, cycle_start, cycle_end, quantity, payable)
SELECT owner_id, product_id, instance, cycle_start, cycle_end, quantity,
    round((quantity * price - greatest(quantity - above, 0) * off) * rate, 2)
FROM (
    SELECT owner_id, product_id, instance, cycle_start, cycle_end, sum(quantity) AS quantity FROM finance_usage
    GROUP BY 1, 2, 3, 4, 5
) used JOIN least.price USING (product_id) JOIN least.rate USING (owner_id)
"""
# Lines that differ from those of the least SQL, but for what commitments covered.
_DIFFERENT = """
SELECT count(*) FROM least.line l FULL JOIN finance_billline b USING (owner_id, product_id, instance, cycle_start)
WHERE (l.quantity, l.payable) IS DISTINCT FROM (b.quantity, b.payable) AND b.covered IS NOT DISTINCT FROM 0
"""
_SUMS = """
SELECT (SELECT sum(payable - voucher) FROM finance_billline),
    (SELECT sum(payable - voucher) FROM finance_statement),
    (SELECT sum(e.amount) FROM finance_entry e JOIN finance_book b ON b.id = e.book_id AND b.kind = 'revenue')
"""


def copy_in(path: Path) -> None:
    """The records by plain COPY."""
    with path.open("rb") as file, raw_cursor() as cursor, cursor.copy(f"COPY {PARTITION} ({COLUMNS}) FROM STDIN") as to:
        while block := file.read(BLOCK):
            to.write(block)


def upload(path: Path) -> int:
    """The file is where uploads are, as yet unread; answers the upload's number."""
    with override_settings(MEDIA_ROOT=path.parent), path.open("rb") as file:
        stored = default_storage.save(f"usage/{path.name}", File(file))
        size = default_storage.size(stored)
    return UsageImport.objects.create(name=path.name, file=stored, bytes=size).pk


def import_file(upload_id: int, media: Path) -> None:
    """The file by our import, piece by piece."""
    with override_settings(MEDIA_ROOT=media):
        import_usage(upload_id=upload_id, seconds=math.inf, now=LATER)


def prepare_least() -> None:
    """The least SQL has its tables."""
    with connection.cursor() as cursor:
        cursor.execute(_LEAST_TERMS)


def least() -> None:
    """The same totals, by one statement, with the memory that our run allows itself."""
    with connection.cursor() as cursor:
        cursor.execute("SET work_mem = '128MB'; SET jit = off")
        cursor.execute(_LEAST)


def ours() -> None:
    """All shards in one run."""
    bill_usage(shards=range(SHARDS), until=LATER, now=LATER)


def check(count: int, *, per_line: int) -> None:
    """What was measured is right: line by line as by the least SQL, and in the ledger and in statements."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(_DIFFERENT)
        different = cursor.fetchone()[0]
        cursor.execute(_SUMS)
        sums = cursor.fetchone()
    lines = BillLine.objects.count()
    if different or len(set(sums)) > 1 or lines != count // per_line:
        raise SystemExit(f"wrong: {different} of {lines} lines differ; lines, statements and ledger say {sums}")


def loop_seconds(sample: int) -> float:
    """How long the usual Django loop would take for everything: its query, and a sample of its turns."""
    began = time.perf_counter()
    keys = ("owner_id", "product_id", "instance", "cycle_start", "cycle_end")
    found = list(Usage.objects.filter(cycle_end__lte=LATER).values(*keys).annotate(sum=Sum("quantity")).order_by())
    asked = time.perf_counter()
    with transaction.atomic():
        for group in found[:sample]:
            _bill_one(group)
        took = time.perf_counter() - asked
        transaction.set_rollback(True)
    return asked - began + took * len(found) / sample


def _bill_one(group: dict[str, Any]) -> None:
    """One line as it is usually written: everything looked up, the book locked, all of it paid from cash."""
    at, quantity = group["cycle_start"], group["sum"]
    account, product = Account.objects.get(pk=group["owner_id"]), Product.objects.get(pk=group["product_id"])
    price = Price.objects.filter(product=product, valid_from__lte=at).order_by("-valid_from")[0]
    gross = _priced(quantity, list(price.tiers.order_by("above").values_list("above", "unit_price"))).quantize(EIGHT)
    scope = Q(product=product) | Q(category=product.category_id) | Q(product=None, category=None)
    discount = Discount.objects.filter(scope, account=account).valid(at=at).order_by("rate").first()
    rate = discount.rate if discount else Decimal(1)
    off = (gross * (1 - rate)).quantize(EIGHT)
    payable = (gross - off).quantize(FEN, ROUND_HALF_UP)
    cash = Book.objects.select_for_update().get(account=account, kind="cash")
    revenue = ledger.platform_book(kind="revenue", near=account.pk)
    key = f"loop:{account.pk}:{product.pk}:{group['instance']}:{at.isoformat()}"
    paid = min(cash.balance, payable)
    transfer = ledger.post(posting=ledger.Posting("charge", key, {cash.pk: -paid, revenue.pk: paid})) if paid else None
    statement, _made = Statement.objects.get_or_create(account=account, month=at.date().replace(day=1))
    del group["sum"]
    BillLine.objects.create(
        statement=statement,
        payer=account,
        category=BillLine.Category.USE,
        quantity=quantity,
        gross=gross,
        rate=rate,
        discount=off,
        rounding=gross - off - payable,
        payable=payable,
        cash=paid,
        outstanding=payable - paid,
        transfer_id=transfer,
        **group,
    )
    Statement.objects.filter(pk=statement.pk).update(
        lines=F("lines") + 1,
        payable=F("payable") + payable,
        cash=F("cash") + paid,
        outstanding=F("outstanding") + payable - paid,
    )


def _priced(quantity: Decimal, tiers: Sequence[tuple[Decimal, Decimal]]) -> Decimal:
    ends = [above for above, _price in tiers[1:]] + [quantity]
    parts = zip(tiers, ends, strict=True)
    return sum((max(min(quantity, end) - above, Decimal(0)) * price for (above, price), end in parts), Decimal(0))
