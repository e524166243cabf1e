"""The part of benchmarks/billing.py about the billing run."""

import resource
import statistics
import sys
import time
from decimal import Decimal
from functools import partial
from itertools import islice

from django.db import connection, transaction
from django.db.models import Sum

from accounts.models import Account
from benchmarks import common, usage_data
from finance.models import BillLine, Price, Product, Usage
from finance.models.usage import SHARDS
from finance.services.billing import bill_usage
from finance.services.charging import Draft, charge
from finance.services.drawing import open_cash
from finance.services.ledger import Posting, platform_book, post_many

AIMS = (common.Aim("run_of_limit", 0.3), common.Aim("vs_django_loop", 20))
LIMIT, OURS, LOOP = "INSERT … SELECT … GROUP BY", "billing run", "Django loop (scaled)"
SAMPLE = 400  # lines that the loop makes
CASH = Decimal("1000000.00")

# The least that yields the same totals: one row for each account, product and cycle.
_LEAST = """
INSERT INTO bench_least (owner_id, product_id, instance, cycle_start, quantity, payable)
SELECT u.owner_id, u.product_id, u.instance, u.cycle_start, sum(u.quantity),
    round(tiered_price(sum(u.quantity), t.a, t.p), 2)
FROM finance_usage u JOIN finance_price p ON p.product_id = u.product_id
JOIN (SELECT price_id, array_agg(above ORDER BY above) AS a, array_agg(unit_price ORDER BY above) AS p
      FROM finance_pricetier GROUP BY price_id) t ON t.price_id = p.id
GROUP BY u.owner_id, u.product_id, u.instance, u.cycle_start, t.a, t.p
"""


def measure(report: common.Report, world: usage_data.World, *, rounds: int) -> None:
    """The least, ours and the loop in turn over the same usage; nothing that they write stays."""
    common.tell(f"keeping {world.records:,} records")
    usage_data.empty()
    usage_data.fill(world)
    _give_cash()
    found = common.run_rounds({LIMIT: limit, OURS: partial(ours, report), LOOP: loop}, count=rounds, within=150)
    for name, seconds in found.items():
        middle = statistics.median(seconds)
        report.rows.append((name, [f"{world.records / middle:,.0f}", f"{middle:.1f}", ""]))
        report.cells.append({"contender": name, "records": world.records, "seconds": round(middle, 2)})
    report.ratios["run_of_limit"] = common.median_ratio(found[LIMIT], found[OURS])
    report.ratios["vs_django_loop"] = common.median_ratio(found[LOOP], found[OURS])
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
    report.notes.append(f"The billing process took at most {size:.0f} MiB.")


def limit() -> float:
    """Seconds of one statement into a bare table."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_least (owner_id bigint, product_id bigint, instance varchar(100),"
            " cycle_start timestamptz, quantity numeric(24, 8), payable numeric(18, 2))"
        )
        began = time.perf_counter()
        cursor.execute(_LEAST)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds


def ours(report: common.Report) -> float:
    """Seconds of the run over every shard."""
    with transaction.atomic():
        began = time.perf_counter()
        run = bill_usage(shards=range(SHARDS), until=usage_data.NOW, now=usage_data.NOW)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    note = f"{run.lines:,} bill lines of {run.payers:,} payers."
    if note not in report.notes:
        report.notes.append(note)
    return seconds


def loop() -> float:
    """Seconds that a loop over the groups would take: look up the price, charge, write, one after the other."""
    keys = ("owner_id", "product_id", "instance", "cycle_start", "cycle_end")
    groups = Usage.objects.values(*keys).annotate(sum=Sum("quantity")).order_by(*keys)
    lines = Usage.objects.values(*keys[:4]).distinct().count()
    with transaction.atomic():
        began = time.perf_counter()
        for number, group in enumerate(islice(groups.iterator(chunk_size=SAMPLE), SAMPLE)):
            _charge_one(number, group)
        seconds = time.perf_counter() - began
        transaction.set_rollback(True)
    return seconds / SAMPLE * lines


def _charge_one(number: int, group: dict[str, object]) -> None:
    owner = Account.objects.get(pk=group["owner_id"])
    product = Product.objects.select_related("category").get(pk=group["product_id"])
    price = Price.objects.filter(product=product, valid_from__lte=group["cycle_start"]).order_by("-valid_from")[0]
    each = price.tiers.order_by("above")[0].unit_price
    draft = Draft(
        owner=owner,
        product=product,
        category=BillLine.Category.USE,
        instance=str(group["instance"]),
        cycle_start=group["cycle_start"],  # type: ignore[arg-type]
        cycle_end=group["cycle_end"],  # type: ignore[arg-type]
        quantity=group["sum"],  # type: ignore[arg-type]
        gross=group["sum"] * each,  # type: ignore[operator]
    )
    charge(draft=draft, payer=owner, key=f"loop-{number}", now=usage_data.NOW)


def _give_cash() -> None:
    accounts = list(Account.objects.all())
    open_cash(accounts=accounts)
    bank = platform_book(kind="bank", near=1).pk
    with connection.cursor() as cursor:
        cursor.execute("SELECT account_id, id FROM finance_book WHERE kind = 'cash'")
        books = cursor.fetchall()
    for first in range(0, len(books), 1000):
        post_many(
            postings=[
                Posting("top_up", f"bench-{account}", {book: CASH, bank: -CASH})
                for account, book in books[first : first + 1000]
            ]
        )
