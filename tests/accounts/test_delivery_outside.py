"""What happens outside: mail servers and text providers on good and bad days, and workers that die in the middle."""

import os
import signal
from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import connections
from django.utils import timezone

from accounts import delivery_problems
from accounts.models import Delivery, Invitation
from accounts.services.deliveries import give_up_parked, resend_delivery
from accounts.sms.results import Category
from config import outbox
from config.jobs import run_due
from config.jobs.runner import run
from config.models import Job
from config.sms import SmsResult
from tests.accounts.happenings import staff
from tests.accounts.post import SITE, items, job_of, link_of, much_later, one, tell, tokens
from tests.factories import make_invitation, owner_of
from tests.servers.local import Reply, nobody, silence
from tests.servers.sms import KEY_ID, SECRET, aliyun
from tests.servers.smtp import mail_server, part

pytestmark = [pytest.mark.usefixtures("cheap_hashes"), pytest.mark.django_db]
State = Delivery.State
SMTP = "django.core.mail.backends.smtp.EmailBackend"


@pytest.fixture(autouse=True)
def site(settings):
    settings.SITE_URL = SITE
    settings.EMAIL_BACKEND = "config.outbox.EmailBackend"


@pytest.fixture
def smtp(settings):
    with mail_server() as server:
        settings.EMAIL_BACKEND = SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        yield server


def use_aliyun(settings, url, **more):
    settings.SMS_BACKEND = "accounts.sms.aliyun.AliyunSms"
    settings.SMS_OPTIONS = {
        "access_key_id": KEY_ID,
        "access_key_secret": SECRET,
        "sign_name": "统账",
        "endpoint": url,
        "template_invitation": "SMS_1",
        **more,
    }


@pytest.fixture
def gateway(settings):
    with aliyun() as server:
        use_aliyun(settings, server.url)
        yield server


# The mail server


def test_a_letter_arrives_through_a_real_server_whole(manager, member, smtp):
    make_invitation(manager, member)
    run_due()
    (letter,) = smtp.taken
    assert smtp.recipients == [member.email]
    assert manager.enterprise.name in letter["Subject"]
    assert letter["To"] == member.email
    assert letter["From"]
    assert letter["Date"]
    assert letter["Message-ID"] == one("mail").provider_id
    (token,) = set(tokens(part(letter, "plain")))
    assert f'href="{SITE}/s/{token}/"' in part(letter, "html")
    assert link_of(token).invitation == Invitation.objects.get()


@pytest.mark.parametrize("says", ["says_to_recipient", "says_to_letter"])
def test_what_the_server_never_takes_fails_at_once(manager, member, smtp, says):
    setattr(smtp, says, f"550 5.1.1 <{member.email}> no such mailbox")
    make_invitation(manager, member)
    run_due()
    row = one("mail")
    assert (row.state, row.problem, row.attempts) == (State.FAILED, "refused 550", 1)
    run_due(much_later())
    assert one("mail").attempts == 1
    assert not smtp.taken


@pytest.mark.parametrize("says", ["says_to_recipient", "says_to_letter"])
def test_what_the_server_does_not_take_now_is_tried_again_later(manager, member, smtp, says):
    setattr(smtp, says, "451 4.7.1 come back later")
    make_invitation(manager, member)
    run_due()
    row = one("mail")
    assert (row.state, row.problem) == (State.QUEUED, "refused_now 451")
    job = job_of("mail")
    assert job.state == Job.State.SENDING
    assert timedelta(seconds=25) < job.run_after - timezone.now() < timedelta(seconds=35)
    run_due()
    assert one("mail").attempts == 1
    setattr(smtp, says, "250 OK")
    run_due(much_later())
    row = one("mail")
    assert (row.state, row.problem, row.attempts) == (State.SENT, "", 2)
    assert len(smtp.taken) == 1


def test_a_server_that_is_away_is_tried_five_times(manager, member, settings):
    with nobody() as address:
        settings.EMAIL_BACKEND = SMTP
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(address.rpartition(":")[2])
        make_invitation(manager, member)
        run_due()
        pauses: list[int] = []
        while one("mail").state == State.QUEUED and len(pauses) < 9:
            job = job_of("mail")
            pauses.append(round((job.run_after - timezone.now()).total_seconds()))
            Job.objects.filter(pk=job.pk).update(run_after=timezone.now())
            run_due()
    row = one("mail")
    assert (row.state, row.attempts) == (State.FAILED, 5)
    assert row.problem == "no_connection ConnectionRefusedError"
    assert pauses == pytest.approx([30, 120, 600, 3600], abs=3)
    assert job_of("mail").state == Job.State.DONE


# The provider of texts


@pytest.mark.rule("K4.6")
def test_the_provider_gets_the_path_of_the_link_alone(manager, member, gateway):
    make_invitation(manager, member)
    run_due()
    (text,) = gateway.taken
    assert text["PhoneNumbers"] == owner_of(member).mobile
    path = text["TemplateParam"]["path"]
    assert path.startswith("s/")
    assert link_of(path.removeprefix("s/").rstrip("/")).channel == "sms"
    assert text["TemplateParam"]["inviter"] == manager.enterprise.name
    assert text["OutId"] == job_of("sms").reference
    assert (one("sms").state, one("sms").provider_id) == (State.SENT, "biz-1")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("isv.MOBILE_NUMBER_ILLEGAL", "invalid_number"),
        ("isv.BLACK_KEY_CONTROL_LIMIT", "content_blocked"),
        ("isv.SMS_TEMPLATE_ILLEGAL", "template_or_signature"),
        ("isv.AMOUNT_NOT_ENOUGH", "no_balance"),
    ],
)
def test_what_the_provider_never_takes_fails_at_once(manager, member, gateway, code, problem):
    gateway.plays = Reply.json({"Code": code, "Message": "no", "RequestId": "r-1"})
    make_invitation(manager, member)
    run_due()
    run_due(much_later())
    row = one("sms")
    assert (row.state, row.attempts, row.problem) == (State.FAILED, 1, f"{problem} {code}")
    assert len(gateway.taken) == 1
    assert code in delivery_problems.describe_problem(row.problem)


def test_what_the_provider_takes_later_is_tried_again(manager, member, gateway):
    gateway.plays = Reply.json({"Code": "isv.BUSINESS_LIMIT_CONTROL", "Message": "no", "RequestId": "r-1"})
    make_invitation(manager, member)
    run_due()
    assert (one("sms").state, one("sms").problem) == (State.QUEUED, "rate_limited isv.BUSINESS_LIMIT_CONTROL")
    gateway.plays = None
    run_due(much_later())
    assert (one("sms").state, one("sms").attempts) == (State.SENT, 2)
    first, second = (link_of(text["TemplateParam"]["path"][2:].rstrip("/")) for text in gateway.taken)
    assert first.revoked_at is None
    assert second.revoked_at is None


def test_a_text_without_an_answer_is_never_sent_again_by_itself(manager, member, settings):
    with silence() as url:
        use_aliyun(settings, url, timeout="0.3")
        make_invitation(manager, member)
        run_due()
    use_aliyun(settings, "http://127.0.0.1:9")
    run_due(much_later())
    row = one("sms")
    assert (row.state, row.attempts, row.problem) == (State.FAILED, 1, "unknown_outcome no_answer")


def test_a_provider_that_breaks_in_an_unforeseen_way_counts_as_unknown(manager, member, settings):
    settings.SMS_BACKEND = f"{__name__}.Broken"
    make_invitation(manager, member)
    run_due()
    assert (one("sms").state, one("sms").problem) == (State.FAILED, "unknown_outcome")


class Broken:
    """A provider's class with a fault."""

    def send(self, **_given: object) -> SmsResult:
        raise KeyError("BizId")


def test_a_provider_without_its_settings_is_tried_again(manager, member, settings):
    settings.SMS_BACKEND, settings.SMS_OPTIONS = "accounts.sms.aliyun.AliyunSms", {}
    make_invitation(manager, member)
    run_due()
    assert (one("sms").state, one("sms").problem) == (State.QUEUED, "configuration")
    settings.SMS_BACKEND = "config.outbox.SmsBackend"
    run_due(much_later())
    assert one("sms").state == State.SENT


def test_every_problem_of_the_providers_has_its_words():
    assert {str(category) for category in Category} - {"ok"} <= set(delivery_problems.PROBLEMS)


# The worker dies in the middle


class Deadly:
    """A text provider that takes the text, and then the worker is killed."""

    def send(self, *, mobile: str, template: str, params: Mapping[str, str], text: str, out_id: str) -> SmsResult:
        outbox.SmsBackend().send(mobile=mobile, template=template, params=params, text=text, out_id=out_id)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


class DeadlyMail(outbox.EmailBackend):
    """The same for mail."""

    def send_messages(self, email_messages):
        super().send_messages(email_messages)
        os.kill(os.getpid(), signal.SIGKILL)
        raise AssertionError


def die_with(job: Job) -> None:
    """One attempt in a process of its own, which is killed."""
    connections.close_all()
    pid = os.fork()
    if pid == 0:
        try:
            run(job.pk)
        finally:
            os._exit(3)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.django_db(transaction=True)
def test_a_text_whose_fate_is_unknown_is_not_sent_twice(manager, member, settings):
    make_invitation(manager, member)
    tell()
    settings.SMS_BACKEND = f"{__name__}.Deadly"
    die_with(job_of("sms"))
    assert (job_of("sms").state, one("sms").problem) == (Job.State.SENDING, delivery_problems.UNDER_WAY)
    settings.SMS_BACKEND = "config.outbox.SmsBackend"
    run_due(much_later())
    assert len(items("sms")) == 1
    assert (one("sms").state, one("sms").problem) == (State.FAILED, "unknown_outcome")
    assert job_of("sms").state == Job.State.DONE


@pytest.mark.django_db(transaction=True)
def test_a_letter_whose_fate_is_unknown_is_sent_again_under_its_name_and_both_links_work(manager, member, settings):
    make_invitation(manager, member)
    tell()
    settings.EMAIL_BACKEND = f"{__name__}.DeadlyMail"
    die_with(job_of("mail"))
    settings.EMAIL_BACKEND = "config.outbox.EmailBackend"
    run_due(much_later())
    second, first = items("mail")
    assert first.facts["id"] == second.facts["id"] == one("mail").provider_id
    assert one("mail").state == State.SENT
    links = [link_of(token) for item in (first, second) for token in set(tokens(item.text))]
    assert [link.revoked_at for link in links] == [None, None]


def test_what_kills_the_worker_each_time_shows_as_failed_in_the_end(manager, member):
    make_invitation(manager, member)
    tell()
    Job.objects.filter(pk=job_of("mail").pk).update(state=Job.State.PARKED, attempts=5)
    assert give_up_parked() == 1
    assert give_up_parked() == 0
    assert (one("mail").state, one("mail").problem) == (State.FAILED, "worker_died")
    assert one("sms").state == State.QUEUED
    resend_delivery(actor=staff(), delivery_id=one("mail").pk)
    assert give_up_parked() == 0
    run_due()
    assert one("mail").state == State.SENT
