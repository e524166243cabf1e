"""The Django backend: PostgreSQL's own, except that the first connection makes sure that the embedded server runs."""

import signal
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import psycopg
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base
from django.db.backends.postgresql.client import DatabaseClient as PostgresClient

from config import env
from config.postgres import place
from config.postgres.server import Server, server_of


class DatabaseClient(PostgresClient):
    """`manage.py dbshell` with the psql of the wheel."""

    connection: "DatabaseWrapper"

    def runshell(self, parameters: Iterable[str]) -> None:
        self.connection.ensure_connection()
        server = self.connection.server
        psql = place.programs_of(server.home, place.owner_of(server.home)) / "psql"
        name = self.connection.settings_dict["NAME"] or "postgres"
        address = ["-h", str(server.sockets), "-p", "5432", "-U", "postgres"]
        before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C ends a query, not the shell
        try:
            subprocess.run([str(psql), *address, *parameters, name], check=True)  # noqa: S603
        finally:
            signal.signal(signal.SIGINT, before)


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    @property
    def server(self) -> Server:
        """The embedded server; refused where it has no business."""
        if not (env.flag("DEBUG", default=True) or env.flag("EMBEDDED_PG", default=False)):
            raise ImproperlyConfigured(
                "Set DATABASE_URL when DEBUG is off: the embedded PostgreSQL is for development and trials. "
                "EMBEDDED_PG=1 allows it all the same."
            )
        return server_of(Path(self.settings_dict["VAR"]))

    def get_connection_params(self) -> dict[str, Any]:
        return {**self.server.parameters, **super().get_connection_params()}

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        if self.server.is_held:
            try:
                return super().get_new_connection(conn_params)
            except psycopg.OperationalError:  # perhaps the server was killed: bring it back, else say what is wrong
                pass
        self.server.ensure(self.settings_dict["NAME"])
        return super().get_new_connection(conn_params)
