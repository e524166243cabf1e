#!/usr/bin/env python3
"""How fast money moves: our ledger beside the least SQL that does the same durable work, and beside django-hordak.

    .venv/bin/python benchmarks/transfers.py            a table for people, in under five minutes
    .venv/bin/python benchmarks/transfers.py --json     figures for machines
    .venv/bin/python benchmarks/transfers.py --quick    a fast look

Within one run, in databases of their own on the project's server, 10,000 funded accounts each, worker processes with a
connection each, in turn and several times over:

- the least SQL (benchmarks/least.sql): one prepared call from Python that changes two balances and inserts a transfer
  and two entries, with no key, no chain and no check but the balance: the limit for any client in Python;
- `ledger.post()` with every guarantee; `ledger.post_many()` with the same, 100 transfers a call;
- django-hordak, its documented transfer with a balance check under lock (benchmarks/hordak_peer.py).

Random: payer and payee are any two accounts. One payer: all transfers leave one account. A batch belongs to one
customer, so a worker's batches stay within its own share of the accounts; batches that cross all accounts lock hundreds
of them and wait for each other, which is told apart (`crossing`).
"""

import os
import random
import statistics
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from decimal import Decimal
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
import psycopg
from django.db import connection

from benchmarks import common, load, peers

common.set_up()
from accounts.models import Account  # noqa: E402
from finance.models import Book  # noqa: E402
from finance.services import ledger  # noqa: E402

ACCOUNTS = 10_000
FUNDS = Decimal("1000000.00")
FEN = Decimal("0.01")
BATCH = 100
WORKERS = (1, 8, 32)
SECONDS_MAX = 220  # for the rounds, so that all of it ends within five minutes on a busy machine too
DATABASE, PEER_DATABASE = "bench_transfers", "bench_transfers_hordak"
HORDAK = ("django-hordak==2.0.0", "Django>=5.2,<5.3", "psycopg[binary]")
LIMIT, POST, MANY, CROSSING, PEER = "least SQL", "post()", f"post_many({BATCH})", "crossing batches", "django-hordak"
AIMS = (
    common.Aim("of_limit@8", 0.40),
    common.Aim("of_limit@32", 0.30),
    common.Aim("vs_hordak@8", 6),
    common.Aim("batch100_of_limit@8", 3),
)

Cell = tuple[str, str, int]  # contender, shape, workers
Cells = dict[Cell, Callable[[], load.Measured]]
Pair = Callable[[], tuple[int, int]]


def fund() -> list[int]:
    """The cash books of as many new accounts, funded through the ledger; and the same for the least SQL."""
    rows = [Account(number=f"{n:010}", username=f"bench{n}", name=str(n)) for n in range(1, ACCOUNTS + 1)]
    accounts = Account.objects.bulk_create(rows)
    books = [one.pk for one in Book.objects.bulk_create(Book(account=one, kind="cash") for one in accounts)]
    bank = ledger.platform_book(kind="bank", near=0).pk
    postings = [ledger.Posting("top_up", f"fund {pk}", {pk: FUNDS, bank: -FUNDS}) for pk in books]
    for start in range(0, len(postings), 500):
        ledger.post_many(postings=postings[start : start + 500])
    with connection.cursor() as cursor:
        cursor.execute((Path(__file__).parent / "least.sql").read_text())
        cursor.execute("INSERT INTO least.account SELECT unnest(%s), 100000000", [books])
        cursor.execute("VACUUM ANALYZE")
    return books


def choose(books: Sequence[int], *, hot: bool) -> Pair:
    """Payer and payee, anew at each call."""
    chance = random.Random(os.getpid())
    if hot:
        payer, others = books[0], books[1:]
        return lambda: (payer, chance.choice(others))
    return lambda: tuple(chance.sample(books, 2))  # type: ignore[return-value]


def least(books: Sequence[int], address: dict[str, str], *, hot: bool) -> load.Prepare:
    """One prepared call for a transfer, straight from psycopg."""

    def prepare(_number: int) -> load.Act:
        cursor = psycopg.connect(**address, autocommit=True, prepare_threshold=0).cursor()  # type: ignore[arg-type]
        pair = choose(books, hot=hot)

        def transfer() -> int:
            cursor.execute("SELECT least.transfer(%s, %s, 1)", pair()).fetchone()
            return 1

        return transfer

    return prepare


def ours(books: Sequence[int], *, hot: bool, batch: int = 0, shares: int = 1) -> load.Prepare:
    """`post()`, or `post_many()` with so many a call, within the worker's share of the books."""

    def prepare(number: int) -> load.Act:
        pair = choose(books if hot else books[number % shares :: shares], hot=hot)
        prefix, count = f"{os.getpid()}-{random.random()}", 0

        def posting() -> ledger.Posting:
            nonlocal count
            count += 1
            payer, payee = pair()
            return ledger.Posting("allotment", f"{prefix}-{count}", {payer: -FEN, payee: FEN}, {"relationship": 7})

        def post() -> int:
            ledger.post(posting=posting())
            return 1

        def post_many() -> int:
            ledger.post_many(postings=[posting() for _ in range(batch)])
            return batch

        return post_many if batch else post

    return prepare


def contenders(
    books: Sequence[int], seconds: float, peer: peers.Peer | None
) -> dict[Cell, Callable[[], load.Measured]]:
    """What to measure, by name."""
    address = common.address_of()
    cells: dict[Cell, Callable[[], load.Measured]] = {}

    def add(name: str, shape: str, workers: int, prepare: load.Prepare) -> None:
        cells[name, shape, workers] = lambda: load.run(prepare, workers=workers, seconds=seconds)

    def add_peer(shape: str, workers: int) -> None:
        if peer is not None:
            order = {"do": "measure", "shape": shape, "workers": workers, "seconds": seconds}
            cells[PEER, shape, workers] = lambda: load.Measured(**peer.ask(**order))

    for shape in ("random", "hot"):
        hot = shape == "hot"
        for workers in WORKERS:
            add(LIMIT, shape, workers, least(books, address, hot=hot))
            add(POST, shape, workers, ours(books, hot=hot))
            add(MANY, shape, workers, ours(books, hot=hot, batch=BATCH, shares=workers))
            if (shape, workers) == ("random", 8):
                add(CROSSING, shape, workers, ours(books, hot=False, batch=BATCH))
            add_peer(shape, workers)
    return cells


def report(found: dict[Cell, list[load.Measured]]) -> common.Report:
    """Medians of the rounds as a table, and the ratios."""
    columns = [f"{title} @{workers}" for workers in WORKERS for title in ("per s", "p50 ms", "p99 ms")]
    result = common.Report("transfers", AIMS, columns)
    for shape, title in (("random", "random pairs"), ("hot", "one payer")):
        result.rows.append((title, ()))
        for name in (LIMIT, POST, MANY, CROSSING, PEER):
            cells = [found.get((name, shape, workers)) for workers in WORKERS]
            if any(cells):
                result.rows.append((f"  {name}", [text for cell in cells for text in _shown(cell)]))
    for (name, shape, workers), rounds in found.items():
        result.cells.append({"contender": name, "shape": shape, "workers": workers, **asdict(_median(rounds))})

    def ratio(above: str, below: str, workers: int, shape: str = "random") -> float:
        rates = [[one.rate for one in found[name, shape, workers]] for name in (above, below)]
        return common.median_ratio(*rates)

    for workers in WORKERS[1:]:
        result.ratios[f"of_limit@{workers}"] = ratio(POST, LIMIT, workers)
        result.ratios[f"of_limit_hot@{workers}"] = ratio(POST, LIMIT, workers, "hot")
    result.ratios["batch100_of_limit@8"] = ratio(MANY, LIMIT, 8)
    result.ratios["batch100_crossing_of_limit@8"] = ratio(CROSSING, LIMIT, 8)
    if (PEER, "random", 8) in found:
        result.ratios["vs_hordak@8"] = ratio(POST, PEER, 8)
    return result


def _shown(rounds: Sequence[load.Measured] | None) -> tuple[str, str, str]:
    if not rounds:
        return "", "", ""
    middle = _median(rounds)
    return f"{middle.rate:,.0f}", f"{middle.p50:.2f}", f"{middle.p99:.1f}"


def _median(rounds: Sequence[load.Measured]) -> load.Measured:
    return load.Measured(*(statistics.median(getattr(one, name) for one in rounds) for name in ("rate", "p50", "p99")))


def check() -> None:
    """The ledger that was measured is right: every balance is what its entries add up to."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM finance_book b LEFT JOIN ("
            " SELECT book_id, sum(amount) AS sum, count(*) AS n FROM finance_entry GROUP BY book_id"
            ") e ON e.book_id = b.id WHERE b.balance <> coalesce(e.sum, 0) OR b.version <> coalesce(e.n, 0)"
        )
        wrong = cursor.fetchone()[0]
    if wrong:
        raise SystemExit(f"{wrong} books do not add up")


def start_peer() -> peers.Peer | str:
    """Hordak, ready to be measured, or why there is none."""
    try:
        common.tell("setting up django-hordak")
        peer = peers.Peer("hordak", HORDAK, "hordak_peer.py")
    except peers.NotInstalled as error:
        return f"django-hordak could not be installed, so its ratio is missing: {error}"
    common.make_database(PEER_DATABASE)
    peer.ask(do="begin", address=common.address_of(PEER_DATABASE), accounts=ACCOUNTS)
    return peer


def main() -> None:
    """Prints what was found."""
    chosen = common.arguments(__doc__).parse_args()
    rounds, seconds = (2, 0.4) if chosen.quick else (5, 0.8)
    peer = start_peer()
    try:
        with common.temporary_database(DATABASE):
            common.tell(f"funding {ACCOUNTS:,} accounts")
            books = fund()
            cells = contenders(books, seconds, peer if isinstance(peer, peers.Peer) else None)
            connection.close()  # workers are forked
            found = common.run_rounds(cells, count=rounds, within=SECONDS_MAX)
            check()
    finally:
        if isinstance(peer, peers.Peer):
            peer.stop()
            common.drop_database(PEER_DATABASE)
    result = report(found)
    if isinstance(peer, str):
        result.notes.append(peer)
    result.write(as_json=chosen.json)


if __name__ == "__main__":
    main()
