"""What business systems send: JSON of bounded size and depth, plain or sealed with their encrypt key."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any, Final

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, UnreadablePostError
from django.utils.translation import gettext_lazy as _

from config import strict_json
from config.errors import DomainError
from invoicing import policy
from invoicing.tax.cipher import CipherError, opened

DEPTH: Final = 6  # an invoice has three


class BodyUnreadable(DomainError):
    """No JSON object."""

    code = "body_unreadable"
    status = 400
    sentence = _("The body could not be read. Send one JSON object in UTF-8, no name twice.")


class BodyTooDeep(DomainError):
    """Objects within objects within objects."""

    code = "body_too_deep"
    status = 400
    sentence = _("The body is nested too deeply: at most %(most)s levels.")


class BodyTooLarge(DomainError):
    """More than an invoice with all its lines needs."""

    code = "body_too_large"
    status = 413
    sentence = _("The body is larger than %(most)s MB.")


class CipherWrong(DomainError):
    """Not sealed with the client's key, or altered on the way."""

    code = "cipher_wrong"
    status = 400
    sentence = _("The body was not encrypted with this client's key, or it was altered.")
    hint = _("Send base64(AES-128-ECB-PKCS5(JSON in UTF-8, encrypt key)) as the whole body.")


def raw_body(request: HttpRequest) -> str:
    """The body as text."""
    too_large = BodyTooLarge(most=policy.OPEN_BODY_MAX // 1024 // 1024)
    try:
        body = request.body
    except RequestDataTooBig as error:
        raise too_large from error
    except UnreadablePostError as error:
        raise BodyUnreadable() from error
    if len(body) > policy.OPEN_BODY_MAX:
        raise too_large
    try:
        return body.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BodyUnreadable() from error


def unsealed(text: str, keys: Iterable[str]) -> str:
    """What was sealed with one of these keys."""
    for key in keys:
        try:
            return opened(text, key=key)
        except CipherError:
            continue
    raise CipherWrong()


def read_object(text: str) -> dict[str, Any]:
    """The JSON object that the text is; numbers with a point as Decimal, every text one that can be stored."""
    try:
        found = strict_json.loads(text, parse_float=Decimal)
    except RecursionError as error:
        raise BodyTooDeep(most=DEPTH) from error
    except (ValueError, ArithmeticError) as error:
        raise BodyUnreadable() from error
    if not isinstance(found, dict):
        raise BodyUnreadable()
    for value, depth in _within(found):
        if depth > DEPTH:
            raise BodyTooDeep(most=DEPTH)
        if isinstance(value, str) and not _storable(value):
            raise BodyUnreadable()
    return found


def _within(whole: Any) -> Iterator[tuple[Any, int]]:
    """Everything in it, with how deep it lies; no deeper than needed to say that it is too deep."""
    waiting: list[tuple[Any, int]] = [(whole, 1)]
    while waiting:
        value, depth = waiting.pop()
        yield value, depth
        if isinstance(value, dict):
            waiting += [(inner, depth + 1) for pair in value.items() for inner in pair]
        elif isinstance(value, list):
            waiting += [(inner, depth + 1) for inner in value]


def _storable(text: str) -> bool:
    """Half of a surrogate pair is no character, and no column takes a zero byte."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)
