"""Real processes around a real embedded server in a directory of its own."""

import json
import os
import select
import shutil
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from config.env import BASE_DIR
from config.postgres import place

PATIENCE_SECONDS = 30


class User:
    """One process that uses the server (see `embedded_user`)."""

    def __init__(self, var: Path, *, prefix: tuple[str, ...] = (), **environment: str) -> None:
        self.process = subprocess.Popen(
            [*prefix, sys.executable, "-m", "tests.config.embedded_user", str(var)],
            cwd=BASE_DIR,
            env=os.environ | environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def heard(self) -> dict[str, Any]:
        """The next line it says."""
        assert self.process.stdout
        readable, _, _ = select.select([self.process.stdout], [], [], PATIENCE_SECONDS)
        assert readable, "no answer"
        line = self.process.stdout.readline()
        assert line, f"the process ended with {self.process.wait()}"
        return dict(json.loads(line))

    def told(self, order: str) -> dict[str, Any]:
        """What it says to an order: an SQL statement or one of its few words."""
        assert self.process.stdin
        self.process.stdin.write(json.dumps(order) + "\n")
        self.process.stdin.flush()
        return self.heard()

    def asked(self, statement: str) -> list[list[str]]:
        """The rows that it reads."""
        return list(self.told(statement)["rows"])

    def leaves(self) -> None:
        """It ends normally, and so does every child it forked."""
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        assert self.process.stdout.read() == ""
        assert self.process.wait(PATIENCE_SECONDS) == 0

    def killed(self) -> None:
        """It ends without a chance to tidy up."""
        self.process.kill()
        self.process.wait(PATIENCE_SECONDS)


class House:
    """A `var` directory, the processes that use it and the postmasters that work on it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.var = root / "var"
        self.users: list[User] = []

    def user(self, **options: Any) -> User:
        """A process that has its share in the server."""
        user = self.newcomer(**options)
        said = user.heard()
        assert "refused" not in said, said
        return user

    def newcomer(self, *, var: Path | None = None, **options: Any) -> User:
        """A process on its way there."""
        user = User(var or self.var, **options)
        self.users.append(user)
        return user

    @property
    def home(self) -> Path:
        return self.var / "postgres"

    def postmasters(self) -> list[psutil.Process]:
        """Every living postmaster with a data directory in this house; its children soon have titles of their own."""
        found = [process for process in psutil.process_iter(["status", "cmdline", "ppid"]) if self._is_ours(process)]
        ids = {process.pid for process in found}
        return [process for process in found if process.info["ppid"] not in ids]

    def _is_ours(self, process: psutil.Process) -> bool:
        words = process.info["cmdline"] or [""]
        alive = process.info["status"] != psutil.STATUS_ZOMBIE
        return alive and words[0].endswith("/postgres") and any(str(self.root) in word for word in words)

    def tidy(self) -> None:
        for user in self.users:
            user.killed()
            for stream in (user.process.stdin, user.process.stdout):
                if stream:
                    with suppress(BrokenPipeError):
                        stream.close()
        for process in self.postmasters():
            process.kill()
        until(lambda: self.postmasters() == [])
        shutil.rmtree(self.root)


@pytest.fixture
def house() -> Iterator[House]:
    """In /tmp and open to pass through, since pytest's own directory is closed to the database's user."""
    root = Path(tempfile.mkdtemp(prefix="tongzhang-test-", dir="/tmp"))
    root.chmod(stat.S_IRWXU | stat.S_IXGRP | stat.S_IXOTH)
    house = House(root)
    yield house
    house.tidy()


def until(true: Callable[[], object]) -> None:
    """Waits for something that another process does by itself."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        select.select([], [], [], 0.01)


def is_alive(pid: int) -> bool:
    """A zombie is not: whoever should bury it may take its time."""
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def as_database_user(house: House) -> dict[str, Any]:
    """How to start a process as the user that runs the server."""
    owner = place.owner_of(house.home)
    return {"user": owner.uid, "group": owner.gid, "extra_groups": []} if owner else {}
