"""The named rate limits of clients and private servers; numbers in `policy`. Call before opening a transaction."""

from datetime import datetime

from accounts.limits import home_of
from config.limits import hit
from kiscloud import policy


def client_calls(device_id: int, *, now: datetime | None = None) -> None:
    """Six hundred calls a minute and device."""
    limit, seconds = policy.CLIENT_CALLS
    hit("client-device", str(device_id), limit=limit, seconds=seconds, now=now)


def launches(address: str | None, *, now: datetime | None = None) -> None:
    """Sixty launch tickets an hour and address."""
    limit, seconds = policy.LAUNCHES
    hit("client-launch", home_of(address), limit=limit, seconds=seconds, now=now)


def server_codes(address: str | None, *, now: datetime | None = None) -> None:
    """Three hundred authorisation codes an hour and address. Not by cloud: a stranger could shut its people out."""
    limit, seconds = policy.CODE_TRIES
    hit("server-code", home_of(address), limit=limit, seconds=seconds, now=now)
