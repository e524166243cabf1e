"""A client of a person, as the server sees one: its calls, and what it gets."""

import json
from typing import Any

from django.test import Client

from accounts.actors import Actor, Door
from accounts.models import User
from kiscloud.services.devices import log_in


class KisClient:
    """One installed client; logged in, unless without a person."""

    def __init__(self, user: User | None = None, installation: str = "pc-00001", **more: Any) -> None:
        self.client, self.token, self.device = Client(), "", None
        self.installation = installation
        if user is not None:
            actor = Actor(door=Door.API, user=user)
            self.device, self.token = log_in(actor=actor, installation=installation, platform="windows", **more)

    @property
    def headers(self) -> dict[str, str]:
        """What each call carries."""
        return {"Authorization": f"Bearer {self.token}"} if self.token else {}

    def get(self, path: str, query: dict[str, Any] | None = None) -> Any:
        """Reads."""
        return self.client.get(f"/api/v1/client/{path}", query or {}, headers=self.headers)

    def send(self, method: str, path: str, body: Any = None) -> Any:
        """Writes JSON."""
        content = b"" if body is None else json.dumps(body).encode()
        kind = "application/json" if content else ""
        path = f"/api/v1/client/{path}"
        return self.client.generic(method.upper(), path, content, content_type=kind, headers=self.headers)

    def post(self, path: str, body: Any = None) -> Any:
        """The usual way of writing."""
        return self.send("post", path, body)

    def upload(self, name: str, content: bytes) -> Any:
        """Stores a file in the drive."""
        return self.client.generic(
            "POST",
            "/api/v1/client/drive/",
            content,
            content_type="application/octet-stream",
            headers=self.headers,
            query_params={"name": name},
        )

    def log_in(self, identifier: str, password: str, **more: Any) -> Any:
        """By name and password; keeps the token."""
        said = {"identifier": identifier, "password": password, "installation": self.installation, **more}
        answer = self.post("login/", {"platform": "windows", **said})
        self.token = answer.json().get("token", "")
        return answer
