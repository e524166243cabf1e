"""What every test may use."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client, TransactionTestCase
from django.utils import translation
from hypothesis import settings as drawn
from pytest_django import Settings

from accounts.models import Account, User
from config import outbox
from tests import emptied, migrated
from tests.factories import make_account, owner_of

pytest_plugins = ["tests.rules_plugin"]
# How long a drawn example takes says nothing on a busy machine. The same examples are drawn each time, so that what
# turns red was turned red by a change; `DRAWN=anew` looks for others.
drawn.register_profile("settled", deadline=None, derandomize=os.environ.get("DRAWN") != "anew")
drawn.load_profile("settled")


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: Any) -> None:
    """The databases of tests are copies of one that has been migrated."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = migrated.template()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Commits need not outlive a power cut; tests with real transactions clean up in a moment."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        name = connection.ops.quote_name(str(connection.settings_dict["NAME"]))
        cursor.execute(f"ALTER DATABASE {name} SET synchronous_commit = off")
        connection.close()
    TransactionTestCase._fixture_teardown = lambda _case: emptied.empty()  # type: ignore[attr-defined]


@pytest.fixture(autouse=True)
def own_outbox(settings: Settings, tmp_path: Path) -> None:
    """Letters and texts of this test only."""
    settings.VAR_DIR = tmp_path
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture(autouse=True)
def cheap_hashes(settings: Settings) -> None:
    """New passwords are hashed in no time; what Argon2 hashed is still understood."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher", *settings.PASSWORD_HASHERS]


@pytest.fixture
def english(settings: Settings) -> Iterator[None]:
    """Sentences in their source language, for tests that read them."""
    settings.LANGUAGE_CODE = "en"
    with translation.override("en"):
        yield


@pytest.fixture
def sent() -> Callable[[], list[outbox.Item]]:
    """Every letter and text so far, newest first."""
    return outbox.items


@pytest.fixture
def manager(db: None) -> Account:
    """The account that invites."""
    return make_account(username="manager", name="总部")


@pytest.fixture
def member(db: None) -> Account:
    """The account that is invited; another enterprise."""
    return make_account(username="member", name="分公司")


@pytest.fixture
def stranger(db: None) -> Account:
    """An account that has nothing to do with either."""
    return make_account(username="stranger", name="路人")


@pytest.fixture
def browse() -> Callable[[Account | User], Client]:
    """A browser in which the owner of this account, or this person, is logged in."""

    def open_as(who: Account | User) -> Client:
        client = Client()
        client.force_login(owner_of(who) if isinstance(who, Account) else who)
        if isinstance(who, Account):
            session = client.session
            session["account"] = who.pk
            session.save()
        return client

    return open_as
