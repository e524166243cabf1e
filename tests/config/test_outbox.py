"""The development outbox: what is sent is kept whole, shown safely, and bounded."""

import pytest
from django.core import mail
from django.core.mail import EmailMultiAlternatives
from django.test import Client

from config import outbox

pytestmark = pytest.mark.urls("tests.config.look_urls")


@pytest.fixture
def letter():
    message = EmailMultiAlternatives(
        "邀约", "请打开 http://localhost:8000/s/abc123。谢谢", "us@example.com", ["a@example.com"]
    )
    message.attach_alternative('<p onclick="x()">您好<script>alert(1)</script></p>', "text/html")
    connection = mail.get_connection("config.outbox.EmailBackend")
    assert connection.send_messages([message]) == 1
    return outbox.items()[0]


def test_a_letter_is_kept_with_both_its_bodies(letter):
    assert (letter.channel, letter.to, letter.subject) == ("mail", "a@example.com", "邀约")
    assert "http://localhost:8000/s/abc123" in letter.text
    assert "您好" in letter.html
    assert outbox.read(letter.key) == letter


def test_a_text_is_accepted_and_kept():
    result = outbox.SmsBackend().send(
        mobile="13812346620", template="code", params={"code": "482913"}, text="验证码 482913", out_id="7"
    )
    kept = outbox.read(result.provider_id)
    assert result.accepted
    assert kept
    assert (kept.to, kept.text, kept.facts["id"]) == ("13812346620", "验证码 482913", "7")


def test_the_newest_come_first_and_the_oldest_go(monkeypatch):
    monkeypatch.setattr(outbox, "KEPT_MAX", 3)
    for number in range(5):
        outbox.keep(channel="sms", to=str(number))
    assert [item.to for item in outbox.items()] == ["4", "3", "2"]


@pytest.mark.parametrize("key", ["../../secret_key", "x", "", "1" * 19 + "-" + "g" * 8])
def test_a_key_names_nothing_else_on_the_disk(key):
    assert outbox.read(key) is None


@pytest.mark.django_db
def test_the_pages_show_it_to_anyone_who_develops(letter):
    client = Client()
    assert "a@example.com" in client.get("/dev/outbox/").text
    assert "a@example.com" not in client.get("/dev/outbox/?to=nobody").text
    page = client.get(f"/dev/outbox/{letter.key}/")
    assert '<a href="http://localhost:8000/s/abc123">' in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert client.get("/dev/outbox/nothing/").status_code == 404


@pytest.mark.django_db
def test_a_letter_can_run_and_fetch_nothing(letter):
    answer = Client().get(f"/dev/outbox/{letter.key}/letter/")
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox" in policy
    assert "script-src" not in policy
    assert "allow-scripts" not in policy
    assert answer.headers["X-Frame-Options"] == "SAMEORIGIN"
