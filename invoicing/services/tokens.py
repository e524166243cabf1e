"""Tokens of the open API: a business system signs with its client secret and gets one for two hours."""

import hashlib
import re
import secrets
from datetime import UTC, datetime
from hmac import compare_digest

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.errors import DomainError, InputError
from config.transactions import atomic
from invoicing import policy
from invoicing.client_secrets import secrets_at
from invoicing.models import AccessToken, Credential
from invoicing.tax.cipher import SignKind, sign

NOBODY = "nobody"  # signed against where no such client is, so that both cases take the same time
_TIMESTAMP = re.compile(r"\d{10}(\d{3})?", re.ASCII)
_CLIENT_ID = re.compile(r"[\x21-\x7e]{1,24}")


class ClientMissing(InputError):
    """No client id."""

    code = "client_missing"
    sentence = _("The client id must not be empty.")


class SignatureWrong(DomainError):
    """The signature was not made with this client's secret, or there is no such client."""

    code = "signature_wrong"
    rule = "I5.2"
    status = 401
    sentence = _("The client is not known, or the signature was not made with its secret.")
    hint = _("Sign client id + client secret + timestamp; the timestamp is the one that is sent.")


class TimestampOff(DomainError):
    """Too old, or from the future."""

    code = "timestamp_off"
    status = 401
    sentence = _("The timestamp is more than %(minutes)s minutes away from our time.")
    hint = _("Set the clock of the business system by a time server.")


class TimestampUsed(DomainError):
    """A token was made with this timestamp before."""

    code = "timestamp_used"
    status = 401
    sentence = _("A token was made with this timestamp already.")
    hint = _("Use the token until it ends, or sign anew with the present time.")


class ClientBlocked(DomainError):
    """Staff stopped the client."""

    code = "client_blocked"
    status = 403
    sentence = _("This client was blocked by support.")
    hint = _("Ask support for the reason.")


class TokenWrong(DomainError):
    """No such token, or its time is over, or its client was blocked."""

    code = "token_wrong"
    status = 401
    sentence = _("The access token is not known, or its time is over.")
    hint = _("Get a new one with the client id and a signature.")


def digest_of(*, token: str) -> str:
    """What is kept of a token; it has 256 random bits, so a plain digest is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


@atomic
def grant_token(
    *, client_id: str, signature: str, timestamp: str, kind: SignKind, now: datetime | None = None
) -> tuple[AccessToken, str]:
    """The token's row and the token itself, which is shown this once. One signature makes one token.

    Raises ClientMissing, InputError at `timestamp`, SignatureWrong, ClientBlocked, TimestampOff, TimestampUsed.
    """
    at = now or timezone.now()
    if not client_id:
        raise ClientMissing("client_id")
    moment = _moment(timestamp)
    client = _signed_by(client_id, signature, timestamp, kind, at)
    if client.blocked_at is not None:
        raise ClientBlocked()
    if abs(at - moment) > policy.TIMESTAMP_SKEW:
        raise TimestampOff(minutes=int(policy.TIMESTAMP_SKEW.total_seconds() // 60))
    token = secrets.token_urlsafe(32)
    row = AccessToken(client=client, digest=digest_of(token=token), timestamp=timestamp, made_at=at)
    row.expires_at = at + policy.TOKEN_LIFE
    AccessToken.objects.bulk_create([row], ignore_conflicts=True)
    made = AccessToken.objects.filter(digest=row.digest).first()
    if made is None:
        raise TimestampUsed()
    return made, token


def _moment(timestamp: str) -> datetime:
    """Seconds with ten digits, milliseconds with thirteen."""
    if not _TIMESTAMP.fullmatch(timestamp):
        raise InputError("timestamp", _("Send the time as 10 digits (seconds) or 13 (milliseconds) since 1970."))
    return datetime.fromtimestamp(int(timestamp[:10]), UTC)


def _signed_by(client_id: str, signature: str, timestamp: str, kind: SignKind, at: datetime) -> Credential:
    """The client whose secret signed; its old secret does so during the overlap, too."""
    known = _CLIENT_ID.fullmatch(client_id) is not None
    client = Credential.objects.filter(client_id=client_id).first() if known else None
    usable = secrets_at(client, at) if client is not None else []
    right = False
    for secret in usable or [NOBODY]:
        made = sign(client_id=client_id, secret=secret, timestamp=timestamp, kind=kind)
        right |= compare_digest(made.encode(), signature.encode()) and bool(usable)
    if client is None or not right:
        raise SignatureWrong()
    return client


def client_of(*, token: str, now: datetime | None = None) -> Credential:
    """The client that a token was made for, with its tenant, or TokenWrong."""
    rows = AccessToken.objects.live(at=now or timezone.now()).select_related("client__tenant__account")
    row = rows.filter(digest=digest_of(token=token)).first()
    if row is None:
        raise TokenWrong()
    return row.client


def forget_tokens(*, now: datetime | None = None) -> int:
    """Tokens past their end are gone; answers how many. They outlive the time in which a timestamp can be replayed."""
    gone, _by_model = AccessToken.objects.filter(expires_at__lt=now or timezone.now()).delete()
    return gone
