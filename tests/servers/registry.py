"""A company register that speaks our contract, and plays its bad days."""

import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.servers.local import Reply, Request, serving

KEY = "the-register-key"


@dataclass
class Register:
    """What it was asked, what it knows, and what it shall answer instead."""

    url: str = ""
    asked: list[dict[str, str]] = field(default_factory=list)
    companies: list[Any] = field(default_factory=list)
    plays: Reply | None = None


@contextmanager
def register() -> Iterator[Register]:
    state = Register()

    def answer(request: Request) -> Reply:
        path, _mark, query = request.path.partition("?")
        if request.headers.get("x-api-key") != KEY:
            return Reply.json({"error": "key"}, 401)
        if (request.method, path) != ("GET", "/v1/companies"):
            return Reply.json({"error": "path"}, 404)
        state.asked.append(dict(urllib.parse.parse_qsl(query)))
        return state.plays or Reply.json({"companies": state.companies})

    with serving(answer) as url:
        state.url = f"{url}/v1"
        yield state
