"""A tax platform behind the standard contract of Kingdee's invoice cloud, over HTTPS."""

import logging
import re
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts import outgoing
from invoicing.faces import Face
from invoicing.tax import kingdee_files as files
from invoicing.tax import kingdee_wire as wire
from invoicing.tax.cipher import KEY_LENGTH, SignKind, sealed, sign
from invoicing.tax.contract import Busy, Fault, NotTaken, Outcome, TaxError, Unclear, Verdict

TOKEN, CREATE, INVALID = "/base/oauth/token", "/m5/bill/invoice/create", "/m5/bill/invoice/invalid"
QUERY, CHECK = "/invoice/query", "/m3/bill/invoice/img/Check/info"
OK: Final = "0000"
# The errors that the contract names; others can be told by `TAX_CODES`.
CODES: Final = {"1101": "auth", "1200": "auth"}
WORDS: Final = frozenset({*Fault, *Verdict, "token", "busy", "unknown", "duplicate"})
TOKEN_LIFE_MAX: Final = timedelta(hours=1)
TOKEN_MARGIN: Final = timedelta(seconds=60)
_CODE: Final = re.compile(r"[A-Za-z0-9_-]{1,16}", re.ASCII)
_TOKEN: Final = re.compile(r"[\x21-\x7e]{8,512}", re.ASCII)
logger = logging.getLogger(__name__)

_tokens: dict[tuple[str, str], tuple[str, datetime]] = {}
_tokens_lock = threading.Lock()


@dataclass(frozen=True, slots=True)
class Envelope:
    """What the platform answered."""

    code: str
    description: str
    data: dict[str, Any]


class Refused(TaxError):
    """An errcode other than 0000."""

    def __init__(self, envelope: Envelope, word: str) -> None:
        super().__init__(f"errcode {envelope.code}")
        self.envelope, self.word = envelope, word


class KingdeePlatform:
    """`TAX_BACKEND=invoicing.tax.kingdee.KingdeePlatform`

    Settings: `TAX_ENDPOINT` (https://host/path), `TAX_CLIENT_ID`, `TAX_CLIENT_SECRET`, `TAX_ENCRYPT_KEY` (16 signs);
    where wanted `TAX_SIGN` (0 MD5, the default, 1 SHA-256, 2 HMAC-SHA256), `TAX_TIMEOUT` (8 seconds), `TAX_DEVICE`
    (`fpdk_type` of queries: 3, or 4 for Cosmic), and `TAX_CODES` for errcodes that the contract does not name:
    `1305=token,9001=duplicate,9002=unknown,9003=busy,0006=not_found`, each a word of `Fault` or `Verdict`, or token
    (expired), busy, unknown (serial), duplicate (serial).

    A token is asked for with a signature and kept while it lives. `create` is sent encrypted, everything else plain.
    An error whose code has no word is looked at by a query before anything is concluded: what the platform knows was
    taken, what it does not know was not. Red invoices go through `invalid`, which takes back whole invoices only.
    The contract says neither how a query tells the state nor how a verification answers; read are `status` (0, 1 under
    way, 2 issued, 3 failed), `invoiceNo`, `invoiceDate`, `totalAmount`, `failReason`, and of a verification
    `invoiceNo`, `totalAmount`, `invoiceStatus` (0, 7 stand; 2, 3, 8 do not).
    """

    forms = ("pdf",)

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        given = settings.TAX_OPTIONS if values is None else values
        self.endpoint = _endpoint(given)
        self.client_id, self.secret = _setting(given, "client_id"), _setting(given, "client_secret")
        self.encrypt_key = _encrypt_key(given)
        self.kind = _sign_kind(given.get("sign", ""))
        self.device = given.get("device", "").strip() or "3"
        self.seconds = _seconds(given.get("timeout", ""))
        self.codes = CODES | _codes(given.get("codes", ""))

    def issue(self, *, serial: str, face: Face) -> None:
        """The platform has it and works on it. Raises NotTaken, Busy, Unclear."""
        if not face.reverses:
            path, body = CREATE, sealed(wire.compact(wire.issue_body(serial, face)), key=self.encrypt_key)
        elif face.extra.get("whole"):
            path, body = INVALID, wire.compact(wire.red_body(serial, face))
        else:
            raise NotTaken(Fault.INVALID, "the platform takes back whole invoices only")
        try:
            self._call("POST", path, body)
        except Refused as refused:
            self._conclude(refused, serial, face.seller.tax_number)

    def query(self, *, serial: str, seller_tax_number: str) -> Outcome | None:
        """What became of it; None where the platform knows no such serial. Raises TaxError."""
        asked = {"taxNo": seller_tax_number, "fpdk_type": self.device, "serialNo": serial}
        try:
            data = self._call("GET", QUERY, **asked).data
        except Refused as refused:
            if refused.word == "unknown":
                return None
            raise _as_error(refused) from refused
        return wire.outcome_of(data, serial, self._fault(data))

    def verify(self, *, number: str, issued_on: date, total: Decimal, code: str = "") -> Verdict:
        """Whether such an invoice is on record. Raises TaxError."""
        try:
            data = self._call("POST", CHECK, wire.compact(wire.check_body(number, code, issued_on, total))).data
        except Refused as refused:
            if refused.word in list(Verdict):
                return Verdict(refused.word)
            raise _as_error(refused) from refused
        return wire.verdict_of(data, number, total)

    def download(self, *, serial: str, seller_tax_number: str, form: str) -> bytes | None:
        """The PDF that a query of the serial names, None as long as it names none here. Raises TaxError."""
        asked = {"taxNo": seller_tax_number, "fpdk_type": self.device, "serialNo": serial}
        try:
            address = wire.text(self._call("GET", QUERY, **asked).data.get("pdfUrl"), 2048)
        except Refused as refused:
            raise _as_error(refused) from refused
        if form not in self.forms or not files.is_beside(address, self.endpoint):
            return None
        return files.fetch(address, self.seconds)

    def _conclude(self, refused: Refused, serial: str, seller_tax_number: str) -> None:
        """Nothing where the platform has the serial all the same. Raises NotTaken, Busy, Unclear."""
        error = _as_error(refused)
        if refused.word == "duplicate":
            raise Unclear("the serial stands there already")
        if refused.word or isinstance(error, Busy):
            raise error from refused
        try:
            known = self.query(serial=serial, seller_tax_number=seller_tax_number)
        except NotTaken:  # it does not even talk about it: what it said first, counts
            raise error from refused
        except TaxError as doubt:
            raise Unclear(f"errcode {refused.envelope.code}, and no answer about the serial") from doubt
        if known is None:
            raise error from refused

    def _fault(self, data: Mapping[str, Any]) -> Fault:
        word = self.codes.get(str(data.get("failCode", "")), "")
        return Fault(word) if word in list(Fault) else Fault.REFUSED

    def _call(self, method: str, path: str, body: str = "", **asked: str) -> Envelope:
        """The envelope of success; with a new token where the platform says that the old one is over."""
        envelope = self._once(method, path, body, asked)
        if self.codes.get(envelope.code) == "token":  # refused before it looked at what was asked
            _forget(self._key)
            envelope = self._once(method, path, body, asked)
        if envelope.code != OK:
            raise Refused(envelope, self.codes.get(envelope.code, ""))
        return envelope

    def _once(self, method: str, path: str, body: str, asked: Mapping[str, str]) -> Envelope:
        named = {"access_token": self._token(), "reqid": wire.request_id(), **asked}
        return self._send(method, f"{path}?{urlencode(named)}", body)

    def _send(self, method: str, path: str, body: str) -> Envelope:
        headers = {"Content-Type": "application/json; charset=utf-8"}
        url = f"{self.endpoint}{path}"
        try:
            answer = outgoing.call(method, url, headers=headers, content=body.encode(), seconds=self.seconds)
            return _read(answer)
        except outgoing.NotSentError as error:
            logger.warning("tax platform: %s", error)
            raise Busy(str(error)) from error
        except outgoing.NoAnswerError as error:
            logger.warning("tax platform: %s", error)
            raise Unclear(str(error)) from error

    @property
    def _key(self) -> tuple[str, str]:
        return self.endpoint, self.client_id

    def _token(self) -> str:
        """One that lives; a new one where there is none. What goes wrong here has not touched any invoice."""
        now = timezone.now()
        with _tokens_lock:
            token, until = _tokens.get(self._key, ("", now))
        if token and now < until:
            return token
        try:
            token, until = self._new_token(now)
        except Refused as refused:
            raise _as_error(refused, Fault.AUTH) from refused
        except Unclear as error:
            raise Busy("no token") from error
        with _tokens_lock:
            _tokens[self._key] = token, until
        return token

    def _new_token(self, now: datetime) -> tuple[str, datetime]:
        stamp = str(int(now.timestamp() * 1000))
        signature = sign(client_id=self.client_id, secret=self.secret, timestamp=stamp, kind=self.kind)
        said = {"client_id": self.client_id, "sign": signature, "timestamp": stamp}
        envelope = self._send("POST", TOKEN, wire.compact(said))
        if envelope.code != OK:
            raise Refused(envelope, self.codes.get(envelope.code, ""))
        token, seconds = envelope.data.get("access_token"), str(envelope.data.get("expires_in"))
        if not isinstance(token, str) or _TOKEN.fullmatch(token) is None:
            raise Unclear("answer without a token")
        lives = timedelta(seconds=int(seconds)) if re.fullmatch("[0-9]{1,8}", seconds) else TOKEN_LIFE_MAX
        return token, now + max(min(lives, TOKEN_LIFE_MAX) - TOKEN_MARGIN, timedelta(0))


def _read(answer: outgoing.Answer) -> Envelope:
    """Its envelope, read strictly. What a proxy says in its own words is no envelope: nobody knows what came of it."""
    if answer.status == 429:
        raise Busy("answer 429")
    said = answer.document()
    code = said.get("errcode")
    code = code if isinstance(code, str) and _CODE.fullmatch(code) else ""
    if not code or answer.status >= 500 or (code == OK and answer.status != 200):
        raise Unclear(f"answer {answer.status} in another form")
    data = said.get("data")
    # A token stands beside the errcode, everything else in `data`.
    return Envelope(code, wire.text(said.get("description"), 300), data if isinstance(data, dict) else said)


def _as_error(refused: Refused, otherwise: Fault = Fault.OTHER) -> TaxError:
    """The platform's refusal in our words."""
    envelope, word = refused.envelope, refused.word
    if word == "busy":
        return Busy(f"errcode {envelope.code}")
    fault = Fault(word) if word in list(Fault) else Fault.AUTH if word == "token" else otherwise
    return NotTaken(fault, f"{envelope.code} {envelope.description}".strip())


def _forget(key: tuple[str, str]) -> None:
    with _tokens_lock:
        _tokens.pop(key, None)


def forget_tokens() -> None:
    """No token is kept any more, as after a start."""
    with _tokens_lock:
        _tokens.clear()


def _endpoint(given: Mapping[str, str]) -> str:
    value = _setting(given, "endpoint").rstrip("/")
    parts = urlsplit(value)
    if not (parts.scheme == "https" and parts.hostname) and not (
        parts.scheme == "http" and parts.hostname in files.LOCAL
    ):
        raise ImproperlyConfigured("TAX_ENDPOINT must begin with https://")
    return value


def _setting(given: Mapping[str, str], name: str) -> str:
    value = given.get(name, "").strip()
    if not value:
        raise ImproperlyConfigured(f"TAX_{name.upper()} must be set for KingdeePlatform")
    return value


def _encrypt_key(given: Mapping[str, str]) -> str:
    value = _setting(given, "encrypt_key")
    if len(value) != KEY_LENGTH or not value.isascii():
        raise ImproperlyConfigured(f"TAX_ENCRYPT_KEY must have {KEY_LENGTH} signs")
    return value


def _sign_kind(value: str) -> SignKind:
    try:
        return SignKind(value.strip() or SignKind.MD5)
    except ValueError as error:
        raise ImproperlyConfigured(f"TAX_SIGN must be 0, 1 or 2, not {value!r}") from error


def _seconds(value: str) -> float:
    try:
        seconds = float(value) if value.strip() else 8.0
    except ValueError:
        seconds = 0.0
    if not 0 < seconds <= 15:
        raise ImproperlyConfigured(f"TAX_TIMEOUT must be a number of seconds up to 15, not {value!r}")
    return seconds


def _codes(value: str) -> dict[str, str]:
    """Pairs of an errcode and its word."""
    found = {}
    for pair in filter(None, (part.strip() for part in value.split(","))):
        code, _equals, word = pair.partition("=")
        if _CODE.fullmatch(code) is None or word not in WORDS:
            raise ImproperlyConfigured(f"TAX_CODES: {pair!r} is not a code and one of {', '.join(sorted(WORDS))}")
        found[code] = word
    return found
