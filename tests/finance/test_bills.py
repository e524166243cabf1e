"""Bill lines by every dimension, for whoever may see them, and their sums kept or computed (K1.2, K7.4, K7.5, A2)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db.models import Sum

from accounts.history import log_for_member
from accounts.models import Event
from accounts.permissions import Point
from accounts.services.directory import create_folder, open_directory
from accounts.services.looks import note_looks
from config.errors import NotFound
from finance import policy
from finance.bill_groups import ACCOUNT, DAY, FOLDER, INSTANCE, KEYS, MONTH, PRODUCT, grouped, named, rows_for
from finance.bills import line_seen, lines_of, looked_at, members_looked_at, payers_seen, sums_of, totals_of
from finance.models import BillLine, DaySum, Statement
from finance.services.day_sums import keep_sums, sum_statement
from tests.accounts.linking import dissolve
from tests.factories import acting, make_account, make_relationship
from tests.finance.billing import AUGUST, JULY, JUNE, issued, make_line, make_refund
from tests.finance.bills import make_product
from tests.finance.funds import D

pytestmark = pytest.mark.django_db
GROUP = {"scope": "group"}


@pytest.fixture
def linked(manager, member):
    return make_relationship(manager, member)


@pytest.fixture
def product(db):
    return make_product(name="云主机", code="vm")


def totals(account, by, **asked):
    """By name, what it came to."""
    found, order = grouped(rows_for(account, asked, by), by)
    return {row.name: row.sums.payable for row in named(by, list(found.order_by(*order)))}


@pytest.mark.rule("K1.1", "K7.5", "A2.6")
def test_the_same_lines_in_every_dimension(manager, member, product):
    other = make_product(name="对象存储", code="oss")
    make_line(manager, "10.00", JUNE, product=product)
    make_line(manager, "5.00", JUNE + timedelta(days=1), product=other)
    make_line(manager, "7.00", JULY, owner=member, product=product)
    assert totals(manager, MONTH) == {"2025-07": 7, "2025-06": 15}
    assert totals(manager, PRODUCT) == {"云主机": 17, "对象存储": 5}
    assert totals(manager, ACCOUNT) == {"总部": 15, "分公司": 7}
    assert totals(manager, DAY) == {"2025-07-10": 7, "2025-06-11": 5, "2025-06-10": 10}
    assert sorted(totals(manager, INSTANCE).values()) == [5, 7, 10]


@pytest.mark.rule("A2.6", "A2.8", "A2.10")
def test_what_a_manager_pays_for_a_member_stands_on_its_bill_and_not_on_the_members(manager, member, linked):
    line = make_line(manager, "7.00", owner=member)
    assert sums_of(totals_of(manager, {})).payable == 7
    assert not lines_of(member, {}).exists()
    with pytest.raises(NotFound):
        line_seen(member, line.pk)


@pytest.mark.rule("K1.2", "K4.7", "K7.4")
def test_a_members_own_bill_is_seen_by_whoever_may_see_bills_and_only_as_long(manager, member, stranger):
    line = make_line(member, "7.00")
    assert payers_seen(manager) == [manager.pk]
    linked = make_relationship(manager, member)
    assert sums_of(totals_of(manager, {})).payable == 0
    assert sums_of(totals_of(manager, GROUP)).payable == 7
    assert line_seen(manager, line.pk) == (line, linked)
    assert sums_of(totals_of(stranger, {**GROUP, "member": member.number})).lines == 0
    dissolve(linked)
    assert sums_of(totals_of(manager, GROUP)).payable == 0
    with pytest.raises(NotFound):
        line_seen(manager, line.pk)


@pytest.mark.rule("K1.2")
def test_without_the_permission_nothing_of_the_members_own_bill_is_seen(manager, member):
    line = make_line(member, "7.00")
    make_relationship(manager, member, points=["view_balance"])
    assert sums_of(totals_of(manager, GROUP)).lines == 0
    assert sums_of(totals_of(manager, {"statement": line.statement_id})).lines == 0
    with pytest.raises(NotFound):
        line_seen(manager, line.pk)


@pytest.mark.rule("K7.5")
@pytest.mark.parametrize(
    ("asked", "amount"),
    [
        ({"month": date(2025, 6, 1)}, 15),
        ({"since": date(2025, 6, 11)}, 12),
        ({"until": date(2025, 6, 10)}, 10),
        ({"since": date(2025, 6, 11), "until": date(2025, 6, 30)}, 5),
        ({"product": "vm"}, 17),
        ({"member": "分公"}, 7),
        ({"member": "member"}, 7),
        ({"kind": "use"}, 22),
        ({"kind": "refund"}, 0),
        ({"paid": "outstanding"}, 22),
        ({"paid": "cash"}, 0),
        ({"instance": "nothing"}, 0),
        ({"statement": 2**62}, 0),
        ({"folder": 2**62}, 0),
    ],
)
def test_filters_narrow_what_is_added_up(manager, member, product, asked, amount):
    make_line(manager, "10.00", JUNE, product=product)
    make_line(manager, "5.00", JUNE + timedelta(days=1))
    make_line(manager, "7.00", JULY, owner=member, product=product)
    assert sums_of(totals_of(manager, asked)).payable == amount
    assert sums_of(lines_of(manager, asked)).payable == amount


def in_folder(manager, folder, amount: str, account=None) -> None:
    """A member stands there, and what it used costs so much."""
    link = make_relationship(manager, account or make_account())
    link.folder = folder
    link.save(update_fields=["folder"])
    make_line(link.member, amount)


@pytest.fixture
def folders(manager):
    """The root, one folder in it, and one in that."""
    actor = acting(manager)
    root = open_directory(actor=actor, account=manager)
    north = create_folder(actor=actor, account=manager, parent_id=root.pk, name="北方")
    return root, north, create_folder(actor=actor, account=manager, parent_id=north.pk, name="东北")


@pytest.mark.rule("K1.1", "K7.5")
def test_a_folder_counts_with_everything_below_it(manager, member, stranger, folders):
    root, north, inner = folders
    in_folder(manager, inner, "7.00", member)
    in_folder(manager, root, "5.00", stranger)
    found = {
        folder.name: sums_of(totals_of(manager, {**GROUP, "folder": folder.pk})).payable for folder in (north, inner)
    }
    assert found == {"北方": 7, "东北": 7}
    assert sums_of(totals_of(manager, {**GROUP, "folder": root.pk})).payable == 12
    assert sums_of(totals_of(stranger, {"folder": root.pk})).lines == 0


@pytest.mark.rule("K1.1", "K7.5")
def test_by_folder_from_the_root_down_and_each_total_leads_to_its_lines(manager, folders):
    root, north, inner = folders
    make_line(manager, "10.00")
    for folder, amount in ((inner, "7.00"), (north, "5.00"), (root, "3.00"), (None, "1.00")):
        in_folder(manager, folder, amount)
    assert totals(manager, FOLDER, **GROUP) == {"北方": 12, root.name: 3, "未归入文件夹": 11}
    assert totals(manager, FOLDER, **GROUP, folder=north.pk) == {"东北": 7, "北方": 5}
    assert totals(manager, FOLDER, **GROUP, folder=inner.pk) == {"东北": 7}
    assert totals(manager, FOLDER) == {"未归入文件夹": 10}
    for asked in (GROUP, {**GROUP, "folder": north.pk}, {**GROUP, "folder": root.pk}):
        found, order = grouped(rows_for(manager, asked, FOLDER), FOLDER)
        rows = named(FOLDER, list(found.order_by(*order)))
        for row in rows:
            assert sums_of(totals_of(manager, {**asked, **row.asked})) == row.sums
        assert sum(row.sums.payable for row in rows) == sums_of(totals_of(manager, asked)).payable
    looked = members_looked_at(manager, {**GROUP, "folder": north.pk, "directly": "1"})
    assert [link.folder_id for link in looked] == [north.pk]


def test_by_folder_where_there_is_no_directory(manager, stranger, folders):
    make_line(stranger, "10.00")
    assert totals(stranger, FOLDER) == {"未归入文件夹": 10}
    assert totals(stranger, FOLDER, folder=folders[0].pk) == {}


def test_late_usage_of_a_closed_month_counts_on_the_day_it_was_billed(manager):
    make_line(manager, "10.00", JUNE)
    statement = issued(manager)
    line = make_line(manager, "1.00", JUNE)
    BillLine.objects.filter(pk=line.pk).update(billed_at=datetime(2025, 7, 3, 20, tzinfo=UTC))
    assert line.statement_id != statement.pk
    assert totals(manager, DAY, month=line.statement.month) == {"2025-07-04": 1}


@pytest.mark.rule("K7.5")
def test_kept_sums_say_the_same_as_the_lines_in_every_dimension(manager, member, product, monkeypatch):
    monkeypatch.setattr(policy, "DAY_SUMS_FROM_LINES", 2)
    make_line(manager, "10.00", JUNE, product=product)
    make_line(manager, "5.00", JUNE, owner=member, product=product)
    make_line(manager, "5.00", JUNE + timedelta(hours=1), owner=member, product=product)
    make_refund(manager, "3.00", JUNE)
    make_line(manager, "7.00", AUGUST)
    before = {by: totals(manager, by) for by in KEYS}
    sums = sums_of(totals_of(manager, {}))
    assert keep_sums() == 0  # a draft goes on
    issued(manager, now=datetime(2025, 8, 15, tzinfo=UTC))
    assert keep_sums() == 1
    assert keep_sums() == 0
    assert DaySum.objects.count() == 3
    assert {by: totals(manager, by) for by in KEYS} == before
    assert sums_of(totals_of(manager, {})) == sums == sums_of(lines_of(manager, {}))
    assert sums.lines == 5


def test_a_month_that_is_open_keeps_no_sums(manager):
    line = make_line(manager, "10.00")
    assert not sum_statement(statement_id=line.statement_id)
    assert not Statement.objects.get(pk=line.statement_id).summed


def test_lines_add_up_to_statements(manager, member):
    make_line(manager, "10.00")
    make_line(manager, "5.00", JULY, owner=member)
    make_refund(manager, "2.00", JULY)
    statements = Statement.objects.filter(account=manager)
    whole = statements.aggregate(payable=Sum("payable"), outstanding=Sum("outstanding"), lines=Sum("lines"))
    sums = sums_of(totals_of(manager, {}))
    assert whole == {"payable": sums.payable, "outstanding": sums.outstanding, "lines": sums.lines}
    assert sums.gross == D("13")


def test_totals_of_a_group_are_looks_at_all_whose_bills_are_in_them(manager, member, linked):
    make_line(member, "7.00")
    silent = make_relationship(manager, make_account())
    hidden = make_relationship(manager, make_account(), points=[Point.VIEW_BALANCE])
    for link in (silent, hidden):
        make_line(link.member, "1.00", AUGUST)
    june = {**GROUP, "month": JUNE.date().replace(day=1)}
    assert members_looked_at(manager, june) == [linked]
    assert members_looked_at(manager, GROUP) == [linked, silent]
    assert members_looked_at(manager, {**GROUP, "member": silent.member.name}) == [silent]
    assert members_looked_at(manager, {"month": june["month"]}) == []
    actor = acting(manager)
    for _again in range(2):
        note_looks(actor=actor, relationships=members_looked_at(manager, GROUP), page="bills", point=Point.VIEW_BILLS)
    assert list(log_for_member(member).filter(kind="member.viewed").values_list("counterpart", flat=True)) == [
        member.pk
    ]


def test_whose_bill_is_looked_at(manager, member, linked):
    line = make_line(member, "7.00")
    assert looked_at(manager, {**GROUP, "member": member.number}) == linked
    assert looked_at(manager, {"statement": line.statement_id}) == linked
    assert looked_at(manager, {"member": member.number}) is None
    assert looked_at(manager, {**GROUP, "member": make_account().number}) is None
    assert not Event.objects.filter(kind="member.viewed").exists()
