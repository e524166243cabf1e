"""A business system that calls the open API, as the contract says."""

import itertools
import json
from typing import Any

from django.test import Client
from django.utils import timezone

from invoicing.models import Credential, Tenant
from invoicing.tax.cipher import SignKind, sealed, sign
from tests.invoicing.opening import ENCRYPT_KEY, SECRET, make_client, token_for

_reqids = itertools.count(1_700_000_000_000_000)
TOKEN = "/open/base/oauth/token"


def stamp(now: Any = None) -> str:
    """Milliseconds; each new, so that none is used twice."""
    return str(int((now or timezone.now()).timestamp()) * 1000 + next(_reqids) % 1000)


def signed(client: Credential, **more: Any) -> dict[str, Any]:
    """What asks for a token."""
    body = {"client_id": client.client_id, "timestamp": stamp(), "encType": "0"} | more
    secret = body.pop("secret", SECRET)
    kind = SignKind(str(body["encType"]))
    made = sign(client_id=str(body["client_id"]), secret=secret, timestamp=str(body["timestamp"]), kind=kind)
    return {"sign": made} | body


class System:
    """Calls with a token of its own."""

    def __init__(self, tenant: Tenant | None = None, **more: Any) -> None:
        self.client = make_client(tenant, **more)
        self.tenant, self.token, self.web = self.client.tenant, token_for(self.client), Client()

    def address(self, path: str, **query: Any) -> str:
        asked = {"access_token": self.token, "reqid": str(next(_reqids))} | query
        return f"/open{path}?" + "&".join(f"{name}={value}" for name, value in asked.items() if value is not None)

    def get(self, path: str, **query: Any) -> Any:
        return self.web.get(self.address(path, **query), headers={"Accept-Language": "en"})

    def post(self, path: str, body: Any, **query: Any) -> Any:
        sent = body if isinstance(body, bytes) else json.dumps(body).encode()
        kind = "application/json"
        return self.web.post(self.address(path, **query), sent, content_type=kind, headers={"Accept-Language": "en"})

    def seal(self, path: str, body: Any, *, key: str = ENCRYPT_KEY, **query: Any) -> Any:
        return self.post(path, sealed(json.dumps(body), key=key).encode(), **query)


def code(answer: Any) -> str:
    """The errcode."""
    return str(answer.json()["errcode"])
