"""The pages of bills: tabs, filters, drilling down, one line, and files of them (K1.2, K7.4, K7.5, A2.10)."""

import csv
import io
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.permissions import Role
from accounts.services.directory import create_folder, open_directory
from config.paging import paginate
from finance.cycles import ZONE
from finance.models import BillingShard, Export, LateUsage
from finance.models.usage import SHARDS
from finance.services.exports import open_export, write_export
from tests.factories import acting, make_account, make_operator, make_relationship
from tests.finance.billing import JUNE, make_line, make_refund
from tests.finance.bills import make_product, use
from tests.finance.funds import D, top_up
from tests.finance.pages import at, money, queries, shows
from tests.finance.trusting import trust_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
JUNE_BILLS = "?month=2025-06"


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member)


def listed(console, query=""):
    return console.get(at("bill-list") + query)


@pytest.mark.rule("K7.5")
def test_from_the_month_down_to_the_line(console, manager):
    product = make_product(name="云主机", code="vm")
    line = make_line(manager, "10.00", product=product)
    make_line(manager, "5.00")
    page = listed(console, "?since=2025-01-01&by=month")
    ((row, address),) = page.context["rows"]
    assert (row.name, row.sums.payable) == ("2025-06", 15)
    page = listed(console, address)
    (row, address), *_more = page.context["rows"]
    assert (row.name, row.sums.payable) == ("云主机", 10)
    page = listed(console, address)
    assert [one.pk for one in page.context["rows"]] == [line.pk]
    assert at("bill-detail", line.pk) in page.text


def test_without_a_time_it_is_the_running_month(console, manager):
    make_line(manager, "10.00")
    make_line(manager, "5.00", timezone.now())
    assert listed(console).context["sums"].payable == 5


def test_nothing_yet_and_nothing_that_fits_are_told_apart(console, manager):
    assert shows(listed(console), "Nothing was billed in this time")
    make_line(manager, "10.00")
    assert shows(listed(console, JUNE_BILLS + "&instance=x"), "No line fits")


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("?month=2025-13", "Choose a month, such as 2026-11."),
        ("?month=%00", "Choose a month, such as 2026-11."),
        ("?month=2025-06&since=0001-01-01", "This day is out of range."),
        ("?since=2025-07-01&until=2025-06-01", "This day lies before the first one."),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(console, manager, query, sentence):
    make_line(manager, "10.00")
    page = listed(console, query)
    assert page.status_code == 200
    assert shows(page, sentence)


@pytest.mark.parametrize(
    "query", ["product=x", "folder=9", "folder=x", "statement=x", "statement=-1", "kind=x", "paid=x"]
)
def test_choices_that_do_not_exist_narrow_nothing_and_say_so(console, manager, query):
    make_line(manager, "10.00")
    page = listed(console, f"{JUNE_BILLS}&{query}")
    assert page.context["sums"].payable == 10
    assert page.context["filter"].errors


@pytest.mark.parametrize("by", ["line", "instance", "product", "account", "folder", "day", "month", "nonsense"])
def test_every_dimension_asks_as_much_for_many_rows_as_for_one(console, manager, by):
    make_line(manager, "1.00")
    address = f"{at('bill-list')}?month=2025-06&by={by}"
    few = queries(console, address)
    for number in range(4):
        make_line(manager, "1.00", JUNE + timedelta(hours=16 * number), owner=make_account())
    assert queries(console, address) == few


def test_totals_go_on_by_key(console, manager, monkeypatch):
    monkeypatch.setitem(paginate.__kwdefaults__, "size", 2)
    for amount in ("1.00", "2.00", "3.00"):
        make_line(manager, amount, product=make_product(name=f"产品{amount}"))
    page = listed(console, f"{JUNE_BILLS}&by=product")
    assert [row.sums.payable for row, _link in page.context["rows"]] == [3, 2]
    page = listed(console, page.context["page"].next)
    assert [row.sums.payable for row, _link in page.context["rows"]] == [1]


@pytest.mark.rule("K7.5")
def test_from_a_folder_down_to_its_accounts(console, manager, linked, monkeypatch):
    assert 'by=folder"' not in listed(console).text
    actor = acting(manager)
    root = open_directory(actor=actor, account=manager)
    north = create_folder(actor=actor, account=manager, parent_id=root.pk, name="北方")
    linked.folder = create_folder(actor=actor, account=manager, parent_id=north.pk, name="东北")
    linked.save(update_fields=["folder"])
    make_line(linked.member, "7.00")
    make_line(manager, "9.00")
    monkeypatch.setitem(paginate.__kwdefaults__, "size", 1)
    page = listed(console, f"{JUNE_BILLS}&scope=group&by=folder")
    assert [row.sums.payable for row, _link in page.context["rows"]] == [9]
    page = listed(console, page.context["page"].next)
    names = []
    while page.context["by"] == "folder":
        ((row, address),) = page.context["rows"]
        names.append(row.name)
        page = listed(console, address)
    assert (names, page.context["by"]) == (["北方", "东北"], "account")
    assert [row.name for row, _link in page.context["rows"]] == [linked.member.name]
    trail = listed(console, f"?by=folder&scope=group&folder={north.pk}").context["trail"]
    assert [(one.label, one.current) for one in trail] == [(root.name, False), ("北方", True)]
    raw = written(console, manager, "bills-csv", f"{JUNE_BILLS}&scope=group").decode("utf-8-sig")
    assert {row[-1] for row in list(csv.reader(io.StringIO(raw)))[1:]} == {"", f"{root.name} / 北方 / 东北"}
    focus = csv.DictReader(
        io.StringIO(written(console, manager, "focus-csv", f"{JUNE_BILLS}&folder={north.pk}").decode())
    )
    assert list(focus) == []


@pytest.mark.rule("A2.10")
def test_how_far_usage_is_billed_is_said_and_not_while_a_manager_pays(browse, manager, member):
    trust_row(make_relationship(manager, member))
    for number, hour in ((manager.pk % SHARDS, 14), (member.pk % SHARDS, 13)):
        BillingShard.objects.create(number=number, billed_until=datetime(2026, 11, 29, hour, tzinfo=ZONE))
    times = {"cycle_start": JUNE, "cycle_end": JUNE + timedelta(hours=1)}
    LateUsage.objects.create(shard=member.pk % SHARDS, owner_id=member.pk, product_id=1, instance="i-1", **times)
    for name in ("bill-list", "spending"):
        make_line(manager, "1.00", timezone.now())
        said = browse(manager).get(at(name)).context["billed"]
        assert (timezone.localtime(said.until).hour, said.waiting) == (13, 1)
        assert browse(member).get(at(name)).context["billed"] is None
    assert shows(browse(manager).get(at("bill-list")), "2026-11-29 13:00")


@pytest.mark.rule("K1.2", "K7.4")
def test_a_members_bill_is_opened_from_its_page_and_it_sees_that(console, linked, manager, member):
    make_line(member, "7.00")
    entry = f"{at('bill-list')}?scope=group&amp;member={member.number}"
    assert entry in console.get(at("member-detail", linked.pk)).text
    page = listed(console, f"{JUNE_BILLS}&scope=group&member={member.number}")
    assert page.context["sums"].payable == 7
    assert Event.objects.get(kind="member.viewed", facts__page="bills").counterpart == member


@pytest.mark.rule("K1.2")
def test_no_entry_without_the_permission(console, manager, member):
    link = make_relationship(manager, member, points=["view_balance"])
    assert at("bill-list") + "?scope" not in console.get(at("member-detail", link.pk)).text


@pytest.mark.rule("A2.10")
def test_a_trusteed_member_is_told_who_pays_and_sees_no_cost(browse, manager, member):
    trust_row(make_relationship(manager, member))
    make_line(manager, "7.00", timezone.now(), owner=member)
    console = browse(member)
    for name in ("bill-list", "spending"):
        page = console.get(at(name))
        assert shows(page, "%(name)s pays for this account", name=manager.name)
        assert "¥7.00" not in page.text


def test_a_line_shows_every_step(console, manager):
    top_up(manager, "4.00")
    line = make_line(manager, "10.00")
    page = console.get(at("bill-detail", line.pk))
    assert [step.text for step in page.context["steps"]] == ["¥10.00"]
    assert [part.amount for part in page.context["payment"]] == [4, 6]
    assert at("receipt", line.transfer_id) in page.text
    assert money("¥10.00") in page.text


def test_a_line_shows_the_records_that_it_was_rated_from(console, manager):
    product = make_product()
    record = use(manager, product, JUNE, "3")
    line = make_line(manager, "10.00", product=product)
    type(line).objects.filter(pk=line.pk).update(instance=record.instance)
    assert record.source_id in console.get(at("bill-detail", line.pk)).text


@pytest.mark.rule("K1.2")
def test_nobody_else_opens_a_line(browse, manager, member, stranger, linked):
    line = make_line(member, "7.00")
    assert browse(stranger).get(at("bill-detail", line.pk)).status_code == 404
    assert browse(manager).get(at("bill-detail", line.pk)).status_code == 200
    assert Event.objects.filter(kind="member.viewed", facts__page="bills").count() == 1


def written(console, account, file, query=JUNE_BILLS):
    console.post(f"{at('bill-export')}{query}", {"file": file})
    export = Export.objects.latest("pk")
    write_export(export_id=export.pk)
    _export, content = open_export(actor=acting(account), account=account, export_id=export.pk)
    with content:
        return content.read()


@pytest.mark.rule("K7.5")
def test_the_file_has_the_lines_of_the_page_with_every_step(console, manager):
    make_line(manager, "10.00", product=make_product(name="=1+1"))
    make_line(manager, "5.00", timezone.now())
    make_refund(manager, "2.00")
    titles, *rows = csv.reader(io.StringIO(written(console, manager, "bills-csv").decode("utf-8-sig")))
    assert len(titles) == len(rows[0]) == len(rows[1]) == 29
    assert {(row[4], row[20], row[16]) for row in rows} >= {("'=1+1", "10.00", "0.00000000")}
    assert [row[20] for row in rows].count("5.00") == 0
    assert written(console, manager, "bills-xlsx").startswith(b"PK")


def test_the_focus_file_has_the_columns_that_the_specification_makes_mandatory(console, manager, member):
    line = make_line(manager, "10.00", owner=member, product=make_product(name="云主机", code="vm"))
    make_refund(manager, "2.00")
    type(line).objects.filter(pk=line.pk).update(gross=D("20"), rate=D("0.5"), discount=D("10"))
    raw = written(console, manager, "focus-csv").decode()
    refund, row = csv.DictReader(io.StringIO(raw))
    if row["ChargeCategory"] == "Purchase":
        refund, row = row, refund
    assert raw.startswith("BilledCost,BillingAccountId,")
    assert (row["BilledCost"], row["ListCost"], row["ContractedCost"]) == ("10.00", "20.00000000", "10.00000000")
    assert (row["BillingAccountId"], row["SubAccountId"]) == (manager.number, member.number)
    assert (row["ChargePeriodStart"], row["ChargePeriodEnd"]) == ("2025-06-10T00:00:00Z", "2025-06-10T01:00:00Z")
    assert (row["BillingPeriodStart"], row["BillingPeriodEnd"]) == ("2025-05-31T16:00:00Z", "2025-06-30T16:00:00Z")
    assert (row["ChargeCategory"], row["ServiceCategory"], row["BillingCurrency"]) == ("Usage", "Other", "CNY")
    assert (row["ConsumedQuantity"], row["ConsumedUnit"]) == ("1.00000000", "个")
    assert (refund["ChargeCategory"], refund["BilledCost"], refund["ConsumedQuantity"]) == ("Purchase", "-2.00", "")


def test_whoever_may_only_look_may_take_a_file_and_a_wrong_kind_leads_back(browse, manager):
    console = browse(make_operator(manager, Role.VIEWER))
    answer = console.post(f"{at('bill-export')}{JUNE_BILLS}", {"file": "x"})
    assert parse_qs(urlsplit(answer.headers["Location"]).query) == {"month": ["2025-06"]}
    assert console.post(f"{at('bill-export')}{JUNE_BILLS}", {"file": "bills-csv"}).headers["Location"] == at(
        "export-list"
    )
