"""Coming in and going out."""

import pytest
from django.conf import settings
from django.urls import reverse

from accounts import policy
from accounts.models import Event, Session, User
from tests.factories import PASSWORD, make_user

LOGIN = "/login/"
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def ana():
    return make_user(username="ana", mobile="13800138000", email="ana@example.com")


def log_in(client, identifier="ana", password=PASSWORD, **more):
    return client.post(LOGIN, {"identifier": identifier, "password": password, **more})


def codes(response):
    return [error.code for error in response.context["form"].non_field_errors().as_data()]


@pytest.mark.rule("S2.1")
@pytest.mark.parametrize(
    "name",
    ["13800138000", "+86 138-0013-8000", "１３８００１３８０００", "ana@example.com", "ANA@Example.com", " Ana "],
)
def test_mobile_email_and_user_name_let_in_however_they_are_written(client, ana, name):
    assert log_in(client, name).status_code == 302
    assert client.session["_auth_user_id"] == str(ana.pk)


@pytest.mark.rule("S2.1")
@pytest.mark.parametrize(("name", "password"), [("ana", "wrong"), ("nobody", PASSWORD), ("13900000000", PASSWORD)])
def test_one_answer_for_a_wrong_password_and_an_unknown_name(client, ana, name, password):
    answer = log_in(client, name, password)
    assert answer.status_code == 422
    assert codes(answer) == ["wrong_login"]
    assert answer.context["form"]["identifier"].value() == name
    assert PASSWORD not in answer.text


def test_a_disabled_login_and_one_that_waits_get_the_same_answer(client, ana):
    waiting = make_user(username="waiting", activated_at=None)
    waiting.set_unusable_password()
    waiting.save(update_fields=["password"])
    User.objects.filter(pk=ana.pk).update(is_active=False)
    texts = {
        log_in(client, name, word).text.partition("error-summary")[2].partition("</ul>")[0]
        for name, word in [("ana", PASSWORD), ("waiting", PASSWORD), ("nobody", PASSWORD)]
    }
    assert len(texts) == 1
    assert not Session.objects.filter(user__isnull=False).exists()


@pytest.mark.parametrize("typed", [{}, {"identifier": "a\x00b"}, {"identifier": "a" * 300}, {"password": "x" * 200}])
def test_nonsense_gets_the_form_again(client, typed):
    answer = client.post(LOGIN, {"identifier": "ana", "password": PASSWORD, **typed} if typed else {})
    assert answer.status_code == 422


def test_every_failure_counts_and_a_success_starts_anew(client, ana):
    limit = policy.LOGINS_PER_NAME[0]
    for _ in range(limit - 1):
        log_in(client, password="wrong")
    assert log_in(client).status_code == 302
    client.logout()
    for _ in range(limit):
        assert log_in(client, password="wrong").status_code == 422
    refused = log_in(client)
    assert refused.status_code == 429
    assert codes(refused) == ["too_many"]
    assert "_auth_user_id" not in client.session


def test_other_writings_of_a_name_share_its_count(client, ana):
    for number in range(policy.LOGINS_PER_NAME[0]):
        log_in(client, ["13800138000", "+8613800138000", "138 0013 8000"][number % 3], "wrong")
    assert log_in(client, "138-0013-8000").status_code == 429


def test_the_three_names_of_a_person_share_one_count(client, ana):
    for number in range(policy.LOGINS_PER_NAME[0]):
        log_in(client, [ana.username, ana.email, ana.mobile][number % 3], "wrong")
    for name in (ana.username, ana.email, ana.mobile):
        assert log_in(client, name).status_code == 429


@pytest.mark.parametrize(
    ("addresses", "last"),
    [
        (("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"), 429),
        (("2001:db8:1:2::1", "2001:db8:1:3::1"), 422),
        (("::ffff:203.0.113.9", "203.0.113.9"), 429),
        (("203.0.113.9", "203.0.113.10"), 422),
    ],
)
def test_a_whole_ipv6_network_counts_as_one_address(client, monkeypatch, addresses, last):
    monkeypatch.setattr(policy, "LOGINS_PER_ADDRESS", (1, 900))
    answers = [
        client.post(LOGIN, {"identifier": f"nobody{n}", "password": "x"}, REMOTE_ADDR=one).status_code
        for n, one in enumerate(addresses)
    ]
    assert answers == [422, last]


def test_unknown_names_are_counted_like_known_ones(client):
    answers = [log_in(client, "nobody").status_code for _ in range(policy.LOGINS_PER_NAME[0] + 1)]
    assert answers == [422] * policy.LOGINS_PER_NAME[0] + [429]


def test_the_session_gets_a_new_key_and_says_where_it_comes_from(client, ana):
    client.get(LOGIN)
    before = client.session.session_key
    client.post(
        LOGIN,
        {"identifier": "ana", "password": PASSWORD},
        headers={"user-agent": "Mozilla/5.0 (Windows NT 10.0) Chrome/155.0"},
    )
    row = Session.objects.get(user=ana)
    assert row.session_key != before
    assert (row.address, row.agent[:11]) == ("127.0.0.1", "Mozilla/5.0")
    assert Event.objects.filter(kind="login.began", actor=ana).count() == 1


@pytest.mark.parametrize(
    ("target", "leads"),
    [
        ("/account/log/?kind=people", "/account/log/?kind=people"),
        ("/s/abc", "/s/abc"),
        ("https://evil.example/", "/"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/login/?next=/login/", "/"),
        ("profile", "/"),
        ("?next=/", "/"),
        ("", "/"),
    ],
)
def test_next_leads_only_to_this_site(client, ana, target, leads):
    assert log_in(client, next=target)["Location"] == leads


def test_somebody_logged_in_is_led_on(client, ana):
    client.force_login(ana)
    assert client.get(LOGIN, {"next": "/account/"})["Location"] == "/account/"
    assert client.get(LOGIN, {"next": "/login/"})["Location"] == "/"


def test_a_page_that_needs_a_login_comes_back_after_it(client, ana):
    asked = client.get("/account/sessions/")
    assert asked["Location"] == "/login/?next=/account/sessions/"
    page = client.get(asked["Location"])
    assert page.context["next"] == "/account/sessions/"
    assert "/register/?next=%2Faccount%2Fsessions%2F" in page.text


@pytest.mark.rule("S2.2")
def test_the_workbench_is_offered_first_and_the_last_choice_is_remembered(client, ana):
    assert client.get(LOGIN).context["form"]["door"].value() == "workbench"
    log_in(client, door="management")
    ana.refresh_from_db()
    assert ana.last_door == "management"
    client.post("/logout/")
    assert client.get(LOGIN).context["form"]["door"].value() == "management"


@pytest.mark.rule("S2.2")
def test_without_a_choice_the_last_door_opens_again(client, ana):
    log_in(client, door="management")
    client.cookies.clear()
    log_in(client)
    ana.refresh_from_db()
    assert ana.last_door == "management"


def test_a_door_that_does_not_exist_is_refused(client, ana):
    assert log_in(client, door="/etc").status_code == 422
    client.cookies["door"] = "nonsense"
    assert client.get(LOGIN).context["form"]["door"].value() == "workbench"


def test_the_language_of_the_login_holds_in_a_new_browser(client, ana):
    User.objects.filter(pk=ana.pk).update(language="en")
    assert log_in(client).cookies[settings.LANGUAGE_COOKIE_NAME].value == "en"


def test_the_language_chosen_before_is_kept_with_the_login(client, ana):
    client.post(reverse("accounts:language"), {"language": "en", "next": LOGIN})
    log_in(client)
    ana.refresh_from_db()
    assert ana.language == "en"


def test_log_out_is_a_post(client, ana):
    client.force_login(ana)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == LOGIN
    assert "_auth_user_id" not in client.session
    assert not ana.sessions.exists()


def test_somebody_else_can_log_in_where_the_first_one_was(client, ana):
    client.force_login(ana)
    assert client.post("/logout/", {"next": "/s/abc/"})["Location"] == "/login/?next=%2Fs%2Fabc%2F"
    client.force_login(ana)
    assert client.post("/logout/", {"next": "//evil.example/"})["Location"] == LOGIN


@pytest.mark.rule("S2.5", "S2.6")
def test_the_page_leads_to_registration_and_to_a_new_password(client):
    text = client.get(LOGIN).text
    assert reverse("accounts:register") in text
    assert reverse("accounts:password-forgot") in text


def test_pages_are_not_kept_by_browsers(client, ana):
    assert "no-store" in client.get(LOGIN)["Cache-Control"]
