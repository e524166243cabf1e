"""Calls to providers over HTTP: bounded in time and size, and honest about what is known afterwards.

The one distinction that matters to a caller is whether the request may have had an effect: what never left can be
tried again, what left and was not answered must not be repeated blindly.
"""

import functools
import json
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import httpx

CONNECT_SECONDS: Final = 5.0
ANSWER_BYTES_MAX: Final = 256 * 1024
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
    httpx.InvalidURL,
)


class OutgoingError(Exception):
    """A call to a provider without a usable answer. The text holds neither address nor content."""


class NotSentError(OutgoingError):
    """The request never reached the provider; trying again is safe."""


class NoAnswerError(OutgoingError):
    """The request left, and nobody can say what became of it."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a provider answered, read whole."""

    status: int
    body: bytes

    def document(self) -> dict[str, Any]:
        """The body as a JSON object; raises `NoAnswerError` where it is none."""
        try:
            parsed = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise NoAnswerError(f"answer {self.status} is not JSON") from error
        if not isinstance(parsed, dict):
            raise NoAnswerError(f"answer {self.status} is not a JSON object")
        return parsed


def call(
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    content: bytes = b"",
    seconds: float = 10.0,
    bytes_max: int = ANSWER_BYTES_MAX,
) -> Answer:
    """The provider's answer, whatever its status; no redirect is followed. Raises `NotSentError`, `NoAnswerError`.

    `url` is sent as it stands, so that a signature over its query holds.
    """
    limits = httpx.Timeout(seconds, connect=min(CONNECT_SECONDS, seconds))
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **headers}
    try:
        with (
            httpx.Client(timeout=limits, verify=_trust()) as client,
            client.stream(method, url, headers=sent, content=content) as response,
        ):
            return Answer(response.status_code, _read(response, until=time.monotonic() + seconds, bytes_max=bytes_max))
    except _NOT_SENT as error:
        raise NotSentError(type(error).__name__) from None
    except httpx.HTTPError as error:
        raise NoAnswerError(type(error).__name__) from None


def _read(response: httpx.Response, *, until: float, bytes_max: int) -> bytes:
    """The body within its bounds: a timeout alone would let a slow drip hold a worker for ever."""
    body = bytearray()
    for chunk in response.iter_raw():
        body += chunk
        if len(body) > bytes_max:
            raise NoAnswerError(f"answer {response.status_code} is longer than {bytes_max} bytes")
        if time.monotonic() > until:
            raise NoAnswerError(f"answer {response.status_code} came too slowly")
    return bytes(body)


@functools.cache
def _trust() -> ssl.SSLContext:
    return httpx.create_ssl_context()
