#!/usr/bin/env python3
"""How fast usage comes in and is billed, beside the least that PostgreSQL can do.

    .venv/bin/python benchmarks/billing.py            a table for people
    .venv/bin/python benchmarks/billing.py --json     figures for machines
    .venv/bin/python benchmarks/billing.py --quick    a fast look, with a tenth of the records

1,000,000 records of 10,000 accounts and 20 products, in a database of its own on the project's server.

`ingest_of_copy`: a file of them through the import that staff use, every line checked and kept once, by plain COPY of
the same rows, ready made, into the same table with the same indexes.
`run_of_limit`: the least INSERT … SELECT … GROUP BY that yields the same totals, by the billing run over all accounts.
`vs_django_loop`: a loop that looks up the price of each group, charges it and writes its line, by the billing run.
"""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import common

common.set_up()
from benchmarks import billing_ingest, billing_run, usage_data  # noqa: E402

DATABASE = "bench_billing"
AIMS = (*billing_ingest.AIMS, *billing_run.AIMS)


def main() -> None:
    """Prints what was found."""
    chosen = common.arguments(__doc__).parse_args()
    world = usage_data.World(records=usage_data.RECORDS // (10 if chosen.quick else 1))
    report = common.Report("billing", AIMS, ["records per s", "seconds", "MiB"])
    with common.temporary_database(DATABASE), tempfile.TemporaryDirectory() as folder:
        common.tell(f"making {world.accounts:,} accounts and {world.products} products")
        usage_data.make_world(world)
        billing_ingest.measure(report, world, Path(folder), rounds=1 if chosen.quick else 3)
        billing_run.measure(report, world, rounds=1 if chosen.quick else 3)
    report.write(as_json=chosen.json)


if __name__ == "__main__":
    main()
