"""The pages of API keys."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import ApiKey, OneTimeCode
from accounts.permissions import Role
from tests.factories import clear, make_operator, owner_of

LIST, NEW = "/account/api-keys/", "/account/api-keys/new/"
TYPED = {"name": "ERP", "scopes": ["relationships:read"]}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    """The owner's browser."""
    return browse(manager)


@pytest.fixture
def cleared(manager):
    """As if the code had just been typed."""
    clear(owner_of(manager), OneTimeCode.Purpose.CREATE_KEY, f"account:{manager.pk}")


def make(manager, name="ERP"):
    return ApiKey.objects.create(
        account=manager,
        name=name,
        prefix="tz_abcde",
        digest=name,
        scopes=["relationships:read"],
        created_by=owner_of(manager),
    )


def test_an_empty_list_says_what_keys_are_for(console):
    page = console.get(LIST)
    assert not page.context["page"]
    assert NEW in page.text


def test_the_list_asks_as_much_for_many_as_for_one(console, manager):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            assert console.get(LIST).status_code == 200
        return len(seen)

    make(manager)
    console.get(LIST)
    one = queries()
    for number in range(4):
        make(manager, f"ERP {number}")
    assert queries() == one


def test_the_secret_is_shown_once_and_kept_by_nobody(console, manager, cleared):
    answer = console.post(NEW, TYPED)
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    (secret,) = re.findall(r'data-copy="(tz_[^"]+)"', answer.text)
    assert ApiKey.objects.get().prefix == secret[:8]
    assert secret not in console.get(LIST).text
    again = console.post(NEW, TYPED)
    assert again["Location"].startswith("/account/code/")
    assert ApiKey.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"), [({"name": ""}, "name"), ({"scopes": []}, "scopes"), ({"scopes": ["x"]}, "scopes")]
)
def test_what_is_wrong_stands_at_its_field_and_the_code_stays(console, cleared, wrong, field):
    answer = console.post(NEW, TYPED | wrong)
    assert (answer.status_code, set(answer.context["form"].errors)) == (422, {field})
    assert console.post(NEW, TYPED).status_code == 200


def test_revoking_asks_first_and_holds_at_once(console, manager):
    key = make(manager)
    url = f"{LIST}{key.pk}/revoke/"
    assert console.get(url).status_code == 200
    assert ApiKey.objects.usable().exists()
    assert console.post(url)["Location"] == LIST
    assert not ApiKey.objects.usable().exists()


def test_keys_of_other_accounts_do_not_exist_here(console, stranger):
    theirs = make(stranger)
    assert console.get(f"{LIST}{theirs.pk}/revoke/").status_code == 404
    assert console.post(f"{LIST}{theirs.pk}/revoke/").status_code == 404
    assert ApiKey.objects.usable().exists()


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_other_roles_are_refused(browse, manager, role):
    own = browse(make_operator(manager, role))
    key = make(manager)
    for url in (LIST, NEW, f"{LIST}{key.pk}/revoke/"):
        assert own.get(url).status_code == 403
