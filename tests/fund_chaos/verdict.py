"""The questions at the end, asked of the database itself."""

import csv
import io
import json
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from django.core.files.storage import default_storage
from django.db.models import F, Sum

from accounts.models import ApiKey, Event
from config.health import readiness
from config.models import IdempotentAnswer
from finance.models import Allotment, Book, Entry, Export, Transfer
from tests.fund_chaos import cast
from tests.fund_chaos.cast import Manager
from tests.fund_chaos.clients import Act
from tests.fund_chaos.clients import Book as Notes
from tests.fund_chaos.world import World, pause

SETTLE_SECONDS: Final = 180
SHOWN: Final = 5
KINDS: Final = {"allot": "funds.allotted", "recall": "funds.recalled"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One question, and what speaks against it."""

    question: str
    against: list[str]

    @property
    def holds(self) -> bool:
        """Nothing does."""
        return not self.against


def judge(world: World, notes: Notes, managers: Iterable[Manager]) -> Iterator[Finding]:
    """Every question with its answer."""
    rows: dict[str, list[Allotment]] = defaultdict(list)
    for row in Allotment.objects.select_related("transfer").order_by("pk"):
        rows[row.note].append(row)
    yield Finding("no client heard anything wrong", notes.broken)
    yield Finding("every request got a definite answer", [act.key for act in notes.acts if act.status is None])
    yield Finding("what was answered is there exactly once", list(_answered(notes, rows)))
    yield Finding("what was refused is not there at all", list(_refused(notes, rows)))
    yield Finding("what had no answer is whole or not there", list(_unanswered(notes, rows)))
    yield Finding("nothing is there that nobody asked for", list(_unasked(notes, rows)))
    yield Finding("each allotment has its transfer and its event", list(_agreeing()))
    yield Finding("the books sum to zero and none is below its floor", list(_books()))
    yield Finding("each manager has what it had, less what it gave and has not taken back", list(_cash(managers)))
    yield Finding("verify_ledger finds the ledger right", list(_verified(world)))
    yield Finding("every file was written whole, or given up and says so", list(_files()))
    yield Finding("web, worker and database are ready again", list(_ready()))


def _answered(notes: Notes, rows: dict[str, list[Allotment]]) -> Iterator[str]:
    for act in notes.acts:
        if act.was_done and (problem := _differs(act, act.answers[0], rows)):
            yield f"{act.key}: {problem}"


def _differs(act: Act, answer: dict[str, Any], rows: dict[str, list[Allotment]]) -> str:
    """What of the answer is not in the database just so."""
    if not act.is_batch:
        return _line_differs(act, act.key, answer, rows)
    done = [line["flow"] for line in answer["lines"] if line["flow"]]
    if (answer["done"], Decimal(answer["amount"])) != (len(done), sum((Decimal(one["amount"]) for one in done), 0)):
        return "the sums of the answer are wrong"
    problems = [
        _line_differs(act, f"{act.key}/{place}", line["flow"], rows) for place, line in enumerate(answer["lines"])
    ]
    return next(filter(None, problems), "")


def _line_differs(act: Act, note: str, flow: dict[str, Any] | None, rows: dict[str, list[Allotment]]) -> str:
    found = rows.get(note, [])
    if flow is None:
        return f"{note} was refused and is there" if found else ""
    if len(found) != 1:
        return f"{note} is there {len(found)} times"
    row = found[0]
    said = (flow["id"], flow["relationship"], flow["direction"], Decimal(flow["amount"]), flow["receipt"])
    there = (row.pk, row.relationship_id, row.direction, row.amount, row.transfer_id)
    return "" if said == there and row.manager_id == act.manager else f"{note}: said {said}, there {there}"


def _refused(notes: Notes, rows: dict[str, list[Allotment]]) -> Iterator[str]:
    for act in notes.acts:
        if act.status is not None and not act.was_done:
            yield from (note for note in _notes_of(act) if note in rows)


def _unanswered(notes: Notes, rows: dict[str, list[Allotment]]) -> Iterator[str]:
    """What was done stands beside its remembered answer, in one transaction."""
    scopes = {f"key-{pk}" for pk in ApiKey.objects.values_list("pk", flat=True)}
    for act in notes.acts:
        if act.status is None:
            kept = IdempotentAnswer.objects.filter(scope__in=scopes, key=act.key).first()
            if kept is not None and (problem := _differs(act, json.loads(str(kept.body)), rows)):
                yield f"{act.key}: {problem}"
            if kept is None:
                yield from (note for note in _notes_of(act) if note in rows)


def _notes_of(act: Act) -> list[str]:
    return [line["note"] for line in act.body["lines"]] if act.is_batch else [act.key]


def _unasked(notes: Notes, rows: dict[str, list[Allotment]]) -> Iterator[str]:
    asked = {note for act in notes.acts for note in _notes_of(act)}
    yield from (f"{note!r} is there" for note in rows if note not in asked)


def _agreeing() -> Iterator[str]:
    moved = Transfer.objects.filter(kind__in=["allotment", "recall"])
    if (lonely := moved.filter(allotment=None).count()) or moved.count() != Allotment.objects.count():
        yield f"{lonely} transfers without an allotment"
    events = Event.objects.filter(kind__in=KINDS.values(), subject_type="finance.allotment")
    told: Counter[tuple[Any, ...]] = Counter(events.values_list("subject_id", "kind", "facts__amount", "door"))
    there: Counter[tuple[Any, ...]] = Counter(
        (row.pk, KINDS[row.direction], str(row.amount), "api") for row in Allotment.objects.only("direction", "amount")
    )
    yield from (f"event and allotment differ: {one}" for one in ((told - there) + (there - told)))
    entries = Entry.objects.filter(transfer__allotment__isnull=False, amount__gt=0)
    wrong = entries.exclude(amount=F("transfer__allotment__amount")).count()
    if wrong or entries.count() != Allotment.objects.count():
        yield f"{wrong} entries with another amount than their allotment"


def _books() -> Iterator[str]:
    if total := Book.objects.aggregate(sum=Sum("balance"))["sum"]:
        yield f"the sum is {total}"
    yield from (f"book {book.pk}" for book in Book.objects.filter(balance__lt=F("floor")))


def _cash(managers: Iterable[Manager]) -> Iterator[str]:
    for manager in managers:
        sums = dict(
            Allotment.objects.filter(manager=manager.account)
            .order_by()
            .values_list("direction")
            .annotate(sum=Sum("amount"))
        )
        expected = cast.FIRST_MONEY - sums.get("allot", Decimal(0)) + sums.get("recall", Decimal(0))
        has = Book.objects.get(account=manager.account, kind="cash").balance
        if has != expected:
            yield f"{manager.account.username} has {has}, not {expected}"


def _verified(world: World) -> Iterator[str]:
    done = world.manage("verify_ledger")
    if done.returncode:
        yield f"exit {done.returncode}: {(done.stdout + done.stderr).strip()[-500:]}"


def _files() -> Iterator[str]:
    deadline = time.monotonic() + SETTLE_SECONDS
    while Export.objects.under_way().exists() and time.monotonic() < deadline:
        pause(0.5)
    yield from (f"export {one.pk} is {one.state}" for one in Export.objects.under_way())
    for one in Export.objects.filter(state=Export.State.READY, format=Export.Format.CSV):
        with default_storage.open(str(one.file), "rb") as file:
            lines = list(csv.reader(io.TextIOWrapper(file, "utf-8-sig")))
        if len(lines) != one.written + 1:
            yield f"export {one.pk} has {len(lines) - 1} rows, not {one.written}"


def _ready() -> Iterator[str]:
    deadline = time.monotonic() + SETTLE_SECONDS
    while (found := readiness()) != dict.fromkeys(found, "ok") and time.monotonic() < deadline:
        pause(0.5)
    yield from (f"{name}: {state}" for name, state in found.items() if state != "ok")
