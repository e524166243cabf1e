#!/usr/bin/env python3
"""How fast one manager pays for thousands: charges that all fall on one payer's credit, beside charges anywhere.

    .venv/bin/python benchmarks/hot_payer.py            a table for people, in under five minutes
    .venv/bin/python benchmarks/hot_payer.py --json     figures for machines
    .venv/bin/python benchmarks/hot_payer.py --quick    a fast look

Within one run, in a database of its own on the project's server, 32 worker processes with a connection each, in turn
and several times over, `charging.charge` with all it does (vouchers looked for, bill line, statement, ledger):

- on random pairs: any of 1,000 accounts uses something, any other pays for it under a trusteeship;
- on one payer for 1,000 members, whose credit lies in one book;
- on one payer whose credit lies in stripes (`finance.services.stripes`).

Beside them what a single row costs PostgreSQL itself: the least SQL (benchmarks/least.sql) with random payers, which is
the limit, and with one. It does a small part of a charge's work, so `of_limit` only shows proportions.

`of_random` is what is left of the rate when all charges fall on one payer in stripes; `of_single_row` how many times as
many go through as when its credit is one row; `limit_single_row_of_random` what the least SQL keeps on one row.
Where the processors of the workers are the limit, all three kinds of charges go at the same rate: only where they are
not does a row that everybody waits for cost anything.
"""

import os
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import psycopg
from django.db import connection
from django.db.models import Count, Sum

from benchmarks import common, load

common.set_up()
from accounts.models import Account  # noqa: E402
from finance.cycles import month_of  # noqa: E402
from finance.models import BillLine, Book, CreditLine, Product, Statement, Trust  # noqa: E402
from finance.services.charging import Draft, charge  # noqa: E402
from finance.services.statement_parts import count_in_all  # noqa: E402
from finance.services.stripes import stripe_credit  # noqa: E402
from tests.finance.bills import make_product  # noqa: E402
from tests.finance.funds import staff  # noqa: E402

MEMBERS = 1_000
WORKERS = 32
LIMIT = Decimal("100000000.00")
PRICE = Decimal("1.23")
NOW = datetime(2026, 3, 10, 4, tzinfo=UTC)
SECONDS_MAX = 200  # for the rounds, so that all of it ends within five minutes on a busy machine too
DATABASE = "bench_hot_payer"
LEAST, ROW = "least SQL, random payers", "least SQL, one payer"
RANDOM, ONE_BOOK, STRIPES = "charge, random payers", "charge, one payer", "charge, one payer in stripes"
AIMS = (common.Aim(f"of_random@{WORKERS}", 0.7),)
Pair = Callable[[], tuple[Account, Account]]  # whose charge, and who pays


def fund() -> tuple[list[Account], list[Account], Product]:
    """Members; payers with credit; what is bought."""
    rows = [Account(number=f"{n:010}", username=f"bench{n}", name=str(n)) for n in range(1, 2 * MEMBERS + 1)]
    accounts = Account.objects.bulk_create(rows)
    members, payers = accounts[:MEMBERS], accounts[MEMBERS:]
    granter = staff().user
    CreditLine.objects.bulk_create(
        CreditLine(account=one, limit=LIMIT, granted_by=granter, granted_at=NOW) for one in payers
    )
    Book.objects.bulk_create(Book(account=one, kind="credit", floor=-LIMIT) for one in payers)
    Book.objects.bulk_create(Book(account=one, kind="cash") for one in payers)
    Statement.objects.bulk_create(Statement(account=one, month=month_of(NOW)) for one in payers)
    product = make_product()
    with connection.cursor() as cursor:
        cursor.execute((Path(__file__).parent / "least.sql").read_text())
        cursor.execute("INSERT INTO least.account SELECT unnest(%s), 100000000", [[one.pk for one in accounts]])
        cursor.execute("VACUUM ANALYZE")
    return members, payers, product


def least(members: Sequence[Account], payers: Sequence[Account]) -> load.Prepare:
    """One prepared call for a transfer from any of the payers, straight from psycopg."""
    address = common.address_of()

    def prepare(_number: int) -> load.Act:
        cursor = psycopg.connect(**address, autocommit=True, prepare_threshold=0).cursor()
        chance = random.Random(os.getpid())

        def transfer() -> int:
            cursor.execute(
                "SELECT least.transfer(%s, %s, 1)", (chance.choice(payers).pk, chance.choice(members).pk)
            ).fetchone()
            return 1

        return transfer

    return prepare


def ours(members: Sequence[Account], payers: Sequence[Account], product: Product) -> load.Prepare:
    """`charge` for any of the members, paid by any of the payers from its credit."""

    def prepare(_number: int) -> load.Act:
        chance, count = random.Random(os.getpid()), 0

        def act() -> int:
            nonlocal count
            count += 1
            owner, payer, key = chance.choice(members), chance.choice(payers), f"{os.getpid()}-{count}"
            draft = Draft(owner, product, BillLine.Category.USE, key, NOW, NOW + timedelta(hours=1), Decimal(1), PRICE)
            charge(draft=draft, payer=payer, key=key, now=NOW, trust=Trust(manager=payer, member=owner))
            return 1

        return act

    return prepare


def contenders(seconds: float) -> dict[str, Callable[[], load.Measured]]:
    """What to measure, by name."""
    members, payers, product = fund()
    one_book, striped = payers[:2]
    stripe_credit(actor=staff(), account=striped)
    prepared = {
        LEAST: least(members, payers[2:]),
        ROW: least(members, [one_book]),
        RANDOM: ours(members, payers[2:], product),
        ONE_BOOK: ours(members, [one_book], product),
        STRIPES: ours(members, [striped], product),
    }
    return {name: _cell(prepare, seconds) for name, prepare in prepared.items()}


def _cell(prepare: load.Prepare, seconds: float) -> Callable[[], load.Measured]:
    return lambda: load.run(prepare, workers=WORKERS, seconds=seconds)


def check() -> None:
    """Nobody is above its limit, and lines, statements and the ledger say the same."""
    books = Book.objects.filter(kind="credit").values("account").annotate(used=-Sum("balance"), limit=-Sum("floor"))
    lines = BillLine.objects.aggregate(sum=Sum("credit"), count=Count("pk"))
    count_in_all()
    months = Statement.objects.aggregate(sum=Sum("credit"), count=Sum("lines"))
    if any(one["used"] > LIMIT or one["limit"] != LIMIT for one in books):
        raise SystemExit("somebody is above its limit")
    if not lines == months == {"sum": sum(one["used"] for one in books), "count": lines["count"]}:
        raise SystemExit(f"lines {lines}, statements {months}, books {sum(one['used'] for one in books)}")


def report(found: dict[str, list[load.Measured]]) -> common.Report:
    """Medians of the rounds as a table, and the ratios."""
    result = common.Report("hot_payer", AIMS, ("per s", "p50 ms", "p99 ms"))
    for name, rounds in found.items():
        parts = (statistics.median(getattr(one, part) for one in rounds) for part in ("rate", "p50", "p99"))
        middle = load.Measured(*parts)
        result.rows.append((name, (f"{middle.rate:,.0f}", f"{middle.p50:.2f}", f"{middle.p99:.1f}")))
        result.cells.append({"contender": name, "workers": WORKERS, **asdict(middle)})

    def ratio(above: str, below: str) -> float:
        return common.median_ratio(*([one.rate for one in found[name]] for name in (above, below)))

    result.ratios[f"of_random@{WORKERS}"] = ratio(STRIPES, RANDOM)
    result.ratios[f"of_single_row@{WORKERS}"] = ratio(STRIPES, ONE_BOOK)
    result.ratios[f"single_row_of_random@{WORKERS}"] = ratio(ONE_BOOK, RANDOM)
    result.ratios[f"limit_single_row_of_random@{WORKERS}"] = ratio(ROW, LEAST)
    result.ratios[f"of_limit@{WORKERS}"] = ratio(STRIPES, LEAST)
    return result


def main() -> None:
    """Prints what was found."""
    chosen = common.arguments(__doc__).parse_args()
    rounds, seconds = (2, 2.0) if chosen.quick else (5, 3.0)
    with common.temporary_database(DATABASE):
        common.tell(f"funding {2 * MEMBERS:,} accounts")
        cells = contenders(seconds)
        connection.close()  # workers are forked
        found = common.run_rounds(cells, count=rounds, within=SECONDS_MAX)
        check()
    report(found).write(as_json=chosen.json)


if __name__ == "__main__":
    main()
