"""Tencent Cloud SMS (腾讯云短信, 2021-01-11, SendSms).

Settings: `SMS_SECRET_ID`, `SMS_SECRET_KEY`, `SMS_APP_ID`, `SMS_SIGN_NAME`, `SMS_TEMPLATE_<KEY>`, and where wanted
`SMS_ENDPOINT`, `SMS_REGION`, `SMS_TIMEOUT`.
"""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils import timezone

from accounts import outgoing
from accounts.sms.results import Category, Options, Shipment, category_of
from config.sms import SmsResult

ACTION: Final = "SendSms"
VERSION: Final = "2021-01-11"
ALGORITHM: Final = "TC3-HMAC-SHA256"
CONTENT_TYPE: Final = "application/json; charset=utf-8"
SIGNED_HEADERS: Final = "content-type;host;x-tc-action"

CODES: Final = {
    "Ok": Category.OK,
    "FailedOperation.ContainSensitiveWord": Category.CONTENT_BLOCKED,
    "FailedOperation.PhoneNumberInBlacklist": Category.BLACKLIST,
    "FailedOperation.InsufficientBalanceInSmsPackage": Category.NO_BALANCE,
    "InvalidParameterValue.IncorrectPhoneNumber": Category.INVALID_NUMBER,
    "InternalError.SigVerificationFail": Category.AUTH,
    "InternalError.Timeout": Category.UNKNOWN_OUTCOME,
}
STARTS: Final = (
    ("LimitExceeded.", Category.RATE_LIMITED),
    ("RequestLimitExceeded", Category.RATE_LIMITED),
    ("UnauthorizedOperation", Category.AUTH),
    ("AuthFailure", Category.AUTH),
    ("InternalError", Category.TRANSIENT),
    ("ResourceUnavailable", Category.TRANSIENT),
)


class TencentSms:
    """`SMS_BACKEND=accounts.sms.tencent.TencentSms`"""

    def __init__(self, values: Mapping[str, str] | None = None) -> None:
        self.options = options = Options() if values is None else Options(values)
        self.secret_id = options.text("secret_id")
        self._secret_key = options.text("secret_key")
        self.app_id = options.text("app_id")
        self.sign_name = options.text("sign_name")
        self.endpoint = options.text("endpoint", "https://sms.tencentcloudapi.com").rstrip("/")
        self.region = options.text("region", "ap-guangzhou")
        self.seconds = options.seconds("timeout", 10)

    def send(self, *, mobile: str, template: str, params: Mapping[str, str], text: str, out_id: str) -> SmsResult:  # noqa: ARG002
        """The provider has the text, or the result says why not. A timeout is an unknown outcome, never a retry."""
        shipment = Shipment(mobile, template, params, out_id)
        template_id = self.options.template_id(template)
        if not template_id:
            return shipment.result(Category.TEMPLATE_OR_SIGNATURE, code="no_template_id")
        body = {
            "PhoneNumberSet": [f"+86{mobile}"],
            "SmsSdkAppId": self.app_id,
            "TemplateId": template_id,
            "SignName": self.sign_name,
            "TemplateParamSet": list(params.values()),
            "SessionContext": out_id,
        }
        try:
            return self._told(shipment, self._call(body).document())
        except outgoing.NotSentError as error:
            return shipment.result(Category.TRANSIENT, code="not_sent", message=str(error))
        except outgoing.NoAnswerError as error:
            return shipment.result(Category.UNKNOWN_OUTCOME, code="no_answer", message=str(error))

    def _call(self, body: Mapping[str, object]) -> outgoing.Answer:
        content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        host, seconds = urlsplit(self.endpoint).netloc, int(timezone.now().timestamp())
        headers = {
            "content-type": CONTENT_TYPE,
            "host": host,
            "x-tc-action": ACTION,
            "x-tc-version": VERSION,
            "x-tc-timestamp": str(seconds),
            "x-tc-region": self.region,
            "authorization": authorization(
                content, host=host, seconds=seconds, secret_id=self.secret_id, secret_key=self._secret_key
            ),
        }
        return outgoing.call("POST", f"{self.endpoint}/", headers=headers, content=content, seconds=self.seconds)

    def _told(self, shipment: Shipment, answer: Mapping[str, Any]) -> SmsResult:
        response = answer.get("Response")
        if not isinstance(response, dict):
            raise outgoing.NoAnswerError("answer without a response")
        refused, told = response.get("Error"), response.get("SendStatusSet")
        status = refused if isinstance(refused, dict) else told[0] if isinstance(told, list) and told else None
        if not isinstance(status, dict) or not isinstance(status.get("Code"), str):
            raise outgoing.NoAnswerError("answer without a status")
        code: str = status["Code"]
        return shipment.result(
            category_of(code, CODES, STARTS),
            code=code,
            message="" if code == "Ok" else str(status.get("Message") or ""),
            provider_id=str(status.get("SerialNo") or response.get("RequestId") or ""),
        )


def sign(content: bytes, *, host: str, seconds: int, secret_key: str) -> str:
    """The TC3 signature of a POST of this body at this time."""
    day = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}"
    headers = f"content-type:{CONTENT_TYPE}\nhost:{host}\nx-tc-action:{ACTION.lower()}\n"
    canonical = f"POST\n/\n\n{headers}\n{SIGNED_HEADERS}\n{hashlib.sha256(content).hexdigest()}"
    signed = f"{ALGORITHM}\n{seconds}\n{day}/sms/tc3_request\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    key = f"TC3{secret_key}".encode()
    for part in (day, "sms", "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, signed.encode(), "sha256").hex()


def authorization(content: bytes, *, host: str, seconds: int, secret_id: str, secret_key: str) -> str:
    """The `Authorization` header for `sign`."""
    scope = f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d}/sms/tc3_request"
    signature = sign(content, host=host, seconds=seconds, secret_key=secret_key)
    return f"{ALGORITHM} Credential={secret_id}/{scope}, SignedHeaders={SIGNED_HEADERS}, Signature={signature}"
