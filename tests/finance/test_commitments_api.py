"""Commitments and discounts by the API: what there is, who used it, and of whom one may read it."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event
from accounts.models.api_key import Scope
from accounts.permissions import Point
from finance.models import CommitmentUse
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_relationship
from tests.finance.billing import make_line
from tests.finance.billing_runs import DAY, HOUR, NOON, commit, run, trusteed
from tests.finance.bills import make_product, use
from tests.finance.buying import discount, inherit, promotion, trust
from tests.finance.trusting import add_member

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def api(manager):
    return ApiClient(manager)


def shared_use(manager, member, hours: int = 1):
    """Five units an hour: the owner uses three of them, a member that it pays for what is left."""
    product = make_product("2", code="vm")
    trusteed(manager, member, since=NOON - DAY)
    found = commit(manager, kind="reserved", product=product, shared=True)
    for hour in range(hours):
        for account, quantity in ((manager, "3"), (member, "4")):
            use(account, product, NOON + hour * HOUR, quantity)
    run()
    return found


@pytest.mark.rule("A2.2")
def test_a_commitment_says_who_used_it_when_and_on_which_bill_line(api, manager, member):
    found = shared_use(manager, member)
    (row,) = api.get("commitments/").json()["data"]
    assert row == api.get(f"commitments/{found.pk}/").json()
    assert (row["kind"], row["scope"]["product"], row["per_cycle"], row["unit"], row["cycle"], row["shared"]) == (
        *("reserved", "vm", "5", "个", "hour", True),
    )
    uses = api.get(f"commitments/{found.pk}/uses/").json()["data"]
    assert {(one["consumer"]["number"], one["quantity"], one["amount"]) for one in uses} == {
        (manager.number, "3", "6"),
        (member.number, "2", "4"),
    }
    for one in uses:
        line = api.get(f"bills/{one['line']}/").json()
        assert (line["owner"], line["cycle_start"]) == (one["consumer"], one["cycle_start"])


def test_uses_page_by_page_and_by_day(api, manager, member):
    path = f"commitments/{shared_use(manager, member, hours=2).pk}/uses/"
    first = api.get(f"{path}?limit=3").json()
    second = api.get(first["next"].partition("/api/v1/")[2]).json()
    starts = [one["cycle_start"] for one in (*first["data"], *second["data"])]
    assert (len(starts), starts, second["next"]) == (4, sorted(starts, reverse=True), None)
    assert len(api.get(f"{path}?since=2026-03-10&until=2026-03-10").json()["data"]) == 4
    assert (
        api.get(f"{path}?since=2026-03-11").json()["data"] == api.get(f"{path}?until=2026-03-09").json()["data"] == []
    )


@pytest.mark.rule("K1.2", "K7.4")
def test_a_members_commitment_where_it_shows_its_bills(api, manager, member):
    found = commit(member, kind="savings")
    paths = (f"commitments/{found.pk}/", f"commitments/{found.pk}/uses/")
    blind = make_relationship(manager, member, kind="partner", points=[Point.VIEW_ORDERS])
    assert api.get(f"commitments/?relationship={blind.pk}").status_code == 403
    assert [api.get(path).status_code for path in paths] == [404, 404]
    blind.points = [Point.VIEW_BILLS]
    blind.save(update_fields=["points"])
    (row,) = api.get(f"commitments/?relationship={blind.pk}").json()["data"]
    assert (row["id"], row["unit"], row["scope"]) == (found.pk, "", {"product": None, "category": None})
    assert [api.get(path).status_code for path in paths] == [200, 200]
    assert api.get("commitments/").json()["data"] == []
    assert Event.objects.get(kind="member.viewed").counterpart == member


def rates(api, query=""):
    return {one["rate"]: one["account"]["name"] for one in api.get(f"discounts/{query}").json()["data"]}


@pytest.mark.rule("K1.3", "A2.9", "A4.3")
def test_discounts_are_own_ones_and_those_of_the_manager_that_count(manager):
    link = add_member(manager)
    member, now = link.member, timezone.now()
    discount(member, "0.95")
    discount(manager, "0.8", inheritable=False)
    discount(manager, "0.7", category=make_product().category)
    discount(manager, "0.6", valid_until=now - DAY)
    api = ApiClient(member)
    assert rates(api) == {"0.95": member.name}
    inherit(link)
    assert rates(api) == {"0.95": member.name, "0.7": manager.name}
    trust(link, since=now - DAY)
    assert rates(api) == {"0.95": member.name, "0.7": manager.name, "0.8": manager.name}


@pytest.mark.rule("K7.4")
def test_a_members_discounts_where_it_shows_contract_data_and_none_of_a_third_account(api, manager, stranger):
    other = add_member(stranger)
    discount(other.member, "0.95")
    discount(stranger, "0.5")
    trust(other, since=timezone.now() - DAY)
    link = make_relationship(manager, other.member, kind="partner", points=[Point.VIEW_INVOICES])
    assert rates(api, f"?relationship={link.pk}") == {"0.95": other.member.name}
    link.points = [Point.VIEW_BILLS]
    link.save(update_fields=["points"])
    assert api.get(f"discounts/?relationship={link.pk}").status_code == 403


def test_promotions_of_now(api):
    promotion("0.9", product=make_product(code="vm"))
    promotion("0.1", valid_until=timezone.now() - HOUR)
    (row,) = api.get("promotions/").json()["data"]
    assert (row["rate"], row["scope"], row["with_contract"]) == ("0.9", {"product": "vm", "category": None}, False)


def test_other_scopes_open_nothing(manager):
    api = ApiClient(manager, [Scope.FUNDS_READ])
    for path in ("commitments/", "commitments/1/", "commitments/1/uses/", "discounts/", "promotions/"):
        assert api.get(path).status_code == 403


def test_as_many_queries_for_many_rows_as_for_one(api, manager):
    found = commit(manager, kind="savings")
    paths = ("commitments/", f"commitments/{found.pk}/uses/", "discounts/", "promotions/")

    def fill(count: int) -> None:
        for _number in range(count):
            line = make_line(manager, "1.00", owner=make_account())
            more = {"category": line.product.category}
            CommitmentUse.objects.create(commitment=found, line=line, consumer=line.owner, cycle_start=line.cycle_start)
            commit(manager, kind="savings", **more)
            discount(manager, "0.9", **more)
            promotion("0.9", **more)

    def costs() -> list[int]:
        counts = []
        for path in paths:
            with CaptureQueriesContext(connection) as asked:
                assert api.get(path).status_code == 200
            counts.append(len(asked))
        return counts

    fill(1)
    costs()
    few = costs()
    fill(9)
    assert costs() == few
