#!/usr/bin/env python3
"""How much memory and time `manage.py verify_ledger` takes, over 100,000 entries and over 1,000,000.

    .venv/bin/python benchmarks/verify_ledger.py [--json] [--quick]

The command runs in a process of its own, over a database of its own on the project's server; its largest resident size
is what the system says when it has ended. `memory_growth` is that of the large ledger by that of the small one: 1 means
that memory does not grow with the number of entries.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from django.core.management import call_command
from django.db import connection

from benchmarks import apart, common

common.set_up()
from tests.finance.ledger_rows import fill_ledger  # noqa: E402

DATABASE = "bench_verify_ledger"
SIZES = (100_000, 1_000_000)
BOOKS = 10_000
AIMS = (common.Aim("memory_growth", 1.1, at_most=True),)


def verify() -> None:
    """The command, which ends the process with 1 if anything is wrong."""
    with Path("/dev/null").open("w") as nowhere:
        call_command("verify_ledger", stdout=nowhere)


def main() -> None:
    """Prints what was found."""
    chosen = common.arguments(__doc__).parse_args()
    sizes = [size // 10 for size in SIZES] if chosen.quick else SIZES
    report = common.Report("verify_ledger", AIMS, ["entries per s", "MiB"])
    found: list[float] = []
    with common.temporary_database(DATABASE):
        there = 0
        for size in sizes:
            common.tell(f"filling up to {size:,} entries")
            with connection.cursor() as cursor:
                cursor.execute("SET statement_timeout = 0")
            fill_ledger(transfers=(size - there) // 2, books=0 if there else BOOKS)
            there = size
            with connection.cursor() as cursor:
                cursor.execute("VACUUM ANALYZE")
            took = apart.measured(verify, database=DATABASE)
            found.append(took.ours)
            report.rows.append((f"{size:,} entries", [f"{size / took.seconds:,.0f}", f"{took.ours:.0f}"]))
            report.cells.append({"entries": size, "seconds": round(took.seconds, 1), "mib": round(took.ours, 1)})
    report.ratios["memory_growth"] = found[-1] / found[0]
    report.write(as_json=chosen.json)


if __name__ == "__main__":
    main()
