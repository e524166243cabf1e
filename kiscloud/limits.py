"""The named rate limits of clients, private servers and uploads; numbers in `policy`. Call outside of transactions."""

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


def upgrades(company_id: int, *, now: datetime | None = None) -> None:
    """Thirty files of earlier products an hour and company: each is looked through as a whole."""
    limit, seconds = policy.UPGRADES
    hit("upgrade", str(company_id), limit=limit, seconds=seconds, now=now)
