"""`manage.py dev`: everything on this machine, as `script/server` starts it."""

import io
import os
import queue
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import OperationalError, connection, connections
from django.utils.translation import gettext as _

from config import env
from config.env import BASE_DIR

HOST = "127.0.0.1"
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 40  # the worker lets a running job finish
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Command(BaseCommand):
    """Prepares the database, runs web and worker until Ctrl-C, SIGTERM or the end of one of them, then stops both.

    The embedded server stops with the last process that uses it, which is this one.
    """

    help = "Runs everything on this machine: database, web and worker. Ctrl-C stops all of it."
    requires_system_checks = []

    def handle(self, *_args: Any, **_options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(_("This is for development. With DEBUG off run gunicorn and manage.py worker."))
        port = env.number("PORT", 8000)
        _refuse_taken(port)
        for number in STOP_SIGNALS:
            if number == signal.SIGINT or signal.getsignal(number) is not signal.SIG_IGN:  # nohup ignores SIGHUP
                signal.signal(number, signal.default_int_handler)
        children = Children()
        try:
            self._prepare()
            children.start("web", "runserver", f"{HOST}:{port}")
            children.start("worker", "worker")
            children.wait_for_port(port)
            self._welcome()
            children.wait_for_an_end()
        except KeyboardInterrupt:
            self.stdout.write(_("Stopping."))
        finally:
            children.stop()
            connections.close_all()

    def _prepare(self) -> None:
        """The database answers, has all tables, and at the first time the demo."""
        try:
            connection.ensure_connection()
        except OperationalError as error:
            raise CommandError(_("The database does not answer: %(error)s") % {"error": error}) from error
        self.stdout.write(_("Database: %(database)s") % {"database": _database()})
        call_command("migrate", interactive=False, verbosity=0)
        if not get_user_model().objects.exists():
            self.stdout.write(_("Loading the demo, once."))
            call_command("demo", stdout=io.StringIO())
        connections.close_all()

    def _welcome(self) -> None:
        call_command("demo", "--show", stdout=self.stdout)
        connections.close_all()
        addresses = {"site": f"{settings.SITE_URL}/", "outbox": f"{settings.SITE_URL}/dev/outbox/"}
        self.stdout.write(_("Letters and texts that the system sends: %(outbox)s") % addresses)
        self.stdout.write(self.style.SUCCESS(_("Open %(site)s (Ctrl-C stops everything)") % addresses))
        self.stdout.flush()


class Children:
    """Processes of this command, each in a session of its own: Ctrl-C reaches only us, and we stop them in order."""

    def __init__(self) -> None:
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._ended: queue.SimpleQueue[str] = queue.SimpleQueue()

    def start(self, name: str, *arguments: str) -> None:
        """`manage.py …` runs; on Linux it is asked to stop should this process be killed."""
        setpriv = shutil.which("setpriv") if sys.platform == "linux" else None
        leash = [setpriv, "--pdeathsig", "TERM"] if setpriv else []
        process = subprocess.Popen(  # noqa: S603
            [*leash, sys.executable, "manage.py", *arguments],
            cwd=BASE_DIR,
            env=os.environ | {"DJANGO_RUNSERVER_HIDE_WARNING": "true"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._processes[name] = process
        threading.Thread(target=self._watch, args=(name, process), daemon=True).start()

    def _watch(self, name: str, process: subprocess.Popen[bytes]) -> None:
        process.wait()
        self._ended.put(name)

    def wait_for_port(self, port: int) -> None:
        """The web server accepts connections."""
        deadline = time.monotonic() + START_SECONDS_MAX
        while time.monotonic() < deadline:
            with suppress(OSError), socket.create_connection((HOST, port), timeout=1):
                return
            self.wait_for_an_end(seconds=0.1)
        raise CommandError(
            _("The web server did not start within %(seconds)s seconds.") % {"seconds": START_SECONDS_MAX}
        )

    def wait_for_an_end(self, seconds: float | None = None) -> None:
        """Nothing ends by itself: who does stops the rest."""
        with suppress(queue.Empty):
            name = self._ended.get(timeout=seconds)
            status = self._processes[name].returncode
            raise CommandError(_("%(name)s ended with status %(status)s.") % {"name": name, "status": status})

    def stop(self) -> None:
        """Nothing that was started here is left. A second Ctrl-C changes nothing."""
        for number in STOP_SIGNALS:
            signal.signal(number, signal.SIG_IGN)
        for process in self._processes.values():
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS_MAX
        for process in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def _refuse_taken(port: int) -> None:
    with socket.socket() as attempt:
        attempt.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            attempt.bind((HOST, port))
        except OSError as error:
            facts = {"port": port, "reason": error.strerror, "other": port + 1}
            raise CommandError(
                _("Port %(port)s cannot be used (%(reason)s). Choose another: PORT=%(other)s script/server") % facts
            ) from error


def _database() -> str:
    """Which one it is, without secrets."""
    entry = connection.settings_dict
    if entry["ENGINE"] == "config.postgres":
        return _("embedded PostgreSQL, data in %(home)s") % {"home": connection.server.home}  # type: ignore[attr-defined]
    host = entry["HOST"] or _("local socket")
    return f"PostgreSQL, {host}:{entry['PORT'] or 5432}/{entry['NAME']}"
