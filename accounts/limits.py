"""The named rate limits of this app, each one line; numbers in `policy`. Call before opening a transaction."""

import ipaddress
from datetime import datetime

from accounts import policy
from config.limits import forget, hit


def _check(name: str, key: object, rule: tuple[int, int], now: datetime | None) -> None:
    limit, seconds = rule
    hit(name, str(key), limit=limit, seconds=seconds, now=now)


def home_of(address: str | None) -> str:
    """An IPv6 address by its /64: whoever has one has all of them."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        return str(address)
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return str(found)


def logins(identifier: str, address: str | None, *, now: datetime | None = None) -> None:
    """Ten tries a quarter of an hour and name, a hundred an address."""
    _check("login-name", identifier.strip().lower(), policy.LOGINS_PER_NAME, now)
    _check("login-address", home_of(address), policy.LOGINS_PER_ADDRESS, now)


def logins_passed(identifier: str) -> None:
    """After the right password the name starts anew; the address does not, or one good login would cover guessing."""
    forget("login-name", identifier.strip().lower())


def password_checks(user_id: int, *, now: datetime | None = None) -> None:
    """Ten tries a quarter of an hour at the old password of somebody who is logged in already."""
    _check("password-check", user_id, policy.PASSWORD_CHECKS_PER_USER, now)


def operator_adds(account_id: int, *, now: datetime | None = None) -> None:
    """Sixty operators added an hour and account: each tells whose a number is."""
    _check("operator-add", account_id, policy.OPERATOR_ADDS_PER_ACCOUNT, now)


def new_names(account_id: int, *, now: datetime | None = None) -> None:
    """Sixty names and numbers tried for linked accounts an hour and account: each tells whether it is taken."""
    _check("new-name", account_id, policy.NEW_NAMES_PER_ACCOUNT, now)


def registrations(address: str | None, *, now: datetime | None = None) -> None:
    """Thirty tries at a new login an hour and address: each tells whether a user name or an e-mail is taken."""
    _check("registration-address", home_of(address), policy.NEW_NAMES_PER_ADDRESS, now)


def registry_searches(user_id: int, *, now: datetime | None = None) -> None:
    """A hundred and twenty look-ups of companies in ten minutes and person: plenty for typing, little for copying."""
    _check("registry-search", user_id, policy.REGISTRY_SEARCHES_PER_USER, now)


def codes(address: str | None, *, now: datetime | None = None) -> None:
    """Thirty codes an hour and address, beside the limits per number."""
    _check("code-address", home_of(address), policy.CODES_PER_ADDRESS, now)


def link_opens(address: str | None, *, now: datetime | None = None) -> None:
    """Sixty short links an hour and address."""
    _check("link-address", home_of(address), policy.LINK_OPENS_PER_ADDRESS, now)


def target_checks(account_id: int, *, now: datetime | None = None) -> None:
    """Sixty look-ups of other accounts an hour and account."""
    _check("target-check", account_id, policy.TARGET_CHECKS_PER_ACCOUNT, now)


def resends(invitation_id: int, *, now: datetime | None = None) -> None:
    """An invitation is sent again at most six times a day."""
    _check("invitation-resend", invitation_id, policy.RESENDS_PER_INVITATION, now)


def ask_again(invitation_id: int, *, now: datetime | None = None) -> None:
    """One request for a new invitation a day and link."""
    _check("ask-again", invitation_id, policy.ASK_AGAIN_PER_LINK, now)


def api_calls(key_id: int, *, now: datetime | None = None) -> None:
    """Six hundred calls a minute and key."""
    _check("api-key", key_id, policy.API_CALLS_PER_KEY, now)
