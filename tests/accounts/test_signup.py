"""The services behind registration and passwords."""

from typing import Any

import pytest
from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.models import Account, Event, OneTimeCode, User
from accounts.services import signup
from accounts.services.codes import CodeNeeded
from config.errors import InputError, NotAllowed
from tests.factories import PASSWORD, acting, make_account, make_user, owner_of

NUMBER = "13800138000"
FIELDS: dict[str, Any] = {"mobile": NUMBER, "username": "ana", "password": PASSWORD, "name": "安娜"}
REGISTER, RESET = OneTimeCode.Purpose.REGISTER, OneTimeCode.Purpose.RESET_PASSWORD
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def passed(purpose, mobile=NUMBER):
    """The number, which need not belong to anybody, has just passed a code."""
    at = timezone.now()
    return OneTimeCode.objects.create(
        purpose=purpose, mobile=mobile, digest="x", sent_at=at, expires_at=at, passed_at=at, accepted_by_provider=True
    )


@pytest.mark.rule("S2.5")
def test_registering_makes_a_login_and_its_account_and_spends_the_code():
    code = passed(REGISTER)
    user = signup.register(**FIELDS, email="Ana@Example.com")
    account = Account.objects.get()
    assert (user.username, user.email, user.mobile, user.check_password(PASSWORD)) == (
        "ana",
        "ana@example.com",
        NUMBER,
        True,
    )
    assert (account.username, account.name, account.certified) == ("ana", "安娜", "no")
    code.refresh_from_db()
    assert code.spent_at is not None
    event = Event.objects.get(kind="account.registered")
    assert event.account == account
    assert event.facts["agreement"]


def test_without_a_code_nothing_is_made():
    with pytest.raises(CodeNeeded):
        signup.register(**FIELDS)
    assert not User.objects.exists()
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"mobile": "123"}, "mobile"),
        ({"username": "a"}, "username"),
        ({"username": "аna"}, "username"),  # a Cyrillic letter
        ({"name": ""}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "annabella lee", "name": "Annabella Lee"}, "password"),
        ({"email": "a@"}, "email"),
    ],
)
def test_wrong_input_names_its_field_and_keeps_the_code(wrong, field):
    passed(REGISTER)
    with pytest.raises(InputError) as refused:
        signup.register(**FIELDS | wrong)
    assert refused.value.field == field
    assert signup.register(**FIELDS).pk


@pytest.mark.parametrize(
    ("taken", "field"),
    [({"username": "ana"}, "username"), ({"email": "a@b.cn"}, "email"), ({"mobile": NUMBER}, "mobile")],
)
def test_what_a_login_has_taken_is_taken(taken, field):
    make_user(**taken)
    passed(REGISTER)
    with pytest.raises(InputError) as refused:
        signup.register(**FIELDS, email="a@b.cn")
    assert refused.value.field == field


@pytest.mark.parametrize(("taken", "field"), [({"username": "ana"}, "username"), ({"email": "a@b.cn"}, "email")])
def test_what_an_account_has_taken_is_taken(taken, field):
    make_account(**taken)
    passed(REGISTER)
    with pytest.raises(InputError) as refused:
        signup.register(**FIELDS, email="a@b.cn")
    assert refused.value.field == field


@pytest.mark.rule("S2.6", "S2.7")
def test_a_reset_replaces_the_password_or_sets_the_first():
    ana = make_user(mobile=NUMBER, activated_at=None)
    passed(RESET)
    signup.reset_password(mobile=NUMBER, password="first long sentence")
    passed(RESET)
    signup.reset_password(mobile=NUMBER, password="second long sentence")
    ana.refresh_from_db()
    assert ana.check_password("second long sentence")
    assert list(Event.objects.order_by("pk").values_list("kind", flat=True)) == ["login.activated", "password.reset"]


def test_a_reset_needs_its_own_code():
    make_user(mobile=NUMBER)
    passed(REGISTER)
    with pytest.raises(CodeNeeded):
        signup.reset_password(mobile=NUMBER, password="first long sentence")


def test_a_password_is_changed_by_a_person_only(manager):
    with pytest.raises(NotAllowed):
        signup.change_password(actor=SYSTEM, old=PASSWORD, new="first long sentence")
    with pytest.raises(InputError):
        signup.change_password(actor=acting(manager), old="wrong", new="first long sentence")


def test_a_new_number_needs_a_code_that_is_bound_to_the_person(manager):
    actor, owner = acting(manager), owner_of(manager)
    code = passed(OneTimeCode.Purpose.CHANGE_CONTACT)
    with pytest.raises(CodeNeeded):
        signup.change_mobile(actor=actor, mobile=NUMBER)
    code.binding = f"user:{owner.pk}"
    code.save(update_fields=["binding"])
    assert signup.change_mobile(actor=actor, mobile=NUMBER).mobile == NUMBER
