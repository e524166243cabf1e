"""Registering a linked account as two pages (K5)."""

import pytest
from django.utils import timezone

from accounts import policy
from accounts.models import Account, OneTimeCode, Relationship, User
from accounts.permissions import P2, Role
from tests.accounts.linking import may_register, url
from tests.factories import make_account, make_operator, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
PASSWORD = "correct horse battery"


@pytest.fixture
def console(browse, manager):
    may_register(manager)
    return browse(manager)


@pytest.fixture
def form(manager):
    return {
        "username": "Branch-1",
        "name": "华东分部",
        "mobile": "138 1234 5678",
        "password": PASSWORD,
        "enterprise_id": manager.enterprise_id,
    }


def finish(console, **terms):
    return console.post(url("member-register-terms"), {"preset": "operate", **terms})


@pytest.mark.rule("K5.1", "K5.2", "K5.3", "K5.4", "K5.5", "K5.6", "K5.7", "K6.3")
def test_two_steps_make_a_verified_account_that_is_linked_at_once(console, manager, form, client):
    page = console.get(url("member-register"))
    assert {"username", "password", "mobile", "enterprise_id"} <= page.context["form"].fields.keys()
    assert "kind" not in page.context["form"].fields
    assert console.post(url("member-register"), form).headers["Location"] == url("member-register-terms")
    second = console.get(url("member-register-terms"))
    assert "kind" not in second.context["form"].fields
    answer = finish(console)
    linked = Relationship.objects.get()
    assert answer.headers["Location"] == url("member-detail", linked.pk)
    assert (linked.state, linked.kind, linked.origin) == ("established", "group", "registered")
    assert set(linked.points) == P2
    assert (linked.member.username, linked.member.enterprise) == ("branch-1", manager.enterprise)
    assert linked.member.is_enterprise
    assert client.login(username="branch-1", password=PASSWORD)
    assert User.objects.get(username="branch-1").mobile == "13812345678"


def test_nobody_tries_numbers_without_end(console, form, monkeypatch):
    monkeypatch.setattr(policy, "NEW_NAMES_PER_ACCOUNT", (2, 3600))
    taken = make_user().mobile
    answers = [console.post(url("member-register"), {**form, "mobile": taken}).status_code for _ in range(3)]
    assert answers == [422, 422, 429]


@pytest.mark.rule("K5.1")
def test_it_asks_for_a_code_first(browse, manager):
    assert browse(manager).get(url("member-register")).headers["Location"].startswith(url("code"))


@pytest.mark.rule("K5.2")
def test_the_verification_must_be_chosen_and_be_ones_own(console, member, form):
    for wrong in ({"enterprise_id": ""}, {"enterprise_id": member.enterprise_id}, {"enterprise_id": "x"}):
        refused = console.post(url("member-register"), form | wrong)
        assert refused.status_code == 422
        assert refused.context["form"].errors.keys() == {"enterprise_id"}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("username", ""),
        ("username", "manager"),
        ("username", "1x"),
        ("mobile", "12345"),
        ("mobile", ""),
        ("password", "short"),
        ("password", "1234567890"),
        ("name", "\u202e"),
        ("name", ""),
    ],
)
def test_what_is_wrong_is_said_in_the_first_step(console, form, field, value):
    refused = console.post(url("member-register"), form | {field: value})
    assert refused.status_code == 422
    assert field in refused.context["form"].errors
    assert PASSWORD not in refused.text


def test_a_number_that_has_a_login_is_refused(console, form):
    User.objects.create(username="somebody", mobile="13812345678")
    assert "mobile" in console.post(url("member-register"), form).context["form"].errors


def test_the_password_is_readable_neither_in_the_session_nor_on_the_second_page(console, form):
    console.post(url("member-register"), form)
    assert PASSWORD not in str(dict(console.session.items()))
    assert PASSWORD not in console.get(url("member-register-terms")).text
    assert not console.get(url("member-register")).context["form"]["password"].value()


def test_sent_twice_one_account_is_made(console, form):
    console.post(url("member-register"), form)
    draft = dict(console.session.items())["draft.register-member"]
    first = finish(console).headers["Location"]
    session = console.session
    session["draft.register-member"] = draft
    session.save()
    assert finish(console).headers["Location"] == first
    assert Relationship.objects.count() == 1
    assert finish(console).headers["Location"] == url("member-register")


def test_a_name_taken_between_the_steps_is_said_in_the_second(console, form):
    console.post(url("member-register"), form)
    make_account(username="branch-1")
    assert finish(console).status_code == 422
    assert not Relationship.objects.exists()


def test_permissions_must_be_chosen(console, form):
    console.post(url("member-register"), form)
    assert console.post(url("member-register-terms"), {}).status_code == 422
    assert finish(console, preset="single").status_code == 422
    assert Account.objects.count() == 1


def test_a_code_that_ran_out_keeps_the_second_step(console, form):
    console.post(url("member-register"), form)
    OneTimeCode.objects.update(passed_at=timezone.now() - policy.CLEARANCE_LIFE)
    assert finish(console).headers["Location"].startswith(url("code"))
    assert not Relationship.objects.exists()


def test_a_draft_of_another_account_or_of_yesterday_is_none(console, form, stranger, time_machine):
    console.post(url("member-register"), form)
    time_machine.move_to(timezone.now() + policy.DRAFT_LIFE)
    assert finish(console).headers["Location"] == url("member-register")


def test_only_who_manages_links_registers(browse, manager):
    assert browse(make_operator(manager, Role.VIEWER)).get(url("member-register")).status_code == 403
