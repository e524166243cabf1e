"""Bills by the API: lines, one line, and what they add up to (K1.2, K7.4, K7.5, A2.10)."""

from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event
from accounts.models.api_key import Scope
from accounts.services.directory import open_directory
from tests.accounts.api_client import ApiClient
from tests.factories import acting, make_account, make_relationship
from tests.finance.billing import JULY, JUNE, make_line
from tests.finance.billing_runs import HOUR, NOON, run
from tests.finance.bills import make_product, use
from tests.finance.trusting import trust_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def api(manager):
    return ApiClient(manager)


@pytest.mark.rule("K7.5", "A2.6")
def test_lines_with_every_step_and_sums_on_the_first_page(api, manager, member):
    line = make_line(manager, "10.00", owner=member, product=make_product(code="vm"))
    make_line(manager, "5.00", JULY)
    answer = api.get("bills/?month=2025-06").json()
    (row,) = answer["data"]
    assert (row["id"], row["product"], row["owner"]["number"]) == (line.pk, "vm", member.number)
    assert (row["gross"], row["payable"], row["outstanding"]) == ("10.00000000", "10.00", "10.00")
    assert (row["month"], row["receipt"], row["order"]) == ("2025-06-01", line.transfer_id, None)
    assert (answer["sums"]["lines"], answer["sums"]["payable"]) == (1, "10.00")
    assert api.get(f"bills/{line.pk}/").json() == row


def test_page_by_page(api, manager):
    for amount in ("1.00", "2.00", "3.00"):
        make_line(manager, amount)
    first = api.get("bills/?month=2025-06&limit=2").json()
    second = api.get(first["next"].partition("/api/v1/")[2]).json()
    assert [row["payable"] for row in (*first["data"], *second["data"])] == ["3.00", "2.00", "1.00"]
    assert second["sums"] is None


@pytest.mark.rule("K7.5")
def test_spending_in_every_dimension(api, manager, member):
    host, disk = make_product(code="vm", name="云主机"), make_product(code="disk", name="云硬盘")
    make_line(manager, "10.00", JUNE, product=host)
    make_line(manager, "7.00", JULY, owner=member, product=disk)

    def totals(by):
        rows = api.get(f"spending/?since=2025-01-01&by={by}").json()["data"]
        return {row["name"]: row["sums"]["payable"] for row in rows}

    assert totals("month") == {"2025-07": "7.00", "2025-06": "10.00"}
    assert totals("product") == {"云主机": "10.00", "云硬盘": "7.00"}
    assert totals("account") == {manager.name: "10.00", member.name: "7.00"}
    assert totals("day") == {"2025-07-10": "7.00", "2025-06-10": "10.00"}
    assert len(totals("instance")) == 2
    assert list(totals("folder").values()) == ["17.00"]
    row = api.get("spending/?since=2025-01-01").json()["data"][0]
    assert row["asked"] == {"product": "vm"}


@pytest.mark.rule("K7.5")
def test_spending_by_folder_leads_to_the_lines_of_each(api, manager, member):
    link = make_relationship(manager, member)
    link.folder = open_directory(actor=acting(manager), account=manager)
    link.save(update_fields=["folder"])
    make_line(manager, "10.00", owner=member)
    make_line(manager, "7.00")
    rows = api.get("spending/?month=2025-06&by=folder").json()["data"]
    asked = [row["asked"] for row in rows]
    assert asked == [{"folder": str(link.folder_id), "directly": "1"}, {"directly": "1"}]
    for row in rows:
        answer = api.get(f"bills/?month=2025-06&{urlencode(row['asked'])}").json()
        assert answer["sums"] == row["sums"]
        assert len(answer["data"]) == 1


def test_how_far_usage_is_billed(api, manager):
    assert api.get("bills/").json()["billed"] == {"until": None, "waiting": 0}
    product = make_product()
    product.prices.all().delete()
    use(manager, product, NOON, "2")
    run(until=NOON + HOUR)
    for path in ("bills/", "spending/"):
        assert api.get(path).json()["billed"] == {"until": "2026-03-10T13:00:00+08:00", "waiting": 1}


@pytest.mark.rule("K1.2", "K7.4")
def test_a_members_own_bill_by_permission_and_noted(api, manager, member):
    line = make_line(member, "7.00")
    assert api.get(f"bills/{line.pk}/").status_code == 404
    make_relationship(manager, member)
    assert api.get("bills/?month=2025-06").json()["data"] == []
    assert not Event.objects.filter(kind="member.viewed").exists()
    assert api.get("bills/?month=2025-06&scope=group").json()["sums"]["payable"] == "7.00"
    assert api.get(f"bills/{line.pk}/").status_code == 200
    assert Event.objects.get(kind="member.viewed").facts["page"] == "bills"


@pytest.mark.rule("A2.10")
def test_a_member_does_not_get_what_its_manager_pays(manager, member):
    line = make_line(manager, "7.00", timezone.now(), owner=member)
    api = ApiClient(member)
    assert api.get(f"bills/{line.pk}/").status_code == 404
    assert api.get("bills/").json()["data"] == []
    assert api.get("spending/?by=account").json()["data"] == []
    assert api.get("bills/").json()["billed"] == {"until": None, "waiting": 0}
    trust_row(make_relationship(manager, member))
    assert api.get("bills/").json()["billed"] is None


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("month=2025-13", "month"),
        ("month=1", "month"),
        ("since=2025-07-01&until=2025-06-01", "until"),
        ("member=1", "member"),
        ("kind=x", "kind"),
        ("scope=all", "scope"),
        ("paid=x", "paid"),
        ("folder=0", "folder"),
        ("statement=9223372036854775808", "statement"),
        ("nothing=1", "nothing"),
    ],
)
def test_what_makes_no_sense_is_refused_by_name(api, query, field):
    for path in ("bills/", "spending/"):
        answer = api.get(f"{path}?{query}")
        assert answer.status_code == 422
        assert field in answer.text


def test_other_scopes_open_nothing(manager):
    api = ApiClient(manager, [Scope.FUNDS_READ])
    assert [api.get(path).status_code for path in ("bills/", "spending/", "bills/1/")] == [403] * 3


@pytest.mark.parametrize("path", ["bills/?month=2025-06", "spending/?month=2025-06&by=account"])
def test_as_many_queries_for_many_rows_as_for_one(api, manager, path):
    def cost():
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert api.get(path).status_code == 200
        return len(asked)

    make_line(manager, "1.00")
    cost()
    few = cost()
    for _number in range(4):
        make_line(manager, "1.00", owner=make_account())
    assert cost() == few
