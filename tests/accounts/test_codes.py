"""One-time codes: sent, passed, spent; and everything that must not open with them."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from accounts import policy
from accounts.actors import Actor, Door
from accounts.models import OneTimeCode
from accounts.services.codes import (
    CodeNeeded,
    CodeNotSent,
    CodesUsedUp,
    CodeTooSoon,
    NoMobile,
    confirm_code,
    has_clearance,
    require_clearance,
    send_code,
    sending_of,
    spend_clearance,
)
from config.errors import InputError
from config.sms import SmsResult
from tests.factories import acting, make_user

NUMBER = "13800138000"
INVITE, DISSOLVE = OneTimeCode.Purpose.INVITE, OneTimeCode.Purpose.DISSOLVE
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # twelve o'clock in Shanghai
SECOND = timedelta(seconds=1)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


class RefusingProvider:
    """Takes nothing."""

    def send(self, **_text: object) -> SmsResult:
        return SmsResult(accepted=False, code="isv.ACCOUNT_ABNORMAL", category="provider", retryable=True)


class SilentProvider:
    """Nobody knows whether the text left."""

    def send(self, **_text: object) -> SmsResult:
        return SmsResult(accepted=False, code="timeout", category="unknown_outcome")


@pytest.fixture
def ask(sent):
    """Sends a code and answers its six digits."""

    def send(purpose=INVITE, mobile=NUMBER, binding="account:1", at=NOON):
        send_code(purpose=purpose, mobile=mobile, binding=binding, now=at)
        return sent()[0].facts["code"]

    return send


def wrong(code: str) -> str:
    """Six digits that are not these."""
    return f"{(int(code) + 1) % 1_000_000:06d}"


def confirm(code, purpose=INVITE, mobile=NUMBER, binding="account:1", at=NOON):
    return confirm_code(purpose=purpose, mobile=mobile, code=code, binding=binding, now=at)


def test_six_digits_go_to_the_number_and_only_a_digest_is_kept(ask, sent):
    code = ask()
    assert len(code) == 6
    assert code.isdecimal()
    assert sent()[0].to == NUMBER
    row = OneTimeCode.objects.get()
    assert code not in (row.digest, row.binding)
    assert row.expires_at - row.sent_at == timedelta(minutes=5)


def test_the_right_code_passes_once_and_is_spent_once(ask):
    code = ask()
    confirm(code)
    with pytest.raises(InputError, match="no code waiting"):
        confirm(code)
    spend_clearance(mobile=NUMBER, purpose=INVITE, binding="account:1", now=NOON)
    with pytest.raises(CodeNeeded):
        spend_clearance(mobile=NUMBER, purpose=INVITE, binding="account:1", now=NOON)


@pytest.mark.parametrize(
    "other", [{"purpose": DISSOLVE}, {"binding": "account:2"}, {"binding": ""}, {"mobile": "13800138001"}]
)
def test_a_code_is_good_for_its_purpose_object_and_number_only(ask, other):
    code = ask()
    with pytest.raises(InputError):
        confirm(code, **other)
    confirm(code)
    with pytest.raises(CodeNeeded):
        spend_clearance(**{"mobile": NUMBER, "purpose": INVITE, "binding": "account:1", "now": NOON} | other)


def test_the_fifth_wrong_try_locks_and_the_right_code_comes_too_late(ask):
    code = ask()
    for left in (4, 3, 2, 1):
        with pytest.raises(InputError, match=f"{left} tries left"):
            confirm(wrong(code))
    with pytest.raises(InputError, match="locked"):
        confirm(wrong(code))
    with pytest.raises(InputError, match="locked"):
        confirm(code)
    assert OneTimeCode.objects.get().tries == policy.CODE_TRIES_MAX


def test_the_right_code_at_the_fifth_try_still_passes(ask):
    code = ask()
    for _ in range(4):
        with pytest.raises(InputError):
            confirm(wrong(code))
    assert confirm(code).passed_at == NOON


def test_it_is_valid_for_five_minutes(ask):
    code = ask()
    with pytest.raises(InputError, match="expired"):
        confirm(code, at=NOON + policy.CODE_LIFE)
    confirm(code, at=NOON + policy.CODE_LIFE - SECOND)


def test_a_new_code_ends_the_old_one(ask):
    old = ask()
    new = ask(at=NOON + policy.CODE_INTERVAL)
    if old != new:
        with pytest.raises(InputError):
            confirm(old, at=NOON + policy.CODE_INTERVAL)
    confirm(new, at=NOON + policy.CODE_INTERVAL)


def test_a_passed_code_waits_fifteen_minutes_for_its_act(ask):
    confirm(ask())
    spend = {"mobile": NUMBER, "purpose": INVITE, "binding": "account:1"}
    with pytest.raises(CodeNeeded):
        spend_clearance(**spend, now=NOON + policy.CLEARANCE_LIFE)
    spend_clearance(**spend, now=NOON + policy.CLEARANCE_LIFE - SECOND)


def test_sixty_seconds_lie_between_two_codes(ask):
    ask()
    with pytest.raises(CodeTooSoon, match="in 1 seconds"):
        ask(at=NOON + policy.CODE_INTERVAL - SECOND)
    ask(at=NOON + policy.CODE_INTERVAL)


def test_another_purpose_need_not_wait(ask):
    ask()
    ask(purpose=DISSOLVE)


def test_six_a_day_by_the_calendar_of_shanghai(ask):
    for number in range(6):
        ask(at=NOON + number * policy.CODE_INTERVAL)
    with pytest.raises(CodesUsedUp, match="6 codes"):
        ask(at=NOON + timedelta(hours=11, minutes=59))
    ask(at=NOON + timedelta(hours=12))


def test_what_the_provider_refused_does_not_count_and_cannot_be_typed(ask, settings):
    settings.SMS_BACKEND = "tests.accounts.test_codes.RefusingProvider"
    for _ in range(7):
        with pytest.raises(CodeNotSent):
            send_code(purpose=INVITE, mobile=NUMBER, now=NOON)
    assert not OneTimeCode.objects.filter(accepted_by_provider=True).exists()
    settings.SMS_BACKEND = "config.outbox.SmsBackend"
    ask()


def test_a_text_of_unknown_fate_counts_and_can_be_typed(settings):
    settings.SMS_BACKEND = "tests.accounts.test_codes.SilentProvider"
    send_code(purpose=INVITE, mobile=NUMBER, now=NOON)
    with pytest.raises(CodeTooSoon):
        send_code(purpose=INVITE, mobile=NUMBER, now=NOON)
    assert sending_of(purpose=INVITE, mobile=NUMBER, now=NOON).waiting


def test_the_page_learns_whether_one_waits_and_when_the_next_may_go(ask):
    def state(at, binding="account:1"):
        found = sending_of(purpose=INVITE, mobile=NUMBER, binding=binding, now=at)
        return found.waiting, found.seconds

    assert state(NOON) == (False, 0)
    ask()
    assert state(NOON + 20 * SECOND) == (True, 40)
    assert state(NOON, binding="account:2") == (False, 60)
    assert state(NOON + policy.CODE_LIFE) == (False, 0)


def test_console_acts_need_a_code_and_systems_have_proved_themselves(manager):
    need: dict[str, Any] = {"purpose": INVITE, "binding": f"account:{manager.pk}"}
    with pytest.raises(CodeNeeded):
        require_clearance(actor=acting(manager), **need)
    require_clearance(actor=acting(manager, door=Door.API), **need)
    with pytest.raises(NoMobile):
        require_clearance(actor=Actor(door=Door.CONSOLE, user=make_user(mobile=None), account=manager), **need)


def test_clearance_belongs_to_the_number_that_passed(ask):
    confirm(ask())
    owner, other = make_user(mobile=NUMBER), make_user()
    assert has_clearance(user=owner, purpose=INVITE, binding="account:1", now=NOON)
    assert not has_clearance(user=other, purpose=INVITE, binding="account:1", now=NOON)
    assert not has_clearance(user=make_user(mobile=None), purpose=INVITE, binding="account:1", now=NOON)
