"""The named rate limits of this app, each one line; numbers in `policy`. Call before opening a transaction."""

from datetime import datetime

from accounts.limits import home_of
from config.limits import hit
from invoicing import policy


def token_requests(address: str, *, now: datetime | None = None) -> None:
    """Sixty tokens asked for a minute and address, right or wrong."""
    limit, seconds = policy.TOKENS_PER_ADDRESS
    hit("open-token", address, limit=limit, seconds=seconds, now=now)


def client_calls(client_id: int, calls_a_minute: int, *, now: datetime | None = None) -> None:
    """As many calls a minute as support lets this client make."""
    hit("open-client", str(client_id), limit=max(1, calls_a_minute), seconds=60, now=now)


def change_asks(account_id: int, *, now: datetime | None = None) -> None:
    """Thirty change requests tried an hour and account: between accounts each writes to somebody else."""
    limit, seconds = policy.CHANGE_ASKS_PER_ACCOUNT
    hit("change-ask", str(account_id), limit=limit, seconds=seconds, now=now)


def link_opens(address: str, *, now: datetime | None = None) -> None:
    """A hundred and twenty links of letters, or files behind them, an hour and address."""
    limit, seconds = policy.LINK_OPENS_PER_ADDRESS
    hit("invoice-link", home_of(address), limit=limit, seconds=seconds, now=now)


def invoice_sends(account_id: int, *, now: datetime | None = None) -> None:
    """Sixty letters of invoices a day that people of one account ask for."""
    limit, seconds = policy.SENDS_PER_ACCOUNT
    hit("invoice-send", str(account_id), limit=limit, seconds=seconds, now=now)
