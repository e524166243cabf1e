"""Log lines: structured, named by request, and without anything secret."""

import json
import logging

import pytest

from config.logs import JsonFormatter, LineFormatter, RequestFilter, redact, request_id


def record(message, *args, **extra):
    made = logging.getLogger("test").makeRecord("test", logging.INFO, "f.py", 1, message, args, None, extra=extra)
    RequestFilter().filter(made)
    return made


def both(made):
    return JsonFormatter().format(made), LineFormatter().format(made)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("password=hunter2secret", "hunter2secret"),
        ("{'new_password': 'pass word', 'a': 1}", "pass word"),
        ('{"access_key_secret": "LTAI5tAbc"}', "LTAI5tAbc"),
        ("Authorization: Bearer abcdef0123456789", "abcdef0123456789"),
        ("Cookie: sessionid=abc123; csrftoken=def456", "def456"),
        ("postgresql://tz:s3cr3t@db:5432/tz", "s3cr3t"),
        ("code=482913 was wrong", "482913"),
        ("code: '482913'", "482913"),
        ("GET /s/3Jx9kQ2mZbT7RwYp0Lc5vN/accept/", "3Jx9kQ2mZbT7RwYp0Lc5vN"),
        ("GET /s/short1 HTTP/1.1", "short1"),
        ("GET /login/?next=%2Fs%2FRItn9gCxqAjExmVPi7dlbu%2F&a=1 HTTP/1.1", "RItn9gCxqAjExmVPi7dlbu"),
        ("GET /gone%2fs%2fRItn9gCxqAjExmVPi7dlbu HTTP/1.1", "RItn9gCxqAjExmVPi7dlbu"),
        ("to=%2B8613812345678", "13812345678"),
        ("/reset/MzQ-c1x2v3b4n5m6a7s8d9f0g1h2/", "c1x2v3b4n5m6a7s8d9f0g1h2"),
        ("sent to 13812346620", "13812346620"),
        ("api_token=abc, next=1", "abc,"),
        ("csrfmiddlewaretoken=AbCdEf", "AbCdEf"),
    ],
)
def test_nothing_secret_is_written(text, secret):
    assert secret not in redact(text)
    for line in both(record("%s", text)):
        assert secret not in line


def test_what_is_not_secret_stays():
    text = "relationship 138123 refused: code=expired, invoice 20261121000042, /finance/members/12345678/"
    assert redact(text) == text


def test_a_number_keeps_its_ends():
    assert redact("13812346620") == "138****6620"


def test_extra_facts_become_keys_and_secret_ones_are_hidden():
    line, readable = both(record("done", account=7, token="abc", ms=1.5, note="call 13812346620"))
    facts = json.loads(line)
    assert (facts["account"], facts["token"], facts["ms"], facts["note"]) == (7, "***", 1.5, "call 138****6620")
    assert facts["level"] == "INFO"
    assert "account=7" in readable
    assert "abc" not in readable


def test_a_traceback_is_cleaned_too():
    try:
        raise RuntimeError("password=hunter2")
    except RuntimeError as error:
        made = record("failed")
        made.exc_info = (RuntimeError, error, error.__traceback__)
    for line in both(made):
        assert "RuntimeError" in line
        assert "hunter2" not in line


def test_each_line_carries_the_request_and_stays_one_line():
    token = request_id.set("abcd-efgh-jkmn")
    try:
        line = JsonFormatter().format(record("first\nsecond"))
    finally:
        request_id.reset(token)
    assert json.loads(line)["request"] == "abcd-efgh-jkmn"
    assert "\n" not in line
    assert json.loads(JsonFormatter().format(record("outside")))["request"] == "-"


def test_django_writes_no_line_of_its_own(settings):
    assert not logging.getLogger("django").handlers
    image = (settings.BASE_DIR / "Dockerfile").read_text()
    assert "--access-logfile" not in image
