"""A process that uses the embedded server and does what it is told: `python -m tests.config.embedded_user VAR`.

It prints one JSON line once the server answers and one for each order; at the end of its input it leaves normally.
"""

import json
import os
import sys
from pathlib import Path

import psycopg

from config.postgres import server as embedded


def main() -> None:
    embedded.SILENCE_SECONDS_MAX = int(os.environ.get("SILENCE", "30"))  # type: ignore[misc]
    server = embedded.server_of(Path(sys.argv[1]))
    try:
        server.ensure("tongzhang")
    except psycopg.OperationalError as error:
        say(refused=str(error))
        return
    say(home=str(server.home), sockets=str(server.sockets), pid=os.getpid())
    for line in sys.stdin:
        order = json.loads(line)
        if order == "ensure":
            server.ensure("tongzhang")
            say(pid=os.getpid())
        elif order == "fork, parent leaves":
            if os.fork():
                sys.exit()
            say(pid=os.getpid())
        elif order == "fork, child leaves":
            if child := os.fork():
                say(status=os.waitpid(child, 0)[1])
            else:
                sys.exit()
        else:
            say(rows=query(server, order))


def query(server: embedded.Server, statement: str) -> list[list[str]]:
    with psycopg.connect(**server.parameters, dbname="tongzhang", autocommit=True) as connection:
        cursor = connection.execute(statement)
        return [[str(value) for value in row] for row in cursor.fetchall()] if cursor.description else []


def say(**facts: object) -> None:
    print(json.dumps(facts), flush=True)


if __name__ == "__main__":
    main()
