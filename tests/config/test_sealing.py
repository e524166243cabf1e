"""What is sealed is read again only by whom it is meant for; of passwords only a slow hash is kept."""

from datetime import timedelta

import pytest
from django.contrib.auth.hashers import identify_hasher, make_password
from django.utils import timezone

from config import settings as config_settings
from config.sealing import seal, unseal


def test_it_is_read_again_and_shows_nothing():
    sealed = seal("密码 pass", purpose="a")
    assert "pass" not in sealed
    assert unseal(sealed, purpose="a") == "密码 pass"
    assert seal("密码 pass", purpose="a") != sealed


@pytest.mark.parametrize("touched", [lambda s: s[:-1], lambda s: "A" + s[1:], lambda _s: "", lambda _s: "链接"])
def test_what_was_touched_is_not(touched):
    assert unseal(touched(seal("x", purpose="a")), purpose="a") is None


def test_another_purpose_does_not_open_it():
    assert unseal(seal("x", purpose="a"), purpose="b") is None


def test_it_can_run_out(time_machine):
    sealed = seal("x", purpose="a")
    time_machine.move_to(timezone.now() + timedelta(seconds=90))
    assert unseal(sealed, purpose="a", seconds=60) is None
    assert unseal(sealed, purpose="a", seconds=600) == "x"


def test_a_key_is_replaced_by_putting_a_new_one_before_it(settings):
    settings.FIELD_KEYS = ["old"]
    sealed = seal("x", purpose="a")
    settings.FIELD_KEYS = ["new", "old"]
    assert unseal(sealed, purpose="a") == "x"
    settings.FIELD_KEYS = ["new"]
    assert unseal(sealed, purpose="a") is None


def test_new_passwords_are_hashed_by_argon2(settings):
    settings.PASSWORD_HASHERS = config_settings.PASSWORD_HASHERS
    assert identify_hasher(make_password("correct horse")).algorithm == "argon2"
