import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.sms import aliyun, tencent
from accounts.sms.aliyun import AliyunSms
from accounts.sms.templates import TEMPLATES
from accounts.sms.tencent import TencentSms
from config.sms import SmsBackend, SmsResult
from tests.servers import sms as servers
from tests.servers.local import Reply, dripping, nobody, silence

MOBILE = "13711112222"
CODE = "934817"
COMMON = {"sign_name": "统账", "template_code": "SMS_1", "template_invitation": "SMS_2", "timeout": "5"}
ALIYUN = {**COMMON, "access_key_id": servers.KEY_ID, "access_key_secret": servers.SECRET}
TENCENT = {**COMMON, "secret_id": servers.KEY_ID, "secret_key": servers.SECRET, "app_id": "1400006666"}
BACKENDS: list[Any] = [(AliyunSms, ALIYUN), (TencentSms, TENCENT)]


@pytest.fixture
def at_aliyun() -> Iterator[servers.Gateway]:
    with servers.aliyun() as gateway:
        yield gateway


@pytest.fixture
def at_tencent() -> Iterator[servers.Gateway]:
    with servers.tencent() as gateway:
        yield gateway


def send_code(backend: SmsBackend) -> SmsResult:
    return backend.send(mobile=MOBILE, template="code", params={"code": CODE}, text="", out_id="code-7")


def test_the_vector_of_alibabas_signature_1_holds():
    params = aliyun.public_parameters(
        "testid",
        region="cn-hangzhou",
        nonce="45e25e9b-0a6f-4070-8c85-2956eda1b466",
        stamp="2023-11-14T22:13:20Z",
    )
    params |= {
        "PhoneNumbers": MOBILE,
        "SignName": "测试",
        "TemplateCode": "SMS_000001",
        "TemplateParam": '{"code":"123456"}',
    }

    assert aliyun.sign_v1(params, secret="testsecret") == "zRZKntvvt1UG6orGRp/Ocpsccag="


def test_the_vector_of_alibabas_signature_3_holds():
    params = {
        "PhoneNumbers": MOBILE,
        "SignName": "测试",
        "TemplateCode": "SMS_000001",
        "TemplateParam": '{"code":"123456"}',
    }
    headers = {
        "host": "dysmsapi.aliyuncs.com",
        "x-acs-action": "SendSms",
        "x-acs-version": "2017-05-25",
        "x-acs-date": "2023-11-14T22:13:20Z",
        "x-acs-signature-nonce": "45e25e9b0a6f40708c852956eda1b466",
        "x-acs-content-sha256": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    }

    expected = "8ac5f90cb83f131053cc27fa4d4f9c40d44aea710a96dc8ac11531de8d51b047"
    assert aliyun.sign_v3(params, headers, secret="testsecret") == expected


def test_the_vector_of_tencents_signature_holds():
    body = (
        '{"PhoneNumberSet":["+8613711112222"],"SmsSdkAppId":"1400006666","TemplateId":"1110",'
        '"SignName":"测试","TemplateParamSet":["123456"]}'
    ).encode()
    signature = tencent.sign(body, host="sms.tencentcloudapi.com", seconds=1_700_000_000, secret_key="SECRETEXAMPLE")

    assert signature == "bd55c8fd1b3020b70ee3d08ca0402f8639e534422f52e2e5df08ca98a35426c6"


@pytest.mark.parametrize(
    ("text", "spelled"), [("a b", "a%20b"), ("*", "%2A"), ("~-_.", "~-_."), ("/+=", "%2F%2B%3D"), ("测", "%E6%B5%8B")]
)
def test_the_signed_query_is_spelled_as_rfc_3986_says(text, spelled):
    assert aliyun.percent(text) == spelled


@pytest.mark.parametrize("version", ["1", "3"])
def test_alibaba_takes_a_code(at_aliyun, version):
    backend = AliyunSms({**ALIYUN, "endpoint": at_aliyun.url, "signature_version": version})

    assert send_code(backend) == SmsResult(accepted=True, provider_id="biz-1", code="OK", category="ok")
    (taken,) = at_aliyun.taken
    assert (taken["PhoneNumbers"], taken["SignName"], taken["TemplateCode"]) == (MOBILE, "统账", "SMS_1")
    assert (taken["TemplateParam"], taken["OutId"]) == ({"code": CODE}, "code-7")


def test_tencent_takes_an_invitation_with_its_parameters_in_order(at_tencent):
    backend = TencentSms({**TENCENT, "endpoint": at_tencent.url})
    params = TEMPLATES["invitation"].filled({"path": "/s/Ab-3_x", "inviter": "云岭科技*（集团）"})

    result = backend.send(mobile=MOBILE, template="invitation", params=params, text="", out_id="delivery-9")

    assert (result.accepted, result.provider_id, result.category) == (True, "2640:1", "ok")
    (taken,) = at_tencent.taken
    assert taken == {
        "PhoneNumberSet": [f"+86{MOBILE}"],
        "SmsSdkAppId": "1400006666",
        "TemplateId": "SMS_2",
        "SignName": "统账",
        "TemplateParamSet": ["云岭科技*（集团）", "s/Ab-3_x"],
        "SessionContext": "delivery-9",
    }


@pytest.mark.parametrize("version", ["1", "3"])
def test_alibaba_refuses_a_wrong_secret(at_aliyun, version):
    wrong = {**ALIYUN, "endpoint": at_aliyun.url, "access_key_secret": "other", "signature_version": version}

    result = send_code(AliyunSms(wrong))

    assert (result.accepted, result.category, result.retryable, at_aliyun.taken) == (False, "auth", False, [])


def test_tencent_refuses_a_wrong_secret(at_tencent):
    result = send_code(TencentSms({**TENCENT, "endpoint": at_tencent.url, "secret_key": "other"}))

    assert (result.code, result.category, at_tencent.taken) == ("AuthFailure.SignatureFailure", "auth", [])


@pytest.mark.parametrize(
    ("code", "category", "retryable"),
    [
        ("isv.BUSINESS_LIMIT_CONTROL", "rate_limited", True),
        ("isv.DAY_LIMIT_CONTROL", "rate_limited", True),
        ("Throttling.User", "rate_limited", True),
        ("isv.MOBILE_NUMBER_ILLEGAL", "invalid_number", False),
        ("isv.SMS_SIGNATURE_ILLEGAL", "template_or_signature", False),
        ("isv.TEMPLATE_MISSING_PARAMETERS", "template_or_signature", False),
        ("isv.PARAM_NOT_SUPPORT_URL", "template_or_signature", False),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "content_blocked", False),
        ("isv.AMOUNT_NOT_ENOUGH", "no_balance", False),
        ("isv.OUT_OF_SERVICE", "no_balance", False),
        ("isp.RAM_PERMISSION_DENY", "auth", False),
        ("InvalidAccessKeyId.NotFound", "auth", False),
        ("isp.SYSTEM_ERROR", "transient", True),
        ("ServiceUnavailable", "transient", True),
        ("Something.New", "template_or_signature", False),
    ],
)
def test_what_alibaba_says_gets_its_category(at_aliyun, code, category, retryable):
    at_aliyun.plays = Reply.json({"Code": code, "Message": "why", "RequestId": "r"}, 400)

    result = send_code(AliyunSms({**ALIYUN, "endpoint": at_aliyun.url}))

    assert (result.accepted, result.code, result.category, result.retryable) == (False, code, category, retryable)


@pytest.mark.parametrize(
    ("code", "category", "retryable"),
    [
        ("LimitExceeded.PhoneNumberThirtySecondLimit", "rate_limited", True),
        ("RequestLimitExceeded", "rate_limited", True),
        ("InvalidParameterValue.IncorrectPhoneNumber", "invalid_number", False),
        ("FailedOperation.SignatureIncorrectOrUnapproved", "template_or_signature", False),
        ("FailedOperation.TemplateIncorrectOrUnapproved", "template_or_signature", False),
        ("FailedOperation.ContainSensitiveWord", "content_blocked", False),
        ("FailedOperation.InsufficientBalanceInSmsPackage", "no_balance", False),
        ("FailedOperation.PhoneNumberInBlacklist", "blacklist", False),
        ("UnauthorizedOperation.RequestIpNotInWhitelist", "auth", False),
        ("InternalError.Timeout", "unknown_outcome", False),
        ("InternalError.OtherError", "transient", True),
    ],
)
@pytest.mark.parametrize("whole_call", [True, False])
def test_what_tencent_says_gets_its_category(at_tencent, code, category, retryable, whole_call):
    told = {"Code": code, "Message": "why"}
    at_tencent.plays = Reply.json({"Response": {"Error": told} if whole_call else {"SendStatusSet": [told]}})

    result = send_code(TencentSms({**TENCENT, "endpoint": at_tencent.url}))

    assert (result.accepted, result.code, result.category, result.retryable) == (False, code, category, retryable)


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b""),
        Reply(200, b"<html>proxy</html>"),
        Reply(502, b"bad gateway"),
        Reply(200, b"[1, 2]"),
        Reply(200, b'"OK"'),
        Reply(200, b"{}"),
        Reply(200, b'{"Code": 1, "Response": {"SendStatusSet": []}}'),
        Reply(200, b'{"Response": {"SendStatusSet": [7]}}'),
        Reply(200, b"\xff\xfe\x00"),
        Reply(200, b"[" * 100_000),
        Reply(200, b" " * 300_000),
        Reply(302, b""),
    ],
    ids=str,
)
@pytest.mark.parametrize(("backend", "options", "gateway"), [(*BACKENDS[0], "aliyun"), (*BACKENDS[1], "tencent")])
def test_an_answer_without_sense_is_an_unknown_outcome(reply, backend, options, gateway):
    with getattr(servers, gateway)() as server:
        server.plays = reply
        result = send_code(backend({**options, "endpoint": server.url}))

    assert (result.accepted, result.category, result.retryable) == (False, "unknown_outcome", False)


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
@pytest.mark.parametrize("host", [silence, dripping])
def test_silence_is_an_unknown_outcome_and_is_never_sent_again(backend, options, host):
    with host() as url:
        result = send_code(backend({**options, "endpoint": url, "timeout": "0.2"}))

    assert (result.accepted, result.category, result.retryable) == (False, "unknown_outcome", False)


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
def test_a_closed_door_may_be_tried_again(backend, options):
    with nobody() as url:
        result = send_code(backend({**options, "endpoint": url}))

    assert (result.accepted, result.category, result.retryable) == (False, "transient", True)


def test_alibaba_is_not_asked_with_an_address_as_a_parameter(at_aliyun):
    backend = AliyunSms({**ALIYUN, "endpoint": at_aliyun.url})
    params = {"inviter": "云岭", "path": "https://example.com/s/x"}

    result = backend.send(mobile=MOBILE, template="invitation", params=params, text="", out_id="1")

    assert (result.category, result.code, at_aliyun.taken) == ("template_or_signature", "address_in_parameter", [])


@pytest.mark.parametrize(("backend", "options"), BACKENDS)
def test_a_text_without_a_template_at_the_provider_is_not_sent(backend, options):
    with nobody() as url:
        given = {**options, "endpoint": url, "template_code": ""}
        assert send_code(backend(given)).code == "no_template_id"


@pytest.mark.parametrize(
    ("backend", "options", "missing"),
    [(*BACKENDS[0], "access_key_secret"), (*BACKENDS[0], "sign_name"), (*BACKENDS[1], "app_id")],
)
def test_a_missing_setting_is_named(backend, options, missing):
    with pytest.raises(ImproperlyConfigured, match=f"SMS_{missing.upper()}"):
        backend({**options, missing: " "})


@pytest.mark.parametrize("value", ["soon", "0", "-1", "61", "nan"])
def test_a_timeout_without_sense_is_named(value):
    with pytest.raises(ImproperlyConfigured, match="SMS_TIMEOUT"):
        AliyunSms({**ALIYUN, "timeout": value})


@pytest.mark.parametrize(("backend", "options", "gateway"), [(*BACKENDS[0], "aliyun"), (*BACKENDS[1], "tencent")])
def test_no_log_and_no_result_holds_number_code_or_secret(backend, options, gateway, caplog):
    caplog.set_level(logging.DEBUG)
    told = {"Code": "isv.SMS_TEMPLATE_ILLEGAL", "Message": f"number +86{MOBILE} code {CODE} " + "x" * 500}
    with getattr(servers, gateway)() as server:
        server.plays = Reply.json({**told, "Response": {"Error": told}}, 400)
        made = backend({**options, "endpoint": server.url})
        result = send_code(made)
    with silence() as url:
        send_code(backend({**options, "endpoint": url, "timeout": "0.1"}))

    assert caplog.records
    for text in (caplog.text, repr(result), repr(made), repr(vars(made)["options"])):
        assert MOBILE not in text
        assert CODE not in text
        assert servers.SECRET not in text
    assert len(result.message) <= 200
