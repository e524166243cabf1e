"""Starts, shares and stops the embedded server; see the package for what always holds.

Three locks in the home, none of which outlives its holders:

- `start.lock`: one process at a time starts or stops the server.
- `users.lock`: every process that uses the server shares it, children through the descriptor they inherit. The last
  one to leave normally can take it alone and stops the server; after a kill the next one does.
- `postmaster.lock`: taken alone to start, and inherited by the postmaster and all its processes. While any of them
  lives, even a dying one or one in another container, nobody can start a second.
"""

import atexit
import logging
import os
import shutil
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO, Final

import psycopg
from psycopg import pq, sql
from psycopg.conninfo import make_conninfo

from config.postgres import locks, place
from config.postgres.place import NotAvailable, Owner

logger = logging.getLogger(__name__)

RECOVERY_SECONDS_MAX: Final = 300  # replaying the log after a crash can take long
SILENCE_SECONDS_MAX: Final = 30  # for a server whose processes live, but which cannot be reached
STOP_SECONDS_MAX: Final = 60
LOG_BYTES_MAX: Final = 5_000_000
SETTINGS: Final = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "200",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    "fsync": "on",
    "synchronous_commit": "on",
    "full_page_writes": "on",
}


class Server:
    """The server of one `var` directory, as seen by this process."""

    def __init__(self, var: Path) -> None:
        self.home = place.home_of(var)
        self.sockets = place.sockets_of(self.home)
        self._asked_for = var.resolve() / "postgres"
        self._held: int | None = None  # our share of users.lock
        self._starting: int | None = None  # postmaster.lock, while the postmaster is being given it
        self._process: subprocess.Popen[bytes] | None = None  # the postmaster, if this process started it
        self._guard = threading.Lock()
        os.register_at_fork(after_in_child=self._after_fork)

    @property
    def parameters(self) -> dict[str, Any]:
        """How libpq reaches the server, proof against PG… variables of the environment."""
        return {"host": str(self.sockets), "hostaddr": "", "port": "5432", "user": "postgres", "options": ""}

    @property
    def is_held(self) -> bool:
        """Whether this process has a share in the server already."""
        return self._held is not None

    def ensure(self, database: str | None = None) -> None:
        """The server answers, this process has a share in it until it leaves, and the database exists."""
        place.make_home(self.home)
        with self._guard, locks.turn(self.home / "start.lock"):
            if self._held is None:
                self._held = locks.share(self.home / "users.lock")
                atexit.register(self.leave)
            self._reach()
            self._prove(database)

    def leave(self) -> None:
        """This process has no share any more; the server is stopped if nobody else has one."""
        with self._guard:
            if self._held is None:
                return
            os.close(self._held)
            self._held = None
            if not self.home.exists():  # removed under our feet: the postmaster notices that by itself
                return
            with locks.turn(self.home / "start.lock"):
                if (alone := locks.take(self.home / "users.lock")) is not None:
                    self._stop()
                    os.close(alone)

    def _reach(self) -> None:
        """Waits for a server that is coming up or going down; starts one when none of its processes is left."""
        began = time.monotonic()
        self._process = None
        while (answer := self._ping()) is not pq.Ping.OK:
            if self._process and self._process.poll() is not None:
                raise NotAvailable(f"The embedded PostgreSQL did not start. {self._last_words()}")
            patience = RECOVERY_SECONDS_MAX if answer is pq.Ping.REJECT else SILENCE_SECONDS_MAX
            if time.monotonic() - began > patience:
                raise NotAvailable(
                    f"A PostgreSQL server holds {self.home} but cannot be reached from here ({answer.name}). "
                    "Perhaps it runs in another container: stop it there, or set DATABASE_URL."
                )
            self._starting = None if self._process else locks.take(self.home / "postmaster.lock")
            if self._starting is None:
                time.sleep(locks.POLL_SECONDS)
                continue
            try:
                self._process = self._start(self._starting)
            finally:
                os.close(self._starting)
                self._starting = None
        if self._process:
            self._tell(time.monotonic() - began)

    def _ping(self) -> pq.Ping:
        conninfo = make_conninfo("", **self.parameters, dbname="postgres", connect_timeout="5")
        return pq.Ping(pq.PGconn.ping(conninfo.encode()))

    def _start(self, lock: int) -> subprocess.Popen[bytes]:
        """Starts the postmaster. Whoever holds the lock knows that none lives, whatever the files say."""
        owner = place.owner_of(self.home)
        programs = place.programs_of(self.home, owner)
        self._make_data(programs, owner, lock)
        place.make_private(self.sockets, owner)
        socket_file = self.sockets / place.SOCKET_NAME
        for stale in [self.home / "data" / "postmaster.pid", socket_file, Path(f"{socket_file}.lock")]:
            stale.unlink(missing_ok=True)
        settings = SETTINGS | {"unix_socket_directories": str(self.sockets)}
        options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        command = [str(programs / "postgres"), "-D", str(self.home / "data"), *options]
        with self._log() as output:
            return subprocess.Popen(command, stdout=output, **self._manners(owner, lock))  # noqa: S603

    def _make_data(self, programs: Path, owner: Owner | None, lock: int) -> None:
        """The data directory exists, whole: made under another name, so that a kill leaves nothing half done."""
        data = self.home / "data"
        if data.exists():
            made_by = (data / "PG_VERSION").read_text().strip()
            if made_by != place.MAJOR:
                raise NotAvailable(
                    f"{data} was made by PostgreSQL {made_by}, the wheel has {place.MAJOR}. "
                    "Move it away, or set DATABASE_URL."
                )
            return
        fresh = self.home / "data.new"
        shutil.rmtree(fresh, ignore_errors=True)
        place.make_private(fresh, owner)
        # The builtin locale knows upper and lower case of all scripts and sorts alike on every machine.
        locale = ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = [str(programs / "initdb"), "-D", str(fresh), "-U", "postgres", "--auth=trust", *locale]
        with self._log() as output:
            made = subprocess.run(command, stdout=output, check=False, **self._manners(owner, lock))  # noqa: S603
        if made.returncode:
            raise NotAvailable(f"initdb failed. {self._last_words()}")
        fresh.rename(data)

    def _manners(self, owner: Owner | None, lock: int) -> dict[str, Any]:
        """A session of its own (no Ctrl-C from the terminal), nothing of our environment, the right user, the lock."""
        manners: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stderr": subprocess.STDOUT,
            "env": {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"},
            "cwd": "/",
            "umask": 0o077,
            "start_new_session": True,
            "pass_fds": [lock],
        }
        if owner:
            manners |= {"user": owner.uid, "group": owner.gid, "extra_groups": []}
        return manners

    def _prove(self, database: str | None) -> None:
        """A real connection answers, and the database is there."""
        parameters = self.parameters | {"dbname": "postgres", "connect_timeout": 10}
        with psycopg.connect(**parameters, autocommit=True) as connection:
            found = connection.execute("SELECT datname FROM pg_database WHERE datname = %s", [database]).fetchone()
            if database and not found:
                connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))

    def _stop(self) -> None:
        """Asks the postmaster to end all sessions and write everything; waits until its last process is gone."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(5)
                client.connect(str(self.sockets / place.SOCKET_NAME))
                postmaster = _listener(client)
        except OSError:
            return  # none is listening
        if not postmaster:
            return  # it belongs to another container, which will stop it
        os.kill(postmaster, signal.SIGINT)
        if (gone := locks.take_within(self.home / "postmaster.lock", STOP_SECONDS_MAX)) is None:
            logger.warning("The embedded PostgreSQL is still stopping after %s s", STOP_SECONDS_MAX)
            return
        os.close(gone)
        if self._process:
            self._process.wait()

    def _tell(self, seconds: float) -> None:
        moved = f" (its user {place.SYSTEM_USER} cannot enter {self._asked_for.parent})"
        where = f"{self.home / 'data'}{'' if self.home == self._asked_for else moved}"
        logger.info("Started the embedded PostgreSQL in %.1f s, data in %s", seconds, where)

    def _log(self) -> BinaryIO:
        """Where the server writes; readable by nobody else, since complaints quote data."""
        log = self.home / "log"
        if log.exists() and log.stat().st_size > LOG_BYTES_MAX:
            log.replace(self.home / "log.old")
        return open(log, "ab", opener=lambda path, flags: os.open(path, flags, 0o600))

    def _last_words(self) -> str:
        log = self.home / "log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return f"{log} ends: {' / '.join(lines[-4:])}"

    def _after_fork(self) -> None:
        """A child keeps the share it inherited, but not the lock of a thread it does not have, nor the postmaster's."""
        self._guard = threading.Lock()
        self._process = None
        if self._starting is not None:
            os.close(self._starting)
            self._starting = None


def _listener(client: socket.socket) -> int:
    """The process that listens at the other end, as the kernel knows it: 0 where it is not of our process namespace."""
    if sys.platform == "darwin":
        sol_local, local_peerpid = 0, 2
        return client.getsockopt(sol_local, local_peerpid)
    credentials = client.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return int(struct.unpack("3i", credentials)[0])


@cache
def server_of(var: Path) -> Server:
    """The one `Server` of this process for that directory."""
    return Server(var)
