"""The processes: gunicorn and the worker as in production, and the embedded PostgreSQL below a directory of our own."""

import os
import secrets
import socket
import subprocess
import sys
import threading
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

ROOT: Final = Path(__file__).resolve().parent.parent.parent
HOST: Final = "127.0.0.1"
STOP_SECONDS: Final = 30
# What takes minutes in real life takes seconds here.
HASTE: Final = {
    "JOBS_BACKOFF_SECONDS": "1,2,4,8",
    "JOBS_OUTSIDE_LEASE_SECONDS": "20",
    "JOBS_SWEEP_SECONDS": "3",
    "JOBS_BEAT_SECONDS": "3",
    "JOBS_BEAT_SILENCE_SECONDS": "15",
    "JOBS_RESTART_PAUSE_SECONDS": "2",
    "JOBS_STOP_SECONDS": "15",
}
GUNICORN: Final = (
    "--worker-class=gthread",
    "--workers=2",
    "--threads=4",
    "--timeout=30",
    "--graceful-timeout=10",
    "--reuse-port",  # what a killed master's workers still hold is no reason to wait
    "--no-control-socket",
    "--log-level=warning",
)


def pause(seconds: float) -> None:
    """Nothing happens here for so long."""
    threading.Event().wait(seconds)


def free_port() -> int:
    """One that nobody listens on."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def surroundings(place: Path, port: int) -> dict[str, str]:
    """The settings of this run, production's but for the database."""
    own = {
        "VAR_DIR": str(place),
        "DATABASE_URL": "",
        "EMBEDDED_PG": "1",
        "DEBUG": "False",
        "SECRET_KEY": secrets.token_urlsafe(50),
        "FIELD_KEY": secrets.token_urlsafe(50),
        "ALLOWED_HOSTS": HOST,
        "SITE_URL": f"http://{HOST}:{port}",
        "SECURE_SSL_REDIRECT": "False",
        "LOG_FORMAT": "json",
        "LOG_LEVEL": "WARNING",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }
    return own | HASTE


class World:
    """What runs. Whoever is found dead is started anew, as a service manager would."""

    def __init__(self, place: Path, port: int) -> None:
        self.place, self.port = place, port
        self.restarts: Counter[str] = Counter()
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._over = threading.Event()
        self._keeper = threading.Thread(target=self._keep, daemon=True)

    @property
    def url(self) -> str:
        """Where the API is."""
        return f"http://{HOST}:{self.port}/api/v1/"

    def manage(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`manage.py …`, to its end."""
        command = [sys.executable, "manage.py", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    def start(self) -> None:
        """Web and worker run, and go on running."""
        for name in ("web", "worker"):
            self._start(name)
        self._keeper.start()

    def _start(self, name: str) -> None:
        web = [sys.executable, "-m", "gunicorn", "config.wsgi", f"--bind={HOST}:{self.port}", *GUNICORN]
        command = web if name == "web" else [sys.executable, "manage.py", "worker"]
        with (self.place / f"{name}.log").open("ab") as log:
            self._processes[name] = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )

    def _keep(self) -> None:
        while not self._over.wait(0.2):
            for name, process in list(self._processes.items()):
                if process.poll() is not None:
                    self.restarts[name] += 1
                    self._start(name)

    def victims(self, kind: str) -> list[int]:
        """The processes of this kind that live now."""
        if kind == "postmaster":
            return self._postmasters()
        name = "web" if kind.startswith("web") else "worker"
        process = self._processes[name]
        if process.poll() is not None:
            return []
        if kind in {"web master", "supervisor"}:
            return [process.pid]
        with suppress(psutil.NoSuchProcess):
            return [child.pid for child in psutil.Process(process.pid).children(recursive=True)]
        return []

    def _postmasters(self) -> list[int]:
        with suppress(OSError, ValueError, IndexError):
            pid = int((self.place / "postgres" / "data" / "postmaster.pid").read_text().splitlines()[0])
            if psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE:
                return [pid]
        return []

    def stop(self) -> None:
        """Nothing of ours is left but the database, which stops with the last process that uses it."""
        self._over.set()
        if self._keeper.ident is not None:
            self._keeper.join()
        for child in self._processes.values():
            child.terminate()
        for child in self._processes.values():
            with suppress(subprocess.TimeoutExpired):
                child.wait(STOP_SECONDS)
        left = self._leftovers()
        for process in left:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(left, timeout=STOP_SECONDS)  # the database stops only when none of them uses it

    def _leftovers(self) -> list[psutil.Process]:
        """Known by our directory in their environment, which nobody else has."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.pid != os.getpid() and process.environ().get("VAR_DIR") == str(self.place):
                    found.append(process)
        return found
