"""Gateways that take a text only when its signature is right, computed here once more and in another way."""

import base64
import hashlib
import hmac
import json
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.servers.local import Reply, Request, serving

SECRET = "the-gateway-secret"
KEY_ID = "test-key"


@dataclass
class Gateway:
    """What the gateway saw, and what it shall answer instead of success."""

    url: str = ""
    taken: list[dict[str, Any]] = field(default_factory=list)
    plays: Reply | None = None


@contextmanager
def aliyun() -> Iterator[Gateway]:
    gateway = Gateway()

    def answer(request: Request) -> Reply:
        query = dict(urllib.parse.parse_qsl(request.path.partition("?")[2], strict_parsing=True))
        right = _aliyun_v1(request, query) if "Signature" in query else _aliyun_v3(request)
        if not right:
            return Reply.json({"Code": "SignatureDoesNotMatch", "Message": "no", "RequestId": "r-0"}, 400)
        gateway.taken.append(query | {"TemplateParam": json.loads(query["TemplateParam"])})
        return gateway.plays or Reply.json({"Code": "OK", "Message": "OK", "BizId": "biz-1", "RequestId": "r-1"})

    with serving(answer) as gateway.url:
        yield gateway


@contextmanager
def tencent() -> Iterator[Gateway]:
    gateway = Gateway()

    def answer(request: Request) -> Reply:
        if not _tc3(request):
            error = {"Code": "AuthFailure.SignatureFailure", "Message": "no"}
            return Reply.json({"Response": {"Error": error, "RequestId": "r-0"}})
        gateway.taken.append(json.loads(request.body))
        status = {"SerialNo": "2640:1", "Code": "Ok", "Message": "send success", "IsoCode": "CN"}
        return gateway.plays or Reply.json({"Response": {"SendStatusSet": [status], "RequestId": "r-1"}})

    with serving(answer) as gateway.url:
        yield gateway


def _fresh(stamp: datetime) -> bool:
    return abs(datetime.now(UTC) - stamp) < timedelta(minutes=5)


def _aliyun_v1(request: Request, query: dict[str, str]) -> bool:
    # Signed over the spelling on the wire: every pair but the signature, sorted.
    pairs = sorted(pair for pair in request.path.partition("?")[2].split("&") if not pair.startswith("Signature="))
    signed = b"GET&%2F&" + urllib.parse.quote("&".join(pairs), safe="~").encode()
    expected = hmac.new(SECRET.encode() + b"&", signed, hashlib.sha1).digest()
    stamp = datetime.strptime(query["Timestamp"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return request.method == "GET" and _fresh(stamp) and base64.b64decode(query["Signature"]) == expected


def _aliyun_v3(request: Request) -> bool:
    scheme, _space, rest = request.headers["authorization"].partition(" ")
    told = dict(part.split("=", 1) for part in rest.split(","))
    names = told["SignedHeaders"].split(";")
    text = f"{request.method}\n/\n{request.path.partition('?')[2]}\n"
    for name in names:
        text += f"{name}:{request.headers[name]}\n"
    text += f"\n{';'.join(names)}\n{hashlib.sha256(request.body).hexdigest()}"
    digest = hashlib.sha256(text.encode()).hexdigest()
    expected = hmac.new(SECRET.encode(), f"ACS3-HMAC-SHA256\n{digest}".encode(), hashlib.sha256).hexdigest()
    return (
        scheme == "ACS3-HMAC-SHA256"
        and told["Credential"] == KEY_ID
        and {"host", "x-acs-action", "x-acs-date", "x-acs-signature-nonce"} <= set(names)
        and _fresh(datetime.fromisoformat(request.headers["x-acs-date"]))
        and told["Signature"] == expected
    )


def _tc3(request: Request) -> bool:
    seconds = request.headers["x-tc-timestamp"]
    stamp = datetime.fromtimestamp(int(seconds), UTC)
    day = stamp.strftime("%Y-%m-%d")
    names = ["content-type", "host", "x-tc-action"]
    lines = "".join(f"{name}:{request.headers[name].lower()}\n" for name in names)
    text = f"POST\n/\n\n{lines}\n{';'.join(names)}\n{hashlib.sha256(request.body).hexdigest()}"
    signed = f"TC3-HMAC-SHA256\n{seconds}\n{day}/sms/tc3_request\n{hashlib.sha256(text.encode()).hexdigest()}"
    by_day = hmac.new(f"TC3{SECRET}".encode(), day.encode(), hashlib.sha256).digest()
    by_service = hmac.new(by_day, b"sms", hashlib.sha256).digest()
    key = hmac.new(by_service, b"tc3_request", hashlib.sha256).digest()
    expected = hmac.new(key, signed.encode(), hashlib.sha256).hexdigest()
    return _fresh(stamp) and request.headers["authorization"] == (
        f"TC3-HMAC-SHA256 Credential={KEY_ID}/{day}/sms/tc3_request, "
        f"SignedHeaders=content-type;host;x-tc-action, Signature={expected}"
    )
