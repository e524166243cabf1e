"""Forgotten and changed passwords."""

import pytest

from accounts import policy
from accounts.models import Event, Session
from accounts.permissions import Role
from accounts.services.operators import add_operator
from tests.factories import PASSWORD, acting, make_user

NUMBER = "13800138000"
NEW = "another long sentence"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def ana():
    return make_user(username="ana", mobile=NUMBER)


@pytest.fixture
def proved(client, sent):
    """A browser that proved this number for a new password."""

    def prove(mobile=NUMBER, **first):
        client.post("/password/forgot/", {"mobile": mobile, **first})
        return client.post("/password/forgot/code/", {"code": sent()[0].facts["code"]})

    return prove


def log_in(client, password, name=NUMBER):
    return client.post("/login/", {"identifier": name, "password": password}).status_code


@pytest.mark.rule("S2.6")
def test_a_new_password_needs_the_phone_and_not_the_old_one(client, proved, ana):
    assert proved()["Location"] == "/password/forgot/new/"
    assert client.post("/password/forgot/new/", {"password": NEW})["Location"] == "/"
    assert client.session["_auth_user_id"] == str(ana.pk)
    client.logout()
    assert log_in(client, PASSWORD) == 422
    assert log_in(client, NEW) == 302


def test_it_ends_every_other_log_in(client, proved, ana, browse):
    elsewhere = browse(ana)
    assert elsewhere.get("/account/").status_code == 200
    proved()
    client.post("/password/forgot/new/", {"password": NEW})
    assert elsewhere.get("/account/").status_code == 302
    assert Session.objects.filter(user=ana).count() == 1


def test_in_the_browser_of_that_person_too(ana, browse, sent):
    own = browse(ana)
    own.post("/password/forgot/", {"mobile": NUMBER})
    own.post("/password/forgot/code/", {"code": sent()[0].facts["code"]})
    assert own.post("/password/forgot/new/", {"password": NEW}, follow=True).status_code == 200
    assert own.get("/account/").status_code == 200


@pytest.mark.rule("S2.7")
def test_a_login_that_others_added_begins_with_forgot_password(client, proved, manager):
    operator = add_operator(actor=acting(manager), account=manager, mobile=NUMBER, name="新人", role=Role.FINANCE)
    assert operator.user.activated_at is None
    assert log_in(client, PASSWORD) == 422
    proved()
    assert operator.user.username in client.get("/password/forgot/new/").text
    assert client.post("/password/forgot/new/", {"password": NEW}).status_code == 302
    operator.user.refresh_from_db()
    assert operator.user.activated_at is not None
    assert Event.objects.filter(kind="login.activated", actor=operator.user).exists()
    client.logout()
    assert log_in(client, NEW) == 302


def test_an_unknown_number_learns_so_only_after_proving_it(client, proved, ana):
    known = type(client)().post("/password/forgot/", {"mobile": NUMBER})
    unknown = client.post("/password/forgot/", {"mobile": "13900000000"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert proved("13900000001").status_code == 302
    page = client.get("/password/forgot/new/")
    assert "/register/" in page.text
    assert client.post("/password/forgot/new/", {"password": NEW}).status_code == 200


def test_a_disabled_login_stays_out(client, proved):
    user = make_user(mobile=NUMBER, is_active=False)
    proved()
    client.post("/password/forgot/new/", {"password": NEW})
    user.refresh_from_db()
    assert not user.check_password(NEW)


@pytest.mark.parametrize("weak", ["", "short", "12345678901", "password123", "ana@example.com"])
def test_a_weak_password_is_refused_and_the_code_is_not_lost(client, proved, ana, weak):
    proved()
    answer = client.post("/password/forgot/new/", {"password": weak})
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {"password"}
    assert client.post("/password/forgot/new/", {"password": NEW}).status_code == 302


def test_without_the_code_nothing_opens(client, ana):
    assert client.post("/password/forgot/new/", {"password": NEW})["Location"] == "/password/forgot/code/"
    assert client.get("/password/forgot/code/")["Location"] == "/password/forgot/"
    assert client.post("/password/forgot/code/send/")["Location"] == "/password/forgot/"
    ana.refresh_from_db()
    assert ana.check_password(PASSWORD)


def test_a_code_of_a_registration_does_not_set_a_password(client, ana, sent):
    client.post("/register/", {"mobile": NUMBER})
    code = sent()[0].facts["code"]
    client.post("/password/forgot/", {"mobile": NUMBER})
    if code != sent()[0].facts["code"]:
        assert client.post("/password/forgot/code/", {"code": code}).status_code == 422


def test_the_same_browser_cannot_use_one_code_for_two_passwords(client, proved, ana):
    proved()
    client.post("/password/forgot/new/", {"password": NEW})
    again = client.post("/password/forgot/new/", {"password": "a third long sentence"})
    assert again["Location"] == "/password/forgot/code/"


def test_a_new_password_lifts_the_throttle_of_the_name(client, proved, ana):
    for _ in range(policy.LOGINS_PER_NAME[0]):
        log_in(client, "wrong")
    assert log_in(client, PASSWORD) == 429
    proved()
    client.post("/password/forgot/new/", {"password": NEW})
    client.logout()
    assert log_in(client, NEW) == 302


def test_where_the_person_was_going_is_kept(client, proved, ana):
    proved(next="/s/abc")
    assert client.post("/password/forgot/new/", {"password": NEW})["Location"] == "/s/abc"


def test_changing_needs_the_present_one_and_ends_the_others(browse, ana):
    here, elsewhere = browse(ana), browse(ana)
    wrong = here.post("/account/password/", {"old": "wrong", "new": NEW})
    assert (wrong.status_code, set(wrong.context["form"].errors)) == (422, {"old"})
    assert here.post("/account/password/", {"old": PASSWORD, "new": NEW})["Location"] == "/account/"
    assert here.get("/account/").status_code == 200
    assert elsewhere.get("/account/").status_code == 302
    ana.refresh_from_db()
    assert ana.check_password(NEW)


def test_a_weak_new_one_stands_at_its_field(browse, ana):
    answer = browse(ana).post("/account/password/", {"old": PASSWORD, "new": "short"})
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"new"})


def test_guessing_the_present_one_is_counted(browse, ana):
    here = browse(ana)
    for _ in range(policy.PASSWORD_CHECKS_PER_USER[0]):
        here.post("/account/password/", {"old": "wrong", "new": NEW})
    assert here.post("/account/password/", {"old": PASSWORD, "new": NEW}).status_code == 429
