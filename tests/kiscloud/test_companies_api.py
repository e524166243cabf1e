"""The company of a key by the API."""

import pytest

from accounts.models.api_key import Scope
from kiscloud.models import Company
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_user
from tests.kiscloud.kis import NOW, add_admin, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]


@pytest.mark.rule("S5.4")
def test_it_says_what_its_verification_allows():
    company = make_company()
    api = ApiClient(company.account)
    shown = api.get("company/").json()
    assert (shown["name"], shown["verified"], shown["verify_by"], shown["refused"]) == (company.name, False, None, [])
    Company.objects.update(served_since=NOW.replace(year=2000))
    assert api.get("company/").json()["refused"] == ["new_sets", "new_users", "restores", "opening"]


def test_people_are_those_of_the_own_company():
    company = make_company()
    add_admin(company, make_user())
    make_company(name="别家")
    rows = ApiClient(company.account).get("company/people/").json()["data"]
    assert [row["is_admin"] for row in rows] == [True, True]
    assert {row["username"] for row in rows} == {row.user.username for row in company.members.all()}


def test_an_account_without_a_company_has_none_and_a_key_needs_its_scope():
    assert ApiClient(make_account()).get("company/").status_code == 404
    company = make_company()
    narrow = ApiClient(company.account, scopes=[Scope("relationships:read")])
    assert narrow.get("company/").status_code == 403
