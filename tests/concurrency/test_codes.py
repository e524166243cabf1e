"""Many hands at one code: five tries are five, and one code opens one door once."""

from typing import Any

import pytest
from django.db import transaction

from accounts import policy
from accounts.models import OneTimeCode
from accounts.services.codes import CodeNeeded, CodeTooSoon, confirm_code, send_code, spend_clearance
from config.errors import InputError
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

NUMBER = "13800138000"
NEED: dict[str, Any] = {"purpose": OneTimeCode.Purpose.INVITE, "mobile": NUMBER, "binding": "account:1"}


def test_twenty_wrong_codes_at_once_are_five_tries(sent):
    send_code(**NEED)
    wrong = f"{(int(sent()[0].facts['code']) + 1) % 1_000_000:06d}"
    results = race(20, lambda _n: confirm_code(**NEED, code=wrong))
    assert all(isinstance(result, InputError) for result in results)
    assert OneTimeCode.objects.get().tries == policy.CODE_TRIES_MAX


def test_twenty_right_codes_at_once_pass_once(sent):
    send_code(**NEED)
    code = sent()[0].facts["code"]
    results = race(20, lambda _n: confirm_code(**NEED, code=code))
    assert sum(isinstance(result, OneTimeCode) for result in results) == 1
    assert OneTimeCode.objects.get().passed_at is not None


def test_a_passed_code_is_spent_once(sent):
    send_code(**NEED)
    confirm_code(**NEED, code=sent()[0].facts["code"])

    def spend(_number):
        with transaction.atomic():
            spend_clearance(**NEED)

    results = race(10, spend)
    assert results.count(None) == 1
    assert sum(isinstance(result, CodeNeeded) for result in results) == 9


def test_ten_requests_at_once_send_one_text(sent):
    results = race(10, lambda _n: send_code(**NEED))
    assert sum(isinstance(result, OneTimeCode) for result in results) == 1
    assert sum(isinstance(result, CodeTooSoon) for result in results) == 9
    assert len(sent()) == 1
