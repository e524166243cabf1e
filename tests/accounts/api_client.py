"""A business system that calls our API."""

import json
import secrets
from typing import Any
from uuid import uuid4

from django.test import Client

from accounts.models import Account, ApiKey, User
from accounts.models.api_key import Scope
from accounts.services.api_keys import digest_of
from tests.factories import owner_of

ROOT = "/api/v1/"


def make_key(account: Account, scopes: Any = tuple(Scope), *, maker: User | None = None, secret: str = "") -> ApiKey:
    """A usable key; its secret stays with whoever passed it."""
    secret = secret or f"tz_{secrets.token_urlsafe(32)}"
    return ApiKey.objects.create(
        account=account,
        name="test",
        prefix=secret[:8],
        digest=digest_of(secret=secret),
        scopes=[scope.value for scope in scopes],
        created_by=maker or owner_of(account),
    )


class ApiClient:
    """Calls with one key; every write gets an idempotency key of its own unless told otherwise."""

    def __init__(self, account: Account, scopes: Any = tuple(Scope), *, maker: User | None = None) -> None:
        self.account, self.client = account, Client()
        self.secret = f"tz_{secrets.token_urlsafe(32)}"
        self.key = make_key(account, scopes, maker=maker, secret=self.secret)
        self.headers = {"Authorization": f"Bearer {self.secret}"}

    def get(self, path: str, **headers: str) -> Any:
        return self.client.get(f"{ROOT}{path}", headers={**self.headers, **headers})

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.write("POST", path, body, **headers)

    def patch(self, path: str, body: Any = None, **headers: str) -> Any:
        return self.write("PATCH", path, body, **headers)

    def delete(self, path: str, **headers: str) -> Any:
        return self.write("DELETE", path, **headers)

    def write(self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> Any:
        """`key=""` sends none; a body of bytes goes as it is."""
        sent = {**self.headers, "Idempotency-Key": str(uuid4()) if key is None else key, **headers}
        data = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        return self.client.generic(
            method,
            f"{ROOT}{path}",
            data,
            content_type=sent.pop("Content-Type", "application/json"),
            headers={name: value for name, value in sent.items() if value},
        )
