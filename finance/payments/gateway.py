"""An online payment service behind a small signed contract, in both directions."""

import hashlib
import hmac
import json
import logging
import re
import secrets
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts import outgoing
from finance import policy
from finance.payments.contract import (
    CallbackFacts,
    CallbackRefused,
    CallbackUnreadable,
    Found,
    NotTaken,
    Opened,
    Order,
    Payment,
    Status,
    Unclear,
)

SECRET_LENGTH_MIN: Final = 32
PAY_URL_LENGTH_MAX: Final = 500
LOCAL: Final = ("localhost", "127.0.0.1")
_TIMESTAMP: Final = re.compile(r"\d{1,11}", re.ASCII)
_NONCE: Final = re.compile(r"[A-Za-z0-9_-]{16,64}")
_NAME: Final = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_AMOUNT: Final = re.compile(r"\d{1,13}\.\d{2}", re.ASCII)
logger = logging.getLogger(__name__)


class GatewayBackend:
    """`PAYMENT_BACKEND=finance.payments.gateway.GatewayBackend`

    Settings: `PAYMENT_ENDPOINT` (https://host/path), `PAYMENT_MERCHANT`, `PAYMENT_SECRET` (at least 32 signs), and
    where wanted `PAYMENT_SECRET_OLD` (still taken in callbacks while the secret is being exchanged), `PAYMENT_TIMEOUT`.

    Every message, ours and theirs, is a POST of JSON with `X-Pay-Timestamp` (Unix seconds), `X-Pay-Nonce` (16 to 64 of
    A–Z a–z 0–9 _ -, new for each message) and `X-Pay-Signature`: HMAC-SHA256 in hex, by the secret, over timestamp,
    dot, nonce, dot and the body's bytes. Ours name the merchant in `X-Pay-Merchant`. Amounts are text: "1234.50".

    `POST <endpoint>/orders` {reference, amount, subject, notify_url, return_url} is answered by 200 or 201 with
    {provider_id, pay_url}. `POST <endpoint>/orders/query` {reference} by 200 with {reference, provider_id, amount,
    status: waiting|paid|failed, pay_url while it waits}, or by 404. To notify_url it sends {reference, provider_id,
    amount, status}, again and newly signed until it is answered by 2xx, or by 4xx, which it shows to its staff.
    """

    takes_orders = True

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        given = settings.PAYMENT_OPTIONS if values is None else values
        self.endpoint, self.merchant = _endpoint(given), _setting(given, "merchant")
        self._secrets = [_secret(given, "secret")]
        if given.get("secret_old", "").strip():
            self._secrets.append(_secret(given, "secret_old"))
        self.seconds = _seconds(given.get("timeout", ""))

    def create(self, *, order: Order) -> Opened:
        """The order stands at the gateway. Raises NotTaken, Unclear."""
        answer = self._call(
            "/orders",
            {
                "reference": order.reference,
                "amount": f"{order.amount:.2f}",
                "subject": order.subject,
                "notify_url": order.notify_url,
                "return_url": order.return_url,
            },
        )
        if answer.status not in {200, 201}:
            # Refused for what it says, so it stands nowhere. Of a conflict or a failure inside nobody can say that.
            certain = answer.status in {400, 401, 403, 404, 413, 415, 422, 429}
            raise (NotTaken if certain else Unclear)(f"answer {answer.status}")
        said = _document(answer)
        try:
            provider_id = _name(said, "provider_id")
        except CallbackUnreadable as error:
            raise Unclear("answer without a number") from error
        return Opened(provider_id=provider_id, pay_url=self._pay_url(said))

    def query(self, *, reference: str) -> Found | None:
        """Where the order stands; None where the gateway knows none. Raises PaymentError."""
        answer = self._call("/orders/query", {"reference": reference})
        if answer.status == 404:
            return None
        if answer.status != 200:
            raise Unclear(f"answer {answer.status}")
        said = _document(answer)
        try:
            payment = _payment(said)
        except CallbackUnreadable as error:
            raise Unclear("answer in another form") from error
        if payment.reference != reference:
            raise Unclear("answer about another order")
        return Found(payment, self._pay_url(said) if payment.status is Status.WAITING and said.get("pay_url") else "")

    def verify_callback(self, *, headers: Mapping[str, str], body: bytes, now: datetime) -> CallbackFacts:
        """What the message says, proved: signed with the secret, and lately. Raises CallbackRefused, …Unreadable."""
        stamp, nonce = headers.get("X-Pay-Timestamp", ""), headers.get("X-Pay-Nonce", "")
        if not _TIMESTAMP.fullmatch(stamp) or not _NONCE.fullmatch(nonce):
            raise CallbackRefused()
        given = headers.get("X-Pay-Signature", "").encode()
        if not any(hmac.compare_digest(sign(one, stamp, nonce, body).encode(), given) for one in self._secrets):
            raise CallbackRefused()
        if abs(now.timestamp() - int(stamp)) > policy.GATEWAY_CALLBACK_LIFE.total_seconds():
            raise CallbackRefused()
        try:
            said = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise CallbackUnreadable() from error
        if not isinstance(said, dict):
            raise CallbackUnreadable()
        return CallbackFacts(_payment(said), nonce=nonce, digest=hashlib.sha256(body).digest())

    def _call(self, path: str, said: Mapping[str, str]) -> outgoing.Answer:
        body = json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json", "X-Pay-Merchant": self.merchant}
        headers |= signed_headers(self._secrets[0], body, now=timezone.now())
        url = f"{self.endpoint}{path}"
        try:
            return outgoing.call("POST", url, headers=headers, content=body, seconds=self.seconds)
        except outgoing.NotSentError as error:
            logger.warning("payment gateway: %s", error)
            raise NotTaken(str(error)) from error
        except outgoing.NoAnswerError as error:
            logger.warning("payment gateway: %s", error)
            raise Unclear(str(error)) from error

    def _pay_url(self, said: Mapping[str, Any]) -> str:
        """The address as a link that can be shown: encrypted, unless the gateway itself is on this machine."""
        url = said.get("pay_url")
        right = isinstance(url, str) and len(url) <= PAY_URL_LENGTH_MAX and url.isprintable() and _is_safe(url)
        if not isinstance(url, str) or not right or (self.endpoint.startswith("https:") and url.startswith("http:")):
            raise Unclear("answer without a usable pay address")
        return url


def sign(secret: str, stamp: str, nonce: str, body: bytes) -> str:
    """The signature of a message."""
    return hmac.digest(secret.encode(), f"{stamp}.{nonce}.".encode() + body, "sha256").hex()


def signed_headers(secret: str, body: bytes, *, now: datetime) -> dict[str, str]:
    """What proves a message of this moment."""
    stamp, nonce = str(int(now.timestamp())), secrets.token_urlsafe(24)
    return {"X-Pay-Timestamp": stamp, "X-Pay-Nonce": nonce, "X-Pay-Signature": sign(secret, stamp, nonce, body)}


def _payment(said: Mapping[str, Any]) -> Payment:
    """Read strictly: a number that is not text may have been rounded on its way. Raises CallbackUnreadable."""
    amount, status = said.get("amount"), said.get("status")
    if not isinstance(amount, str) or not _AMOUNT.fullmatch(amount) or Decimal(amount) == 0:
        raise CallbackUnreadable()
    if status not in list(Status):
        raise CallbackUnreadable()
    return Payment(_name(said, "reference"), _name(said, "provider_id"), Decimal(amount), Status(status))


def _name(said: Mapping[str, Any], field: str) -> str:
    value = said.get(field)
    if not isinstance(value, str) or not _NAME.fullmatch(value):
        raise CallbackUnreadable()
    return value


def _document(answer: outgoing.Answer) -> dict[str, Any]:
    try:
        return answer.document()
    except outgoing.NoAnswerError as error:
        raise Unclear(str(error)) from error


def _is_safe(url: str) -> bool:
    """Encrypted, or on this very machine. A wrong address is not safe either."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return (parts.scheme == "https" and bool(parts.hostname)) or (parts.scheme == "http" and parts.hostname in LOCAL)


def _endpoint(given: Mapping[str, str]) -> str:
    value = _setting(given, "endpoint").rstrip("/")
    if not _is_safe(value):
        raise ImproperlyConfigured("PAYMENT_ENDPOINT must begin with https://")
    return value


def _setting(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"PAYMENT_{name.upper()} must be set for GatewayBackend")
    return value


def _secret(given: Mapping[str, str], name: str) -> str:
    value = _setting(given, name)
    if len(value) < SECRET_LENGTH_MIN:
        raise ImproperlyConfigured(f"PAYMENT_{name.upper()} must have at least {SECRET_LENGTH_MIN} signs")
    return value


def _seconds(value: str) -> float:
    try:
        seconds = float(value) if value.strip() else 8.0
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 15:
        raise ImproperlyConfigured(f"PAYMENT_TIMEOUT must be a number of seconds up to 15, not {value!r}")
    return seconds
