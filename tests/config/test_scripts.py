"""`manage.py dev`, which script/server runs: it starts from nothing, stops without a trace and keeps its data."""

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from config.env import BASE_DIR
from tests.config.embedded import House, house, until

__all__ = ["house"]

START_SECONDS_MAX = 240
LEFT_BEHIND = (".git", ".venv", "var", "staticfiles", "__pycache__", ".*_cache", ".hypothesis", ".env", "tests")


class Dev:
    """The command, run in the copy as a shell would: in a process group of its own."""

    def __init__(self, copy: Path, port: int) -> None:
        environment = {
            name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DEBUG", "SITE_URL"}
        }
        self.site = f"http://localhost:{port}/"
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "dev"],
            cwd=copy,
            env=environment | {"PORT": str(port), "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )

    def heard(self, word: str) -> str:
        """What it said up to the line with this word."""
        assert self.process.stdout
        said = ""
        deadline = time.monotonic() + START_SECONDS_MAX
        while word not in said or not said.endswith("\n"):
            readable, _, _ = select.select([self.process.stdout], [], [], max(0, deadline - time.monotonic()))
            piece = os.read(self.process.stdout.fileno(), 65536).decode() if readable else ""
            assert piece, f"{word} not heard in: {said}"
            said += piece
        return said

    def stopped(self, number: signal.Signals) -> str:
        """The signal to its whole group, as Ctrl-C sends it; it ends well and says its last words."""
        os.killpg(self.process.pid, number)
        assert self.process.stdout
        said = self.process.stdout.read().decode()
        assert self.process.wait(60) == 0, said
        return said


@pytest.fixture
def copy(house: House) -> Iterator[Path]:
    """The project without anything that was made by running it."""
    target = house.root / "project"
    shutil.copytree(BASE_DIR, target, ignore=shutil.ignore_patterns(*LEFT_BEHIND))
    yield target
    for process in running_in(target):
        process.kill()
    until(lambda: not running_in(target))


def running_in(directory: Path) -> list[psutil.Process]:
    """Every living process that works in the directory or below, the database's included."""
    found = []
    for process in psutil.process_iter(["cwd", "status"]):
        cwd = Path(process.info["cwd"] or "/")
        if process.info["status"] != psutil.STATUS_ZOMBIE and (cwd == directory or directory in cwd.parents):
            found.append(process)
    return found


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_ready(site: str) -> bool:
    """Database, migrations and worker are."""
    return httpx.get(f"{site}readyz", trust_env=False, timeout=20).status_code == 200


@pytest.mark.chaos
def test_it_starts_from_nothing_stops_without_a_trace_and_keeps_its_data(copy: Path) -> None:
    first = Dev(copy, free_port())
    said = first.heard("/dev/outbox/")
    assert "var/postgres" in said
    until(lambda: is_ready(first.site))
    assert httpx.get(f"{first.site}dev/outbox/", trust_env=False).status_code == 200
    assert httpx.get(f"{first.site}static/css/base.css", trust_env=False).status_code == 200
    people = users_in(copy)
    assert people
    first.stopped(signal.SIGINT)
    assert running_in(copy) == []

    began = time.monotonic()
    second = Dev(copy, free_port())
    second.heard("/dev/outbox/")
    assert time.monotonic() - began < 20
    assert users_in(copy) == people
    second.stopped(signal.SIGTERM)
    assert running_in(copy) == []


def users_in(copy: Path) -> list[str]:
    """Every user with the salted hash of the password, which no second loading would make again."""
    statement = "SELECT id, password FROM accounts_user ORDER BY id"
    command = [sys.executable, "manage.py", "dbshell", "--", "-Atc", statement]
    return subprocess.run(command, cwd=copy, capture_output=True, text=True, check=True).stdout.splitlines()


def test_a_taken_port_is_one_sentence_and_starts_nothing(copy: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        refused = Dev(copy, port)
        said = refused.heard(str(port))
        assert refused.process.wait(60) == 1
    assert len(said.strip().splitlines()) == 1
    assert f"PORT={port + 1}" in said
    assert running_in(copy) == []
