"""The whole run, from an empty directory to the verdict."""

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
from django.db import connections

from config.postgres.server import server_of
from finance.models import Allotment, Export
from tests.fund_chaos.cast import make_cast
from tests.fund_chaos.clients import Book, Client
from tests.fund_chaos.files import Files
from tests.fund_chaos.killer import Killer
from tests.fund_chaos.verdict import Finding, judge
from tests.fund_chaos.world import World, pause

START_SECONDS = 120


def play(place: Path, port: int, *, kills: int, clients: int, seed: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """What was done and what was found. The database is stopped when this process ends or calls `close`."""
    world, book, over = World(place, port), Book(), threading.Event()
    began = time.monotonic()
    migrated = world.manage("migrate", "--verbosity=0")
    if migrated.returncode:
        raise SystemExit(migrated.stderr)
    managers, callers = make_cast(clients)
    killer = Killer(world, book, kills=kills, seed=seed)
    crew: list[threading.Thread] = [
        Client(caller, url=world.url, seed=f"{seed}-{number}", book=book, over=over)
        for number, caller in enumerate(callers)
    ]
    crew.append(Files(managers[0].account, over))
    try:
        world.start()
        _wait_for(world)
        tell(f"{clients} clients, {kills} kills, seed {seed}, in {place}")
        played = time.monotonic()
        for one in crew:
            one.start()
        killer.run(tell)
        over.set()
        for one in crew:
            one.join()
        seconds = time.monotonic() - played
        tell(f"asking the questions after {seconds:.0f} s")
        connections.close_all()
        findings = list(judge(world, book, managers))
    finally:
        over.set()
        world.stop()
    return _report(world, book, killer, findings) | {
        "seed": seed,
        "seconds_played": round(seconds, 1),
        "seconds": round(time.monotonic() - began, 1),
    }


def _wait_for(world: World) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        with suppress(httpx.TransportError):
            if httpx.get(f"{world.url}schema/", trust_env=False, timeout=10).is_success:
                return
        pause(0.2)
    raise SystemExit(f"the web server did not start, see {world.place / 'web.log'}")


def _report(world: World, book: Book, killer: Killer, findings: list[Finding]) -> dict[str, Any]:
    acts = book.acts
    return {
        "ok": all(finding.holds for finding in findings),
        "kills": dict(killer.done),
        "kills_in_all": sum(killer.done.values()),
        "kills_without_a_stir": killer.stalls,
        "restarts": dict(world.restarts),
        "requests": len(acts),
        "sent": sum(act.sent for act in acts),
        "done": sum(act.was_done for act in acts),
        "refused": sum(act.status is not None and not act.was_done for act in acts),
        "unanswered": sum(act.status is None for act in acts),
        "batches": sum(act.is_batch for act in acts),
        "allotments_and_recalls": Allotment.objects.count(),
        "files": {state: Export.objects.filter(state=state).count() for state in Export.State.values},
        "heard": dict(sorted(book.heard.items())),
        "deadlocks": _deadlocks(world.place),
        "findings": [
            {"question": one.question, "holds": one.holds, "against": one.against[:20], "count": len(one.against)}
            for one in findings
        ],
    }


def _deadlocks(place: Path) -> int:
    """As the database's own log tells."""
    logs = [path for name in ("log", "log.old") if (path := place / "postgres" / name).exists()]
    return sum(path.read_text(errors="replace").count("deadlock detected") for path in logs)


def close(place: Path) -> None:
    """This process leaves the database, which stops when nobody else uses it."""
    connections.close_all()
    server_of(place).leave()
