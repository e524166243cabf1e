"""The pages of operators."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts import policy
from accounts.permissions import Role
from accounts.services.operators import add_operator
from tests.factories import acting, make_operator, make_user

LIST, ADD = "/account/operators/", "/account/operators/add/"
NEW = {"mobile": "13800138000", "name": "新人", "role": "finance"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    """The owner's browser."""
    return browse(manager)


def pages(operator):
    return [LIST, ADD, f"{LIST}{operator.pk}/role/", f"{LIST}{operator.pk}/remove/"]


def test_the_list_names_everybody_and_masks_numbers(console, manager):
    viewer = make_operator(manager)
    text = console.get(LIST).text
    assert viewer.name in text
    assert viewer.mobile not in text


def test_the_list_asks_as_much_for_many_as_for_one(console, manager):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert console.get(LIST).status_code == 200
        return len(seen)

    console.get(LIST)
    one = queries()
    for _ in range(4):
        make_operator(manager)
    assert queries() == one


@pytest.mark.rule("S2.7")
def test_somebody_added_waits_for_the_first_password(console, manager):
    assert console.post(ADD, NEW)["Location"] == LIST
    added = manager.operators.get(user__mobile=NEW["mobile"])
    assert (added.role, added.user.name, added.user.activated_at) == ("finance", "新人", None)


@pytest.mark.parametrize(
    ("wrong", "field"), [({"mobile": "123"}, "mobile"), ({"name": ""}, "name"), ({"role": "king"}, "role")]
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(console, wrong, field):
    answer = console.post(ADD, NEW | wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {field}
    for name in set(NEW) - {field}:
        assert answer.context["form"][name].value() == NEW[name]


def test_somebody_twice_is_refused_at_the_number(console):
    console.post(ADD, NEW)
    answer = console.post(ADD, NEW)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {"mobile"})


def test_adding_is_limited_since_it_tells_whose_a_number_is(console, monkeypatch):
    monkeypatch.setattr(policy, "OPERATOR_ADDS_PER_ACCOUNT", (2, 3600))
    console.post(ADD, NEW)
    console.post(ADD, NEW)
    assert console.post(ADD, NEW | {"mobile": "13800138001"}).status_code == 429


def test_a_role_is_changed(console, manager):
    operator = add_operator(actor=acting(manager), account=manager, **NEW)
    page = console.get(f"{LIST}{operator.pk}/role/")
    assert page.context["form"]["role"].value() == "finance"
    assert console.post(f"{LIST}{operator.pk}/role/", {"role": "viewer"})["Location"] == LIST
    operator.refresh_from_db()
    assert operator.role == Role.VIEWER


def test_removing_asks_first_and_then_ends_it_at_once(console, manager, browse):
    operator = add_operator(actor=acting(manager), account=manager, **NEW)
    theirs = browse(operator.user)
    assert theirs.get("/account/log/").status_code == 200
    assert console.get(f"{LIST}{operator.pk}/remove/").status_code == 200
    assert theirs.get("/account/log/").status_code == 200
    assert console.post(f"{LIST}{operator.pk}/remove/")["Location"] == LIST
    assert theirs.get("/account/log/")["Location"] == "/"
    assert theirs.get("/").status_code == 200


def test_the_last_owner_reads_why_not(console, manager):
    only = manager.operators.get()
    for act, typed in (("role", {"role": "viewer"}), ("remove", {})):
        answer = console.post(f"{LIST}{only.pk}/{act}/", typed)
        assert answer.status_code == 409
        assert answer.context["form"].non_field_errors().as_data()[0].code == "last_owner"


def test_who_removes_themselves_goes_home(console, manager):
    make_operator(manager, Role.OWNER)
    own = manager.operators.order_by("pk").first()
    assert console.post(f"{LIST}{own.pk}/remove/")["Location"] == "/"


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_other_roles_are_refused(browse, manager, role):
    user = make_operator(manager, role)
    for url in pages(manager.operators.get(user=user)):
        assert browse(user).get(url).status_code == 403
        assert browse(user).post(url).status_code in {403, 405}


def test_operators_of_other_accounts_do_not_exist_here(console, stranger):
    theirs = stranger.operators.get()
    for url in pages(theirs)[2:]:
        assert console.get(url).status_code == 404
        assert console.post(url, {"role": "viewer"}).status_code == 404
    assert stranger.operators.count() == 1


def test_without_an_account_home_explains(browse):
    own = browse(make_user())
    assert own.get(LIST)["Location"] == "/"
    assert own.get("/").status_code == 200


def test_strangers_are_led_to_the_log_in(client):
    assert client.get(LIST)["Location"].startswith("/login/")
