#!/usr/bin/env python3
"""How fast books are: a voucher saved, and reports of a month whatever the length of the history.

    .venv/bin/python benchmarks/books.py            a table for people, in under five minutes
    .venv/bin/python benchmarks/books.py --json     figures for machines
    .venv/bin/python benchmarks/books.py --quick    a fast look: 10,000 and 100,000 entries

Within one run, in a database of its own on the project's server: sets with 10,000, 100,000 and 1,000,000 entries in 60
closed months, and the same 3,000 in the open one (benchmarks/books_data.py). In turn and several times over, at each
length:

- the least SQL that answers what a trial balance asks, the month's stored balances; our trial balance and balance
  sheet;
- the usual way, which adds up the lines of all months by the ORM;
- the least SQL that stores a voucher of three lines, without number, lock or check; our `save_voucher()` with all.
"""

import statistics
import sys
import time
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from django.db import connection, transaction
from django.db.models import Sum

from benchmarks import common

common.set_up()
from accounts.actors import Actor  # noqa: E402
from benchmarks import books_data  # noqa: E402
from kiscloud.books.entries import Entry, Header  # noqa: E402
from kiscloud.books.models import Line  # noqa: E402
from kiscloud.books.months import first_day, following  # noqa: E402
from kiscloud.books.reports.balance_sheet import balance_sheet  # noqa: E402
from kiscloud.books.reports.trial_balance import trial_balance  # noqa: E402
from kiscloud.books.services.vouchers import save_voucher  # noqa: E402
from kiscloud.models import AccountSet  # noqa: E402

SIZES = (10_000, 100_000, 1_000_000)
SECONDS_MAX = 120
TIMES = 10  # each act in a round
DATABASE = "bench_books"
LEAST, TRIAL, SHEET, USUAL = (
    "least SQL for a trial balance",
    "our trial balance",
    "our balance sheet",
    "adding up lines",
)
BARE, SAVE = "least SQL for a voucher", "our save_voucher()"
AIMS = (common.Aim("report_growth", 1.5, at_most=True),)
Cell = tuple[str, int]
_MONTH = "SELECT subject_id, opening, debit, credit FROM books_balance WHERE account_set_id = %s AND month = %s"
_BARE = """
WITH v AS (INSERT INTO bare_voucher (day, total) VALUES (%s, %s) RETURNING id)
INSERT INTO bare_line (voucher_id, subject, debit, credit) SELECT v.id, l.* FROM v,
    (VALUES (1, 1130.00, 0.00), (2, 0.00, 1000.00), (3, 0.00, 130.00)) AS l(subject, debit, credit)
"""
_TABLES = """
CREATE TABLE bare_voucher (id bigserial PRIMARY KEY, day date NOT NULL, total numeric(18, 2) NOT NULL);
CREATE TABLE bare_line (id bigserial PRIMARY KEY, voucher_id bigint NOT NULL, subject bigint NOT NULL,
    debit numeric(18, 2) NOT NULL, credit numeric(18, 2) NOT NULL);
"""


def acts_of(actor: Actor, account_set: AccountSet) -> dict[str, Callable[[], object]]:
    """What is measured in this set."""
    month = following(books_data.START, books_data.CLOSED)
    day = first_day(month) + timedelta(days=5)
    lines = [
        Entry("销售", "1002", debit=Decimal("1130.00")),
        Entry("", "5001", credit=Decimal("1000.00")),
        Entry("", "22210105", credit=Decimal("130.00")),
    ]

    def least() -> object:
        with connection.cursor() as cursor:
            cursor.execute(_MONTH, [account_set.pk, month])
            return cursor.fetchall()

    def usual() -> object:
        found = Line.objects.filter(account_set=account_set, voucher__state="posted", voucher__month__lte=month)
        return list(found.values("subject").annotate(debit=Sum("debit"), credit=Sum("credit")))

    def bare() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_BARE, [day, 1130])

    return {
        LEAST: least,
        TRIAL: lambda: trial_balance(account_set, month, level=9),
        SHEET: lambda: balance_sheet(account_set, month),
        USUAL: usual,
        BARE: bare,
        SAVE: lambda: save_voucher(actor=actor, account_set=account_set, header=Header(day), entries=lines),
    }


def measured(act: Callable[[], object], times: int) -> float:
    """Seconds for one, the median of so many."""
    found = []
    for _time in range(times):
        began = time.perf_counter()
        act()
        found.append(time.perf_counter() - began)
    return statistics.median(found)


def report(found: dict[Cell, list[float]], sizes: tuple[int, ...]) -> common.Report:
    """Medians as a table, and the ratios."""
    result = common.Report("books", AIMS, [f"{size:,} entries, ms" for size in sizes])
    for name in (LEAST, TRIAL, SHEET, USUAL, BARE, SAVE):
        medians = [statistics.median(found[name, size]) for size in sizes]
        result.rows.append((name, [f"{seconds * 1000:,.2f}" for seconds in medians]))
        result.cells += [
            {"contender": name, "entries": size, "ms": round(seconds * 1000, 3)}
            for size, seconds in zip(sizes, medians, strict=True)
        ]
    small, large = sizes[0], sizes[-1]
    result.ratios["report_growth"] = common.median_ratio(found[TRIAL, large], found[TRIAL, small])
    result.ratios["sheet_growth"] = common.median_ratio(found[SHEET, large], found[SHEET, small])
    result.ratios["usual_growth"] = common.median_ratio(found[USUAL, large], found[USUAL, small])
    result.ratios["trial_of_limit"] = common.median_ratio(found[LEAST, large], found[TRIAL, large])
    result.ratios["trial_vs_usual"] = common.median_ratio(found[USUAL, large], found[TRIAL, large])
    result.ratios["save_of_limit"] = common.median_ratio(found[BARE, large], found[SAVE, large])
    result.ratios["save_growth"] = common.median_ratio(found[SAVE, large], found[SAVE, small])
    return result


def main() -> None:
    """Measures and tells."""
    wanted = common.arguments(__doc__).parse_args()
    sizes = SIZES[:2] if wanted.quick else SIZES
    with common.temporary_database(DATABASE):
        with connection.cursor() as cursor:
            cursor.execute(_TABLES)
        cells: dict[Cell, Callable[[], float]] = {}
        for number, size in enumerate(sizes, 1):
            actor, account_set = books_data.make_office(number)
            books_data.fill(account_set, size)
            common.tell(f"{size:,} entries are there")
            for name, act in acts_of(actor, account_set).items():
                times = 1 if name == USUAL else TIMES
                cells[name, size] = lambda act=act, times=times: measured(act, times)  # type: ignore[misc]
        found = common.run_rounds(cells, count=3 if wanted.quick else 5, within=SECONDS_MAX)
    report(found, sizes).write(as_json=wanted.json)


if __name__ == "__main__":
    main()
