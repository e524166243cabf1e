"""SIGKILL at random moments, always while requests are being answered."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from tests.fund_chaos.clients import Book
from tests.fund_chaos.world import World, pause

WEIGHTS: Final = {"web worker": 48, "web master": 16, "cluster process": 26, "supervisor": 10}
RESTARTS_LEAST: Final = 3  # of PostgreSQL
STIR: Final = 3  # definite answers between two kills
STIR_SECONDS: Final = 30


class Killer:
    """Kills so many, in an order that the seed decides."""

    def __init__(self, world: World, book: Book, *, kills: int, seed: int) -> None:
        self.world, self.book = world, book
        self.random = random.Random(seed)
        self.done: Counter[str] = Counter()
        self.stalls = 0
        postmasters = max(RESTARTS_LEAST, kills // 20)
        kinds = self.random.choices(list(WEIGHTS), list(WEIGHTS.values()), k=max(0, kills - postmasters))
        self.plan = [*kinds, *["postmaster"] * postmasters]
        self.random.shuffle(self.plan)

    def run(self, tell: Callable[[str], None]) -> None:
        """All of the plan."""
        for number, kind in enumerate(self.plan, 1):
            self._wait_for_a_stir()
            pause(self.random.uniform(0.05, 2.0))
            self._kill(kind)
            if number % 10 == 0:
                tell(f"{number} of {len(self.plan)} kills, {self.book.definite} requests answered")

    def _wait_for_a_stir(self) -> None:
        """Whoever is killed should have been at work."""
        goal, deadline = self.book.definite + STIR, time.monotonic() + STIR_SECONDS
        while self.book.definite < goal:
            if time.monotonic() > deadline:
                self.stalls += 1
                return
            pause(0.02)

    def _kill(self, kind: str) -> None:
        deadline = time.monotonic() + STIR_SECONDS
        while time.monotonic() < deadline:
            if victims := self.world.victims(kind):
                with suppress(ProcessLookupError):
                    os.kill(self.random.choice(victims), signal.SIGKILL)
                    self.done[kind] += 1
                    return
            pause(0.05)
        self.stalls += 1
