"""One embedded server for any number of processes, whatever happens to them or to it."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.postgres import locks, place
from config.postgres.server import Server
from tests.config.embedded import House, User, as_database_user, house, is_alive, until

__all__ = ["house"]

STARTED_AT = "SELECT pg_postmaster_start_time()"
COUNT = "SELECT count(*) FROM kept"


def keep_rows(user: User) -> None:
    user.asked("CREATE TABLE kept AS SELECT generate_series(1, 1000) AS number")


def write_stale_pid(house: House, pid: int) -> None:
    """What a crash leaves behind, with the number of a process that has nothing to do with it."""
    data = house.home / "data"
    words = [str(pid), str(data), "1700000000", "5432", str(house.home / "run"), "", "  5432001         0", "ready   "]
    (data / "postmaster.pid").write_text("\n".join(words) + "\n")
    (house.home / "run" / f"{place.SOCKET_NAME}.lock").write_text("\n".join(words[:5]) + "\n")


def test_the_first_user_starts_it_and_the_last_stops_it_and_the_data_stay(house: House) -> None:
    first = house.user()
    keep_rows(first)
    second = house.user()
    first.leaves()
    assert second.asked(COUNT) == [["1000"]]
    second.leaves()
    assert house.postmasters() == []
    assert house.user().asked(COUNT) == [["1000"]]


def test_it_is_durable_roomy_and_reads_chinese(house: House) -> None:
    user = house.user()
    names = ["fsync", "synchronous_commit", "max_connections", "TimeZone", "server_encoding", "listen_addresses"]
    assert [user.asked(f"SHOW {name}")[0][0] for name in names] == ["on", "on", "200", "UTC", "UTF8", ""]
    assert user.asked("SELECT upper('é'), length('统账'), current_database()") == [["É", "2", "tongzhang"]]


def test_only_the_servers_user_can_reach_it(house: House) -> None:
    house.user()
    for directory in ("data", "run"):
        assert (house.home / directory).stat().st_mode & 0o077 == 0
    assert (house.home / "log").stat().st_mode & 0o077 == 0


@pytest.mark.chaos
def test_twelve_at_once_on_a_new_directory_share_one_server(house: House) -> None:
    users = [house.newcomer() for _ in range(12)]
    assert all("refused" not in user.heard() for user in users)
    assert len({user.asked(STARTED_AT)[0][0] for user in users}) == 1
    assert len(house.postmasters()) == 1
    for user in users:
        user.process.stdin.close()  # type: ignore[union-attr]
    assert [user.process.wait(30) for user in users] == [0] * 12
    assert house.postmasters() == []


@pytest.mark.chaos
def test_a_killed_server_comes_back_with_everything_committed(house: House) -> None:
    user, other = house.user(), house.user()
    keep_rows(user)
    began = user.asked(STARTED_AT)
    [postmaster] = house.postmasters()
    postmaster.kill()  # `user` is its parent and does not wait for it: what remains is a zombie
    until(lambda: house.postmasters() == [])
    other.told("ensure")
    assert other.asked(COUNT) == [["1000"]]
    assert other.asked(STARTED_AT) != began
    user.leaves()
    assert len(house.postmasters()) == 1
    other.leaves()
    assert house.postmasters() == []


@pytest.mark.chaos
def test_killed_users_count_no_more(house: House) -> None:
    survivor, victim = house.user(), house.user()
    victim.killed()
    survivor.leaves()
    assert house.postmasters() == []
    last = house.user()
    last.killed()
    assert len(house.postmasters()) == 1  # nobody was left to stop it
    house.user().leaves()
    assert house.postmasters() == []


@pytest.mark.chaos
@pytest.mark.parametrize("whose", ["the server's user", "another user"])
def test_a_reused_process_id_neither_blocks_a_start_nor_is_harmed(house: House, whose: str) -> None:
    house.user().leaves()
    manners = as_database_user(house) if whose == "the server's user" else {}
    stranger = subprocess.Popen(["/bin/cat"], stdin=subprocess.PIPE, **manners)
    pid = stranger.pid if manners or whose == "the server's user" or os.geteuid() == 0 else 1
    for _ in range(2):
        write_stale_pid(house, pid)
        house.user().leaves()
    assert stranger.poll() is None
    stranger.communicate()


@pytest.mark.chaos
@pytest.mark.parametrize("reachable", [True, False])
def test_another_process_namespace_joins_or_is_refused_but_never_starts_a_second(house: House, reachable: bool) -> None:
    owner = house.user()
    began = owner.asked(STARTED_AT)
    prefix = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--mount-proc"]
    if os.geteuid() == 0:
        prefix = ["unshare", "--pid", "--fork", "--mount-proc"]
    if not can(prefix):
        prefix = []  # a container that may not make namespaces: the same without one
    if reachable:
        newcomer = house.user(prefix=tuple(prefix))
        assert newcomer.asked(STARTED_AT) == began
        owner.leaves()
        newcomer.leaves()
        assert len(house.postmasters()) == (1 if prefix else 0)  # from inside, its process id is unknown
    else:
        (house.home / "run" / place.SOCKET_NAME).unlink()
        refused = house.newcomer(prefix=tuple(prefix), SILENCE="1").heard()
        assert "Perhaps it runs in another container" in refused["refused"]
        assert len(house.postmasters()) == 1


def can(prefix: list[str]) -> bool:
    try:
        return subprocess.run([*prefix, "true"], capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.mark.chaos
def test_a_server_started_by_hand_is_left_alone(house: House) -> None:
    """It holds none of our locks, but PostgreSQL itself knows that its data are in use."""
    house.user().leaves()
    owner = place.owner_of(house.home)
    elsewhere = house.root / "elsewhere"
    place.make_private(elsewhere, owner)
    programs = place.programs_of(house.home, owner)
    command = [
        str(programs / "postgres"),
        "-D",
        str(house.home / "data"),
        "-c",
        "listen_addresses=",
        "-k",
        str(elsewhere),
    ]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, **as_database_user(house)}
    by_hand = subprocess.Popen(command, **quiet)
    until((elsewhere / place.SOCKET_NAME).exists)
    assert "did not start" in house.newcomer().heard()["refused"]
    assert [process.pid for process in house.postmasters()] == [by_hand.pid]
    by_hand.send_signal(signal.SIGINT)
    by_hand.wait(30)


@pytest.mark.chaos
def test_a_start_killed_half_way_is_done_again(house: House) -> None:
    for _ in range(3):
        killed = house.newcomer()
        until((house.home / "data.new").exists)
        killed.killed()
    user = house.user()
    keep_rows(user)
    assert len(house.postmasters()) == 1
    user.leaves()


def test_a_share_outlives_the_parent_that_took_it(house: House) -> None:
    """As in a forking web server: who forked leaves normally, its child goes on."""
    user = house.user()
    child = user.told("fork, parent leaves")["pid"]
    assert user.process.wait(30) == 0
    assert user.asked("SELECT 1") == [["1"]]
    user.process.stdin.close()  # type: ignore[union-attr]
    assert user.process.stdout.read() == ""  # type: ignore[union-attr]
    until(lambda: not is_alive(child))
    assert house.postmasters() == []


def test_a_child_that_leaves_does_not_take_the_server_along(house: House) -> None:
    user = house.user()
    assert user.told("fork, child leaves") == {"status": 0}
    assert user.asked("SELECT 1") == [["1"]]
    user.leaves()
    assert house.postmasters() == []


def test_a_directory_removed_meanwhile_does_not_stop_anybody_from_leaving(house: House) -> None:
    user = house.user()
    house.home.rename(house.root / "removed")
    user.leaves()


def test_locks_tell_holders_from_leftovers(tmp_path: Path) -> None:
    path = tmp_path / "a.lock"
    path.write_text("4711")
    alone = locks.take(path)
    assert alone is not None
    assert locks.take(path) is None
    code = "import os, sys; os.read(0, 1)"
    heir = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, pass_fds=[alone])
    os.close(alone)
    assert locks.take(path) is None
    heir.kill()
    heir.communicate()
    freed = locks.take(path)
    assert freed is not None
    os.close(freed)


def test_importing_and_asking_for_the_address_starts_nothing(house: House) -> None:
    server = Server(house.var)
    assert json.dumps(server.parameters)
    assert not house.home.exists()
