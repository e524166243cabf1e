#!/usr/bin/env python3
"""How fast usage is taken in and billed: ours beside plain COPY, the least SQL, and the usual Django loop.

    .venv/bin/python benchmarks/billing.py              a table for people, in under five minutes
    .venv/bin/python benchmarks/billing.py --json       figures for machines
    .venv/bin/python benchmarks/billing.py --quick      a fast look, with a tenth of the records
    .venv/bin/python benchmarks/billing.py --growth     also ten times as many records, in about ten minutes more

Within one run, in databases of its own on the project's server: 1,000,000 records of 10,000 accounts and 20 products
(benchmarks/usage_data.py), five for each bill line. In turn and several times over:

- COPY of the records, typed already, into the month's table with its indexes; our import of the same from a CSV file;
- the least `INSERT … SELECT … GROUP BY` that yields the same totals by account, product, instance and cycle, into a
  table without an index, with prices and discounts ready-made; our run over all shards, with payers, tiers,
  commitments, vouchers, cash, credit, arrears, statements and ledger. Both begin with a fresh copy of the database;
  afterwards their lines are compared. The usual loop (look up, lock, post, create, line by line, all in one
  transaction) is sampled and scaled.

Each act runs in a process of its own, whose largest size is told beside that of its PostgreSQL backend.
"""

import statistics
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from django.db import connection

from benchmarks import apart, common

common.set_up()
from benchmarks import billing_run, usage_data  # noqa: E402

RECORDS, GROWTH = 1_000_000, 10
SAMPLE = 2_000  # turns of the loop
SECONDS_MAX = 100  # for the rounds of either part
MIB_MAX = 512
DATABASE, COPY_OF_IT = "bench_billing", "bench_billing_run"
COPY, IMPORT, LEAST, RUN, LOOP = "plain COPY", "our import", "least SQL", "our run", "Django loop"
AIMS = (
    common.Aim("ingest_of_copy", 0.5),
    common.Aim("run_of_limit", 0.3),
    common.Aim("vs_django_loop", 20),
    common.Aim("growth", 1.15, at_most=True),
    common.Aim("largest_mib", MIB_MAX, at_most=True),
)
Found = dict[str, list[apart.Apart]]


def take_in(count: int, rounds: int) -> Found:
    """COPY and our import, in turn; what the last one brought stays."""
    with tempfile.TemporaryDirectory() as folder:
        typed, plain = Path(folder) / "typed", Path(folder) / "usage.csv"
        usage_data.write_files(count, typed=typed, plain=plain)

        def copy() -> apart.Apart:
            usage_data.forget()
            return apart.measured(partial(billing_run.copy_in, typed), database=DATABASE)

        def read() -> apart.Apart:
            usage_data.forget()
            upload = billing_run.upload(plain)
            return apart.measured(partial(billing_run.import_file, upload, plain.parent), database=DATABASE)

        return common.run_rounds({COPY: copy, IMPORT: read}, count=rounds, within=SECONDS_MAX)


def bill(count: int, rounds: int) -> Found:
    """The least SQL and our run, in turn, over the usage that is there."""

    def both() -> tuple[apart.Apart, apart.Apart]:
        connection.close()
        common.make_database(COPY_OF_IT, template=DATABASE)
        found = [apart.measured(act, database=COPY_OF_IT) for act in (billing_run.least, billing_run.ours)]
        with common.connected_to(COPY_OF_IT):
            billing_run.check(count, per_line=usage_data.PER_LINE)
        return found[0], found[1]

    try:
        pairs = common.run_rounds({RUN: both}, count=rounds, within=SECONDS_MAX)[RUN]
    finally:
        common.drop_database(COPY_OF_IT)
    return {LEAST: [one for one, _other in pairs], RUN: [other for _one, other in pairs]}


def report(found: Mapping[int, Found], loop: float | None) -> common.Report:
    """Medians as a table, and the ratios."""
    result = common.Report("billing", AIMS, ["seconds", "records per s", "process MiB", "backend MiB"])
    for count, acts in found.items():
        result.rows.append((f"{count:,} records", ()))
        for name, rounds in acts.items():
            _tell(result, name, count, rounds)
    count, first = next(iter(found.items()))
    ours = _seconds(first[RUN])
    result.ratios["ingest_of_copy"] = common.median_ratio(_seconds(first[COPY]), _seconds(first[IMPORT]))
    result.ratios["run_of_limit"] = common.median_ratio(_seconds(first[LEAST]), ours)
    if loop is not None:
        result.rows.append((f"  {LOOP}, scaled", [f"{loop:,.1f}", f"{count / loop:,.0f}", "", ""]))
        result.cells.append({"contender": LOOP, "records": count, "seconds": round(loop, 1)})
        result.ratios["vs_django_loop"] = loop / statistics.median(ours)
    for larger, acts in list(found.items())[1:]:
        times = larger / count
        result.ratios["growth"] = statistics.median(_seconds(acts[RUN])) / statistics.median(ours) / times
        result.ratios["growth_of_least"] = (
            statistics.median(_seconds(acts[LEAST])) / statistics.median(_seconds(first[LEAST])) / times
        )
    own = [one for acts in found.values() for name in (IMPORT, RUN) for one in acts.get(name, ())]
    result.ratios["largest_mib"] = max(one.largest for one in own)
    return result


def _seconds(rounds: Sequence[apart.Apart]) -> list[float]:
    return [one.seconds for one in rounds]


def _tell(result: common.Report, name: str, count: int, rounds: Sequence[apart.Apart]) -> None:
    seconds = statistics.median(_seconds(rounds))
    ours, backend = max(one.ours for one in rounds), max(one.backend for one in rounds)
    cells = [f"{seconds:,.1f}", f"{count / seconds:,.0f}", f"{ours:.0f}", f"{backend:.0f}"]
    result.rows.append((f"  {name}", cells))
    sizes = {"mib": round(ours, 1), "backend_mib": round(backend, 1)}
    result.cells.append({"contender": name, "records": count, "seconds": round(seconds, 2), **sizes})


def main() -> None:
    """Prints what was found."""
    parser = common.arguments(__doc__)
    parser.add_argument("--growth", action="store_true", help="also bill ten times as many records")
    chosen = parser.parse_args()
    count, rounds = (RECORDS // 10, 2) if chosen.quick else (RECORDS, 3)
    with common.temporary_database(DATABASE):
        common.tell("making accounts")
        usage_data.make_world()
        billing_run.prepare_least()
        found = {count: take_in(count, rounds)}
        usage_data.settle()
        common.tell("billing")
        found[count] |= bill(count, rounds)
        loop = billing_run.loop_seconds(SAMPLE)
        if chosen.growth:
            common.tell(f"billing {GROWTH} times as many")
            usage_data.fill(count * GROWTH)
            found[count * GROWTH] = bill(count * GROWTH, 1)
    report(found, loop).write(as_json=chosen.json)


if __name__ == "__main__":
    main()
