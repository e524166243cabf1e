"""A new login, step by step."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts import policy
from accounts.models import Account, OneTimeCode, User
from accounts.permissions import Role
from tests.factories import PASSWORD, make_account, make_user

NUMBER = "13800138000"
DETAILS = {"name": "何静澜", "username": "hejinglan", "password": PASSWORD, "email": "he@example.com", "agreed": "on"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def proved(client, sent):
    """A browser whose number has been proved; answers where it was led."""

    def prove(mobile=NUMBER, **first):
        client.post("/register/", {"mobile": mobile, **first})
        return client.post("/register/code/", {"code": sent()[0].facts["code"]})

    return prove


def errors(response):
    return set(response.context["form"].errors)


@pytest.mark.rule("S2.5", "S2.1")
def test_from_the_number_to_a_login_with_its_account(client, proved, sent):
    assert client.post("/register/", {"mobile": "+86 138 0013 8000"})["Location"] == "/register/code/"
    assert sent()[0].to == NUMBER
    assert client.get("/register/code/").status_code == 200
    assert client.post("/register/code/", {"code": sent()[0].facts["code"]})["Location"] == "/register/details/"
    done = client.post("/register/details/", DETAILS)
    assert done["Location"] == "/"
    user = User.objects.get(mobile=NUMBER)
    account = Account.objects.get(username="hejinglan")
    assert account.operators.get().user == user
    assert account.operators.get().role == Role.OWNER
    assert client.session["_auth_user_id"] == str(user.pk)
    client.logout()
    login = client.post("/login/", {"identifier": NUMBER, "password": PASSWORD})
    assert login.status_code == 302


def test_nobody_tries_user_names_and_mailboxes_without_end(client, proved, monkeypatch):
    monkeypatch.setattr(policy, "NEW_NAMES_PER_ADDRESS", (2, 3600))
    proved()
    taken = {**DETAILS, "email": make_user().email}
    assert [client.post("/register/details/", taken).status_code for _ in range(3)] == [422, 422, 429]


def test_without_the_code_there_are_no_details(client):
    assert client.get("/register/code/")["Location"] == "/register/"
    assert client.get("/register/details/")["Location"] == "/register/code/"
    client.post("/register/", {"mobile": NUMBER})
    assert client.post("/register/details/", DETAILS)["Location"] == "/register/code/"
    assert not User.objects.exists()


def test_a_wrong_code_leads_nowhere(client, sent):
    client.post("/register/", {"mobile": NUMBER})
    wrong = f"{(int(sent()[0].facts['code']) + 1) % 1_000_000:06d}"
    answer = client.post("/register/code/", {"code": wrong})
    assert answer.status_code == 422
    assert errors(answer) == {"code"}


def test_another_browser_gains_nothing_from_a_passed_code(client, proved):
    proved()
    other = type(client)()
    other.post("/register/", {"mobile": NUMBER})
    assert other.post("/register/details/", DETAILS)["Location"] == "/register/code/"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"username": "7up"}, "username"),
        ({"username": "taken"}, "username"),
        ({"name": "a\u202eb"}, "name"),
        ({"password": "short"}, "password"),
        ({"password": "12345678901234"}, "password"),
        ({"password": "hejinglan!"}, "password"),
        ({"email": "nowhere"}, "email"),
        ({"email": "taken@example.com"}, "email"),
        ({"agreed": ""}, "agreed"),
    ],
)
def test_each_mistake_stands_at_its_field_and_nothing_typed_is_lost(client, proved, wrong, field):
    make_account(username="taken", email="taken@example.com", owner=make_user())
    proved()
    answer = client.post("/register/details/", DETAILS | wrong)
    assert answer.status_code == 422
    assert errors(answer) == {field}
    for name in {"name", "username", "email"} - {field}:
        assert answer.context["form"][name].value() == DETAILS[name]
    assert not User.objects.filter(mobile=NUMBER).exists()
    assert client.post("/register/details/", DETAILS).status_code == 302


def test_a_number_with_a_login_learns_so_only_after_proving_it(client, proved, sent):
    make_user(mobile=NUMBER)
    first = client.post("/register/", {"mobile": NUMBER})
    unknown = type(client)().post("/register/", {"mobile": "13800138001"})
    assert (first.status_code, first["Location"]) == (unknown.status_code, unknown["Location"])
    assert client.post("/register/code/", {"code": sent()[1].facts["code"]}).status_code == 302
    page = client.get("/register/details/")
    assert "/login/" in page.text
    assert client.post("/register/details/", DETAILS).status_code == 200
    assert User.objects.filter(mobile=NUMBER).count() == 1


@pytest.mark.rule("S2.7")
def test_a_number_that_others_added_is_led_to_its_first_password(proved, client):
    make_user(mobile=NUMBER, activated_at=None)
    proved()
    page = client.get("/register/details/")
    assert "/password/forgot/" in page.text
    assert "/login/" not in page.text.partition("bare-card")[2].partition("</main>")[0]


def test_where_the_person_was_going_is_kept_to_the_end(client, proved):
    proved(next="/s/abcdef")
    assert client.post("/register/details/", DETAILS)["Location"] == "/s/abcdef"


def test_another_site_is_not(client, proved):
    proved(next="https://evil.example/")
    assert client.post("/register/details/", DETAILS)["Location"] == "/"


def test_a_code_that_grew_old_is_asked_for_again_and_the_rest_is_kept(client, proved):
    proved()
    OneTimeCode.objects.update(passed_at=timezone.now() - policy.CLEARANCE_LIFE)
    answer = client.post("/register/details/", DETAILS)
    assert answer["Location"] == "/register/code/"
    OneTimeCode.objects.update(sent_at=OneTimeCode.objects.get().sent_at - timedelta(minutes=2))
    assert client.post("/register/code/send/")["Location"] == "/register/code/"


def test_the_next_details_page_has_what_was_typed(client, proved, sent):
    test_a_code_that_grew_old_is_asked_for_again_and_the_rest_is_kept(client, proved)
    client.post("/register/code/", {"code": sent()[0].facts["code"]})
    form = client.get("/register/details/").context["form"]
    assert form["username"].value() == DETAILS["username"]
    assert form["email"].value() == DETAILS["email"]


def test_stepping_back_within_the_minute_goes_on_with_the_first_code(client, sent):
    client.post("/register/", {"mobile": NUMBER})
    again = client.post("/register/", {"mobile": NUMBER})
    assert again["Location"] == "/register/code/"
    assert len(sent()) == 1
    refused = type(client)().post("/register/", {"mobile": NUMBER})
    assert refused.status_code == 429


def test_codes_are_limited_by_address_too(client):
    limit = policy.CODES_PER_ADDRESS[0]
    for number in range(limit):
        client.post("/register/", {"mobile": f"138{number:08d}"})
    assert client.post("/register/", {"mobile": "13900000000"}).status_code == 429


@pytest.mark.parametrize("mobile", ["", "12345", "+1 202 555 0100", "138001380001", "1380013800a", "12012345678"])
def test_what_is_no_number_is_said_at_the_field(client, sent, mobile):
    answer = client.post("/register/", {"mobile": mobile})
    assert answer.status_code == 422
    assert errors(answer) == {"mobile"}
    assert not sent()


def test_somebody_logged_in_need_not_register(client):
    client.force_login(make_user())
    assert client.get("/register/")["Location"] == "/"


def test_the_agreement_can_be_read_by_everybody(client):
    assert client.get("/agreement/").status_code == 200
