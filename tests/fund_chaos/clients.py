"""Business systems that move money and repeat every request under its key until they have a definite answer."""

import random
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import httpx

from tests.fund_chaos.cast import Caller
from tests.fund_chaos.world import pause

TIMEOUT_SECONDS: Final = 20
PATIENCE_SECONDS: Final = 120  # for one key
DIRECTIONS: Final = {"allotments": "allot", "recalls": "recall"}
AGAIN: Final = frozenset({"still_running", "too_many"})  # not definite though below 500


@dataclass
class Act:
    """One key: what was sent under it, and what came of it."""

    key: str
    manager: int
    path: str
    body: dict[str, Any]
    status: int | None = None  # None: no definite answer
    answers: list[dict[str, Any]] = field(default_factory=list)  # all good ones
    sent: int = 0

    @property
    def direction(self) -> str:
        """Allot or recall."""
        return DIRECTIONS[self.path.partition("/")[0]]

    @property
    def is_batch(self) -> bool:
        """Of several lines."""
        return "lines" in self.body

    @property
    def was_done(self) -> bool:
        """It was answered with what it did."""
        return self.status is not None and self.status < 300


@dataclass(frozen=True, slots=True)
class Definite:
    """An answer that needs no repetition, when its request was sent and when it came."""

    status: int
    sent: float
    came: float

    @property
    def is_done(self) -> bool:
        """Not a refusal."""
        return self.status < 300


def refused_after_done(known: Sequence[Definite]) -> bool:
    """A request was refused that was sent when its key had already been answered with what it did.

    Of two sent at once the first may be refused for want of cash, of which nothing is remembered, and the other one
    succeed a moment later; that is as it should be.
    """
    done = min((one.came for one in known if one.is_done), default=None)
    return done is not None and any(one.sent > done for one in known if not one.is_done)


class Book:
    """What all clients saw."""

    def __init__(self) -> None:
        self.acts: list[Act] = []
        self.heard: Counter[str] = Counter()  # every status and failure that reached a client
        self.broken: list[str] = []  # what a client found wrong by itself
        self.definite = 0
        self._guard = threading.Lock()

    @contextmanager
    def writing(self) -> Iterator["Book"]:
        """One at a time."""
        with self._guard:
            yield self


class Client(threading.Thread):
    """Sends one act after the other until it is told to stop, and then sees the last one through."""

    def __init__(self, caller: Caller, *, url: str, seed: str, book: Book, over: threading.Event) -> None:
        super().__init__(daemon=True)
        self.caller, self.book, self.over, self.seed = caller, book, over, seed
        self.random = random.Random(seed)
        headers = {"Authorization": f"Bearer {caller.secret}", "Accept-Language": "en"}
        self.http = httpx.Client(base_url=url, headers=headers, timeout=TIMEOUT_SECONDS, trust_env=False)
        self.pool = ThreadPoolExecutor(2)
        self.count = 0

    def run(self) -> None:
        """Until the end."""
        while not self.over.is_set():
            act = self.invent()
            with self.book.writing() as book:
                book.acts.append(act)
            self.see_through(act)
            with self.book.writing() as book:
                book.definite += act.status is not None
        self.pool.shutdown()
        self.http.close()

    def invent(self) -> Act:
        """Mostly what should succeed; now and then what must be refused."""
        self.count += 1
        key = f"{self.seed}-{self.count}"
        noun = self.random.choices(("allotments", "recalls"), (55, 45))[0]
        if self.random.random() < 0.2:
            lines = [self._line(f"{key}/{place}") for place in range(self.random.randint(2, 8))]
            path, body = f"{noun}/batch/", {"lines": lines}
        else:
            path, body = f"{noun}/", self._line(key)
        return Act(key, self.caller.manager.account.pk, path, body)

    def _line(self, note: str) -> dict[str, Any]:
        link = self.random.choice(self.caller.manager.links).pk
        odds = self.random.random()
        amount = "999999.00" if odds < 0.03 else f"{self.random.randint(2, 2500) / 100:.2f}"
        return {"relationship": self.caller.manager.foreign if odds > 0.98 else link, "amount": amount, "note": note}

    def see_through(self, act: Act) -> None:
        """A definite answer; sometimes asked for twice at once, or once more afterwards."""
        if self.random.random() < 0.08:
            heard = list(self.pool.map(self.send_until_definite, (act, act)))
        else:
            heard = [self.send_until_definite(act)]
        if any(definite and definite.is_done for definite in heard) and self.random.random() < 0.05:
            heard.append(self.send_until_definite(act))
        known = [definite for definite in heard if definite is not None]
        act.status = min((definite.status for definite in known), default=None)  # done, if any of them says so
        if any(answer != act.answers[0] for answer in act.answers):
            self._complain(f"{act.key}: two different answers")
        if refused_after_done(known):
            self._complain(f"{act.key}: done, and then refused")
        elif len({definite.is_done for definite in known}) > 1:
            self._hear("refused, and done by another try")

    def send_until_definite(self, act: Act) -> Definite | None:
        """The definite answer, or None when patience is at its end."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (begun := time.monotonic()) < deadline:
            status, code, body = self._send(act)
            if body is not None:
                act.answers.append(body)
            if status is not None and status < 500 and code not in AGAIN:
                return Definite(status, begun, time.monotonic())
            pause(self.random.uniform(0.05, 0.5))
        return None

    def _send(self, act: Act) -> tuple[int | None, str, dict[str, Any] | None]:
        act.sent += 1
        try:
            answer = self.http.post(act.path, json=act.body, headers={"Idempotency-Key": act.key})
            said: dict[str, Any] = answer.json()
        except (httpx.TransportError, ValueError) as error:
            self._hear(type(error).__name__)
            return None, "", None
        code = str(said.get("code", ""))
        self._hear(f"{answer.status_code} {code}".strip())
        if answer.status_code >= 500 and code not in {"busy", "interrupted"}:
            self._complain(f"{act.key}: {answer.status_code} {code} {said.get('instance')}")
        return answer.status_code, code, said if answer.is_success else None

    def _hear(self, what: str) -> None:
        with self.book.writing() as book:
            book.heard[what] += 1

    def _complain(self, what: str) -> None:
        with self.book.writing() as book:
            book.broken.append(what)
