"""Alibaba Cloud SMS (短信服务, Dysmsapi 2017-05-25, SendSms).

Settings: `SMS_ACCESS_KEY_ID`, `SMS_ACCESS_KEY_SECRET`, `SMS_SIGN_NAME`, `SMS_TEMPLATE_<KEY>`, and where wanted
`SMS_ENDPOINT`, `SMS_REGION`, `SMS_TIMEOUT` and `SMS_SIGNATURE_VERSION` (3, or 1 for gateways that know only that).
"""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from datetime import UTC
from typing import Any, Final
from urllib.parse import quote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils import timezone

from accounts import outgoing
from accounts.sms.results import Category, Options, Shipment, category_of
from config.sms import SmsResult

ACTION: Final = "SendSms"
VERSION: Final = "2017-05-25"
ALGORITHM: Final = "ACS3-HMAC-SHA256"

CODES: Final = {
    "OK": Category.OK,
    "isv.BUSINESS_LIMIT_CONTROL": Category.RATE_LIMITED,
    "isv.DAY_LIMIT_CONTROL": Category.RATE_LIMITED,
    "isv.MONTH_LIMIT_CONTROL": Category.RATE_LIMITED,
    "isv.MOBILE_NUMBER_ILLEGAL": Category.INVALID_NUMBER,
    "isv.MOBILE_COUNT_OVER_LIMIT": Category.INVALID_NUMBER,
    "isv.DOMESTIC_NUMBER_NOT_SUPPORTED": Category.INVALID_NUMBER,
    "isv.BLACK_KEY_CONTROL_LIMIT": Category.CONTENT_BLOCKED,
    "isv.SMS_CONTENT_ILLEGAL": Category.CONTENT_BLOCKED,
    "isv.OUT_OF_SERVICE": Category.NO_BALANCE,
    "isv.AMOUNT_NOT_ENOUGH": Category.NO_BALANCE,
    "isv.PRODUCT_UN_SUBSCRIPT": Category.AUTH,
    "isv.ACCOUNT_NOT_EXISTS": Category.AUTH,
    "isv.ACCOUNT_ABNORMAL": Category.AUTH,
    "isv.DENY_IP_RANGE": Category.AUTH,
    "isp.RAM_PERMISSION_DENY": Category.AUTH,
    "isp.SYSTEM_ERROR": Category.TRANSIENT,
    "SignatureNonceUsed": Category.TRANSIENT,
}
# What the cloud's front door says before the SMS service is reached; all other isv.… are our template or signature.
STARTS: Final = (
    ("Throttling", Category.RATE_LIMITED),
    ("ServiceUnavailable", Category.TRANSIENT),
    ("InternalError", Category.TRANSIENT),
    ("InvalidAccessKeyId", Category.AUTH),
    ("InvalidSecurityToken", Category.AUTH),
    ("InvalidTimeStamp", Category.AUTH),
    ("SignatureDoesNotMatch", Category.AUTH),
    ("IncompleteSignature", Category.AUTH),
    ("Forbidden", Category.AUTH),
)


class AliyunSms:
    """`SMS_BACKEND=accounts.sms.aliyun.AliyunSms`"""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.options = options = Options() if values is None else Options(values)
        self.key_id = options.text("access_key_id")
        self._secret = options.text("access_key_secret")
        self.sign_name = options.text("sign_name")
        self.endpoint = options.text("endpoint", "https://dysmsapi.aliyuncs.com").rstrip("/")
        self.region = options.text("region", "cn-hangzhou")
        self.seconds = options.seconds("timeout", 10)
        self.signature_version = options.text("signature_version", "3")
        if self.signature_version not in {"1", "3"}:
            raise ImproperlyConfigured("SMS_SIGNATURE_VERSION must be 1 or 3")

    def send(self, *, mobile: str, template: str, params: Mapping[str, str], text: str, out_id: str) -> SmsResult:  # noqa: ARG002
        """The provider has the text, or the result says why not. A timeout is an unknown outcome, never a retry."""
        shipment = Shipment(mobile, template, params, out_id)
        template_id = self.options.template_id(template)
        if not template_id:
            return shipment.result(Category.TEMPLATE_OR_SIGNATURE, code="no_template_id")
        if any("://" in value for value in params.values()):
            return shipment.result(Category.TEMPLATE_OR_SIGNATURE, code="address_in_parameter")
        business = {
            "PhoneNumbers": mobile,
            "SignName": self.sign_name,
            "TemplateCode": template_id,
            "TemplateParam": json.dumps(dict(params), ensure_ascii=False, separators=(",", ":")),
            "OutId": out_id,
        }
        try:
            return self._told(shipment, self._call(business).document())
        except outgoing.NotSentError as error:
            return shipment.result(Category.TRANSIENT, code="not_sent", message=str(error))
        except outgoing.NoAnswerError as error:
            return shipment.result(Category.UNKNOWN_OUTCOME, code="no_answer", message=str(error))

    def _call(self, business: Mapping[str, str]) -> outgoing.Answer:
        stamp = f"{timezone.now().astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
        if self.signature_version == "1":
            public = public_parameters(self.key_id, region=self.region, nonce=secrets.token_hex(16), stamp=stamp)
            query = {**business, **public}
            query["Signature"] = sign_v1(query, secret=self._secret)
            return outgoing.call("GET", f"{self.endpoint}/?{canonical_query(query)}", headers={}, seconds=self.seconds)
        headers = {
            "host": urlsplit(self.endpoint).netloc,
            "x-acs-action": ACTION,
            "x-acs-version": VERSION,
            "x-acs-date": stamp,
            "x-acs-signature-nonce": secrets.token_hex(16),
            "x-acs-content-sha256": hashlib.sha256(b"").hexdigest(),
        }
        headers["authorization"] = authorization_v3(business, headers, key_id=self.key_id, secret=self._secret)
        return outgoing.call(
            "POST", f"{self.endpoint}/?{canonical_query(business)}", headers=headers, seconds=self.seconds
        )

    def _told(self, shipment: Shipment, answer: Mapping[str, Any]) -> SmsResult:
        code, message = answer.get("Code"), answer.get("Message")
        if not isinstance(code, str):
            raise outgoing.NoAnswerError("answer without a code")
        return shipment.result(
            category_of(code, CODES, STARTS),
            code=code,
            message="" if code == "OK" else str(message or ""),
            provider_id=str(answer.get("BizId") or answer.get("RequestId") or ""),
        )


def percent(text: str) -> str:
    """RFC 3986: a space is %20, a star %2A, a tilde stays."""
    return quote(text, safe="~")


def canonical_query(params: Mapping[str, str]) -> str:
    """The query string in the order and spelling that both signatures cover."""
    return "&".join(f"{percent(key)}={percent(value)}" for key, value in sorted(params.items()))


def public_parameters(key_id: str, *, region: str, nonce: str, stamp: str) -> dict[str, str]:
    """What every call signed with version 1 carries beside its own parameters."""
    return {
        "AccessKeyId": key_id,
        "Action": ACTION,
        "Format": "JSON",
        "RegionId": region,
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": nonce,
        "SignatureVersion": "1.0",
        "Timestamp": stamp,
        "Version": VERSION,
    }


def sign_v1(params: Mapping[str, str], *, secret: str) -> str:
    """The `Signature` parameter of a GET with these parameters."""
    signed = "GET&%2F&" + percent(canonical_query(params))
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), signed.encode(), "sha1")).decode()


def sign_v3(params: Mapping[str, str], headers: Mapping[str, str], *, secret: str) -> str:
    """The signature of a POST with an empty body, these parameters in its query and all of these headers signed."""
    names = sorted(headers)
    lines = "".join(f"{name}:{headers[name].strip()}\n" for name in names)
    canonical = "\n".join(
        ["POST", "/", canonical_query(params), lines, ";".join(names), hashlib.sha256(b"").hexdigest()]
    )
    signed = f"{ALGORITHM}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    return hmac.digest(secret.encode(), signed.encode(), "sha256").hex()


def authorization_v3(params: Mapping[str, str], headers: Mapping[str, str], *, key_id: str, secret: str) -> str:
    """The `Authorization` header for `sign_v3`."""
    names = ";".join(sorted(headers))
    return f"{ALGORITHM} Credential={key_id},SignedHeaders={names},Signature={sign_v3(params, headers, secret=secret)}"
