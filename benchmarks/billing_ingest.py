"""The part of benchmarks/billing.py about usage that comes in."""

import resource
import statistics
import sys
import time
from functools import partial
from pathlib import Path

import psycopg
from django.core.files.storage import FileSystemStorage
from django.db import connection

from benchmarks import common, usage_data
from finance.models import Usage, UsageImport
from finance.services import usage_files

AIMS = (common.Aim("ingest_of_copy", 0.5),)
OURS, COPY = "import of a file", "plain COPY"
BLOCK = 1024 * 1024


def measure(report: common.Report, world: usage_data.World, folder: Path, *, rounds: int) -> None:
    """Both ways in turn, each into an empty table; the report has their rates and the ratio."""
    common.tell(f"writing {world.records:,} records")
    lines, rows = folder / "usage.csv", folder / "kept.csv"
    usage_data.write_file(world, lines)
    usage_data.write_kept(world, rows)
    cells = {COPY: partial(copied, world, rows), OURS: partial(imported, world, lines)}
    found = common.run_rounds(cells, count=rounds, within=150)
    for name, seconds in found.items():
        middle = statistics.median(seconds)
        memory = f"{_largest():.0f}" if name == OURS else ""
        report.rows.append((name, [f"{world.records / middle:,.0f}", f"{middle:.1f}", memory]))
        report.cells.append({"contender": name, "records": world.records, "seconds": round(middle, 2)})
    report.ratios["ingest_of_copy"] = common.median_ratio(found[COPY], found[OURS])


def copied(world: usage_data.World, path: Path) -> float:
    """Seconds of COPY, of rows that are ready."""
    usage_data.empty()
    began = time.perf_counter()
    with path.open("rb") as file, psycopg.Cursor(connection.connection) as cursor:
        cursor.execute("SET statement_timeout = 0")
        with cursor.copy(f"COPY finance_usage ({usage_data.COLUMNS}) FROM STDIN (FORMAT csv)") as copy:
            while block := file.read(BLOCK):
                copy.write(block)
    return _checked(world, time.perf_counter() - began)


def imported(world: usage_data.World, path: Path) -> float:
    """Seconds of the import, from the stored file to its last piece."""
    usage_data.empty()
    usage_files.default_storage = FileSystemStorage(path.parent)  # type: ignore[assignment]
    upload = UsageImport.objects.create(name=path.name, file=path.name, bytes=path.stat().st_size)
    began = time.perf_counter()
    if not usage_files.import_usage(upload_id=upload.pk, seconds=600, now=usage_data.NOW):
        raise RuntimeError("the file was not read to its end")
    return _checked(world, time.perf_counter() - began)


def _checked(world: usage_data.World, seconds: float) -> float:
    if (there := Usage.objects.count()) != world.records:
        raise RuntimeError(f"{there} records instead of {world.records}")
    return seconds


def _largest() -> float:
    """The largest resident size of this process so far, in MiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 * 1024 if sys.platform == "darwin" else 1024)
