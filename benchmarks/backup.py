#!/usr/bin/env python3
"""How fast a set is backed up and restored, and in how much memory: ours beside plain COPY of the same rows.

    .venv/bin/python benchmarks/backup.py                 a table for people, in under five minutes
    .venv/bin/python benchmarks/backup.py --json          figures for machines
    .venv/bin/python benchmarks/backup.py --quick         a fast look: 10,000 and 100,000 entries
    .venv/bin/python benchmarks/backup.py --entries 5000000   another size of the large set

Two sets, one of ten times the length of the other (benchmarks/books_data.py), in a database of their own on the
project's server. In turn and several times over, each in a process of its own, so that its memory can be told:

- COPY of the set's rows, table by table, to files, and from them into the same tables with their indexes, constraints
  and triggers, whose answers are waited for;
- ours: `start_backup()` and `make_backup()`, `start_restore()` and `restore_set()`, with the file sealed and not.

Whatever reads in begins with a fresh copy of the database. `of_copy` is COPY's time out and in by ours, sealed. What
was restored has as many rows in each table and the same trial balance, or the benchmark fails.
"""

import shutil
import sys
import tempfile
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import apart, common

common.set_up()
from benchmarks import backup_acts, books_data  # noqa: E402
from kiscloud.models import AccountSet, Subscription  # noqa: E402

DATABASE, COPY_OF_IT = "bench_backup", "bench_backup_run"
ENTRIES = 1_000_000
SECONDS_MAX = 170
MEMORY = 256  # MiB, of our process
COPY, SEALED, PLAIN = "COPY to and from files", "our backup and restore, sealed", "our backup and restore, not sealed"
AIMS = (
    common.Aim("of_copy", 0.3),
    common.Aim("of_copy_unsealed", 0.3),
    common.Aim("memory_mib", MEMORY, at_most=True),
    common.Aim("memory_growth", 1.2, at_most=True),
)


@dataclass
class Trip:
    """One way there and back."""

    out: apart.Apart
    back: apart.Apart
    size: int = 0  # bytes of the files

    @property
    def seconds(self) -> float:
        """Of both."""
        return self.out.seconds + self.back.seconds

    @property
    def memory(self) -> float:
        """Of our process, MiB."""
        return max(self.out.ours, self.back.ours)


@dataclass
class Sizes:
    """What is measured with one set."""

    entries: int
    set_id: int
    trips: dict[str, list[Trip]] = field(default_factory=dict)

    def run(self, place: Path) -> None:
        """Every contender once."""
        for name, sealed in ((COPY, None), (SEALED, True), (PLAIN, False)):
            trip = self._copied(place) if sealed is None else self._ours(place, sealed=sealed)
            self.trips.setdefault(name, []).append(trip)
            shutil.rmtree(place)
            place.mkdir()

    def _copied(self, place: Path) -> Trip:
        out = apart.measured(partial(backup_acts.copy_out, self.set_id, place), database=DATABASE)
        size = sum(file.stat().st_size for file in place.iterdir())
        common.make_database(COPY_OF_IT, template=DATABASE)
        with common.connected_to(COPY_OF_IT):
            backup_acts.purge(self.set_id)
        return Trip(out, apart.measured(partial(backup_acts.copy_in, place), database=COPY_OF_IT), size)

    def _ours(self, place: Path, *, sealed: bool) -> Trip:
        common.make_database(COPY_OF_IT, template=DATABASE)
        out = apart.measured(partial(backup_acts.back_up, self.set_id, place, sealed=sealed), database=COPY_OF_IT)
        size = sum(file.stat().st_size for file in place.rglob("*.set"))
        back = apart.measured(partial(backup_acts.restore, place, sealed=sealed), database=COPY_OF_IT)
        with common.connected_to(COPY_OF_IT):
            backup_acts.check(self.set_id)
        return Trip(out, back, size)


def report(small: Sizes, large: Sizes) -> common.Report:
    """Medians as a table, and the ratios."""
    columns = ["entries", "out, s", "in, s", "MiB", "MiB of the database's process", "file, MB"]
    result = common.Report("backup", AIMS, columns)
    for found in (small, large):
        for name, trips in found.trips.items():
            seconds = [median(trip.out.seconds for trip in trips), median(trip.back.seconds for trip in trips)]
            memory = max(trip.memory for trip in trips)
            backend = max(max(trip.out.backend, trip.back.backend) for trip in trips)
            told = [f"{found.entries:,}", *(f"{one:.2f}" for one in seconds), f"{memory:.0f}", f"{backend:.0f}"]
            result.rows.append((name, [*told, f"{trips[-1].size / 1e6:.1f}"]))
            cell = {"contender": name, "entries": found.entries, "bytes": trips[-1].size}
            result.cells.append(cell | {"out": seconds[0], "in": seconds[1], "mib": memory, "backend_mib": backend})
    copied = [trip.seconds for trip in large.trips[COPY]]
    for ratio, name in (("of_copy", SEALED), ("of_copy_unsealed", PLAIN)):
        result.ratios[ratio] = common.median_ratio(copied, [trip.seconds for trip in large.trips[name]])
    for ratio, act in (("backup_of_copy", "out"), ("restore_of_copy", "back")):
        ours, theirs = ([getattr(trip, act).seconds for trip in large.trips[name]] for name in (SEALED, COPY))
        result.ratios[ratio] = common.median_ratio(theirs, ours)
    most, least = (max(trip.memory for trip in found.trips[SEALED]) for found in (large, small))
    result.ratios["memory_mib"], result.ratios["memory_growth"] = most, most / least
    return result


def main() -> None:
    """Measures and tells."""
    parser = common.arguments(__doc__)
    parser.add_argument("--entries", type=int, default=ENTRIES, help=f"of the large set ({ENTRIES:,})")
    wanted = parser.parse_args()
    most = wanted.entries // 10 if wanted.quick else wanted.entries
    place = Path(tempfile.mkdtemp(prefix="bench-backup-"))
    try:
        with common.temporary_database(DATABASE):
            sets = [_filled(number, entries) for number, entries in enumerate((most // 10, most), 1)]
            found = [Sizes(entries, made.pk) for entries, made in sets]
            common.run_rounds({one.entries: partial(one.run, place) for one in found}, count=3, within=SECONDS_MAX)
        report(*found).write(as_json=wanted.json)
    finally:
        common.drop_database(COPY_OF_IT)
        shutil.rmtree(place, ignore_errors=True)


def _filled(number: int, entries: int) -> tuple[int, AccountSet]:
    _actor, account_set = books_data.make_office(number)
    Subscription.objects.filter(sets=account_set).update(sets_total=2)  # room for what is restored
    books_data.fill(account_set, entries)
    common.tell(f"{entries:,} entries are there")
    return entries, account_set


if __name__ == "__main__":
    main()
