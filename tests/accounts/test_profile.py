"""A person's own data, and the two doors."""

import pytest
from django.conf import settings

from accounts import policy
from accounts.models import Event, OneTimeCode
from tests.factories import PASSWORD, make_operator, make_user

NUMBER, NEXT = "13800138000", "13911112222"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def ana():
    return make_user(username="ana", mobile=NUMBER, name="安娜")


@pytest.fixture
def own(browse, ana):
    """Her browser."""
    return browse(ana)


def test_the_page_shows_the_number_masked_and_what_happened(own, ana):
    own.post("/account/name/", {"name": "安 娜"})
    page = own.get("/account/")
    assert "138****8000" in page.text
    assert NUMBER not in page.text
    assert [line.who for line in page.context["lines"]] == ["安娜"]


def test_a_name_is_changed_or_refused_at_its_field(own, ana):
    assert own.post("/account/name/", {"name": "安\u200b娜"}).status_code == 422
    assert own.post("/account/name/", {"name": " 安  娜 "})["Location"] == "/account/"
    ana.refresh_from_db()
    assert ana.name == "安 娜"


def test_a_new_number_needs_the_password_and_its_own_code(own, ana, sent):
    refused = own.post("/account/mobile/", {"mobile": NEXT, "password": "wrong"})
    assert (refused.status_code, set(refused.context["form"].errors)) == (422, {"password"})
    assert refused.context["form"]["mobile"].value() == NEXT
    assert not sent()
    assert own.post("/account/mobile/", {"mobile": NEXT, "password": PASSWORD})["Location"] == "/account/mobile/code/"
    assert sent()[0].to == NEXT
    assert own.get("/account/mobile/code/").status_code == 200
    assert own.post("/account/mobile/code/", {"code": sent()[0].facts["code"]})["Location"] == "/account/"
    ana.refresh_from_db()
    assert ana.mobile == NEXT
    assert Event.objects.filter(kind="mobile.changed", actor=ana).exists()


def test_a_number_of_somebody_else_is_refused_after_its_code(own, ana, sent):
    make_user(mobile=NEXT)
    own.post("/account/mobile/", {"mobile": NEXT, "password": PASSWORD})
    assert own.post("/account/mobile/code/", {"code": sent()[0].facts["code"]})["Location"] == "/account/mobile/"
    ana.refresh_from_db()
    assert ana.mobile == NUMBER


def test_another_person_cannot_use_the_code(own, browse, sent):
    own.post("/account/mobile/", {"mobile": NEXT, "password": PASSWORD})
    other = browse(make_user())
    assert other.post("/account/mobile/code/", {"code": sent()[0].facts["code"]})["Location"] == "/account/mobile/"
    assert OneTimeCode.objects.get().passed_at is None


def test_guessing_the_password_there_is_counted(own):
    for _ in range(policy.PASSWORD_CHECKS_PER_USER[0]):
        own.post("/account/mobile/", {"mobile": NEXT, "password": "wrong"})
    assert own.post("/account/mobile/", {"mobile": NEXT, "password": PASSWORD}).status_code == 429


@pytest.mark.rule("S2.2", "S2.4")
def test_the_doors_are_switched_at_any_time_and_the_choice_is_remembered(browse, manager, ana):
    console = browse(manager)
    assert console.get("/")["Location"] == "/workbench/"
    switched = console.post("/account/door/", {"door": "management"})
    assert switched["Location"].startswith("/finance/")
    assert console.get("/")["Location"] == switched["Location"]
    assert console.post("/account/door/", {"door": "workbench"})["Location"] == "/workbench/"
    assert console.cookies["door"].value == "workbench"
    assert "management" in console.get("/workbench/").text


def test_a_door_that_does_not_exist_changes_nothing(own, ana):
    assert own.post("/account/door/", {"door": "cellar"}).status_code == 422
    assert own.get("/account/door/").status_code == 405
    ana.refresh_from_db()
    assert ana.last_door == "workbench"


def test_the_language_is_kept_with_the_login_and_in_the_browser(own, ana):
    answer = own.post("/language/", {"language": "en", "next": "/account/"})
    assert answer["Location"] == "/account/"
    assert answer.cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"
    ana.refresh_from_db()
    assert ana.language == "en"
    assert 'lang="en"' in own.get("/account/").text


def test_an_unknown_language_changes_nothing_and_next_stays_on_this_site(own, ana, client):
    answer = own.post("/language/", {"language": "xx", "next": "https://evil.example/"})
    assert answer["Location"] == "/"
    assert settings.LANGUAGE_COOKIE_NAME not in answer.cookies
    ana.refresh_from_db()
    assert ana.language == settings.LANGUAGE_CODE
    assert client.post("/language/", {"language": "en", "next": "/login/"})["Location"] == "/login/"


def test_the_page_lists_the_accounts_and_roles(browse, manager):
    viewer = make_operator(manager)
    assert manager.name in browse(viewer).get("/account/").text


def test_somebody_without_a_number_can_add_one(browse, sent):
    nobody = make_user(mobile=None)
    own = browse(nobody)
    own.post("/account/mobile/", {"mobile": NEXT, "password": PASSWORD})
    own.post("/account/mobile/code/", {"code": sent()[0].facts["code"]})
    nobody.refresh_from_db()
    assert nobody.mobile == NEXT
