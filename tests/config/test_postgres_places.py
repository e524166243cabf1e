"""Where the embedded server lives, and Django on top of it."""

import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from config.env import BASE_DIR
from config.postgres import place
from tests.config.embedded import House, house

__all__ = ["house"]

DJANGO = """
import sys, pathlib
from django.conf import settings
entry = {"ENGINE": "config.postgres", "NAME": "tongzhang", "VAR": pathlib.Path(sys.argv[1]), "CONN_HEALTH_CHECKS": True}
entry["OPTIONS"] = {"options": "-c lock_timeout=5s"}
settings.configure(DATABASES={"default": entry}, USE_TZ=True, TIME_ZONE="Asia/Shanghai", INSTALLED_APPS=[])
import django
django.setup()
from django.core.management import call_command
from django.db import connection, connections
def ask(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchone()[0]
"""


def django(house: House, code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """A Django process of its own, with only a database configured."""
    clean = {name: value for name, value in os.environ.items() if name not in {"DEBUG", "EMBEDDED_PG"}}
    command = [sys.executable, "-c", DJANGO + code, str(house.var)]
    return subprocess.run(
        command, cwd=BASE_DIR, env=clean | environment, capture_output=True, text=True, timeout=60, check=False
    )


@pytest.mark.parametrize("name", ["统" * 40, "a, b 'c' $d"])
def test_any_directory_name_will_do(house: House, name: str) -> None:
    """Sockets have short names only, and libpq reads a comma as a list of hosts."""
    user = house.newcomer(var=house.root / name / "var")
    sockets = Path(user.heard()["sockets"])
    try:
        assert sockets.parent == Path("/tmp")
        assert user.asked("SELECT '统'") == [["统"]]
        user.leaves()
        assert house.postmasters() == []
    finally:
        shutil.rmtree(sockets)


def test_a_socket_directory_that_somebody_else_prepared_is_refused(house: House) -> None:
    var = house.root / ("x" * 120)
    sockets = place.sockets_of(place.home_of(var))
    sockets.mkdir(mode=0o777)
    try:
        assert "is not a private directory" in house.newcomer(var=var).heard()["refused"]
        assert house.postmasters() == []
    finally:
        sockets.rmdir()


def test_the_environment_does_not_lead_astray(house: House) -> None:
    environment = {
        "LC_ALL": "C",
        "LANG": "C",
        "PGHOST": "192.0.2.1",
        "PGHOSTADDR": "192.0.2.1",
        "PGPORT": "1",
        "PGDATABASE": "nowhere",
        "PGUSER": "nobody",
        "PGOPTIONS": "-c nonsense=1",
        "PGDATA": "/nowhere",
        "TZ": "Asia/Shanghai",
    }
    user = house.user(**environment)
    assert user.asked("SELECT length('统账'), current_setting('TimeZone')") == [["2", "UTC"]]
    user.leaves()


def test_data_of_another_version_are_left_alone(house: House) -> None:
    house.user().leaves()
    (house.home / "data" / "PG_VERSION").write_text("17\n")
    assert "was made by PostgreSQL 17" in house.newcomer().heard()["refused"]


def test_a_project_that_the_database_user_cannot_enter_stays_closed(house: House) -> None:
    """Root's project under a closed directory: its files live elsewhere. Anybody else just uses the project."""
    closed = house.root / "closed"
    closed.mkdir(mode=0o700)
    user = house.newcomer(var=closed / "var")
    home = Path(user.heard()["home"])
    try:
        assert closed.stat().st_mode & 0o777 == 0o700
        assert user.asked("SELECT 1") == [["1"]]
        user.leaves()
        expected = place.ROOT_HOME if os.geteuid() == 0 else closed / "var"
        assert home.parent == expected
    finally:
        shutil.rmtree(home)


def test_programs_out_of_reach_are_copied(house: House) -> None:
    """As in a virtual environment under /root: the copy runs as the database's user."""
    house.user().leaves()
    owner = place.owner_of(house.home)
    package = place.programs_of(house.home, owner).parents[1]
    copied = place._copied(package, house.home / "copy") / place.INSTALL / "bin" / "postgres"
    manners: dict[str, Any] = {"user": owner.uid, "group": owner.gid} if owner else {}
    said = subprocess.run([copied, "--version"], capture_output=True, text=True, check=True, **manners)
    assert f"PostgreSQL) {place.MAJOR}." in said.stdout


def test_root_runs_the_server_of_a_users_data_as_that_user(house: House) -> None:
    house.user().leaves()
    data = house.home / "data"
    owner = place.owner_of(house.home)
    if owner is None:  # not root: nobody to hand it to
        assert data.stat().st_uid == os.geteuid()
        return
    nobody = pwd.getpwnam("nobody")
    for directory in (data, house.home / "run"):
        for path in [directory, *directory.rglob("*")]:
            os.chown(path, nobody.pw_uid, nobody.pw_gid)
    user = house.user()
    assert [process.uids().real for process in house.postmasters()] == [nobody.pw_uid]
    user.leaves()


def test_setting_up_django_starts_nothing(house: House) -> None:
    assert django(house, "connection.features; connection.ops.quote_name('x')").returncode == 0
    assert not house.var.exists()


def test_django_connects_reconnects_and_makes_test_databases(house: House) -> None:
    code = """
import psutil
assert ask("SELECT current_database()") == "tongzhang"
[postmaster] = [p for p in psutil.Process().children() if p.name() == "postgres"]
postmaster.kill()
connection.close()
assert ask("SELECT current_setting('lock_timeout')") == "5s"
connection.creation.create_test_db(verbosity=0)
assert ask("SELECT current_database()") == "test_tongzhang"
connection.creation.destroy_test_db("tongzhang", verbosity=0)
call_command("dbshell", "--", "-Atc", "SELECT 'shell'")
print("done")
"""
    done = django(house, code)
    assert (done.stdout, done.returncode) == ("shell\ndone\n", 0), done.stderr
    assert house.postmasters() == []


def test_it_is_refused_in_production_unless_asked_for(house: House) -> None:
    refused = django(house, "ask('SELECT 1')", DEBUG="False")
    assert "Set DATABASE_URL when DEBUG is off" in refused.stderr
    assert not house.home.exists()
    allowed = django(house, "ask('SELECT 1')", DEBUG="False", EMBEDDED_PG="1")
    assert allowed.returncode == 0, allowed.stderr
