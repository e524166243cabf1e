"""The spending page: months, days, products, members, folders, against the month before (K1.1, A2.6, A2.10)."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone

from accounts.services.directory import create_folder, open_directory
from finance.bills import GROUP
from finance.forecast import still_to_come
from finance.models import BillLine
from finance.spending import MEMBER, PRODUCT, months_back, spending_of
from finance.templatetags.charts import scale, stacked
from tests.factories import acting, make_account, make_relationship
from tests.finance.billing import JULY, JUNE, make_line, make_refund
from tests.finance.bills import make_product
from tests.finance.funds import D
from tests.finance.pages import at, queries, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
LATER = datetime(2025, 9, 20, tzinfo=UTC)


def seen(account, **more):
    """July as it looks in September."""
    usual = {"month": date(2025, 7, 1), "scope": GROUP, "split": PRODUCT, "span": 6, "now": LATER}
    return spending_of(account, **usual | more)


def bars(shares):
    return [(str(row.name), row.amount, row.before) for row in shares.rows]


@pytest.mark.rule("K1.1", "A2.6", "A2.8")
def test_a_month_by_product_and_member_against_the_month_before(manager, member):
    make_relationship(manager, member)
    host, disk = make_product(name="云主机"), make_product(name="云硬盘")
    make_line(manager, "10.00", JUNE, product=host)
    make_line(manager, "5.00", JULY, product=disk)
    make_line(manager, "6.00", JULY, owner=make_account(name="托管"), product=host)
    make_line(member, "7.00", JULY, product=host)
    found = seen(manager)
    assert (found.total, found.before, found.change, found.by_now, found.forecast) == (18, 10, 8, None, None)
    assert bars(found.products) == [("云主机", 13, 10), ("云硬盘", 5, 0)]
    assert bars(found.members) == [("分公司", 7, 0), ("托管", 6, 0), ("总部", 5, 10)]
    assert [column.total for column in found.months] == [0, 0, 0, 0, 10, 18]
    assert {column.day: column.total for column in found.days if column.amounts} == {date(2025, 7, 10): 18}
    assert seen(manager, scope="").total == 11


def test_columns_have_five_colours_and_one_for_the_rest(manager):
    for number in range(7):
        make_line(manager, f"{number + 1}.00", JULY, product=make_product(name=f"产品{number}"))
    found = seen(manager)
    assert [one.key for one in found.series] == ["s1", "s2", "s3", "s4", "s5", "rest"]
    assert [str(one.label) for one in found.series][:2] == ["产品6", "产品5"]
    assert found.months[-1].amounts["rest"] == 3
    assert found.days[9].amounts == found.months[-1].amounts
    assert len(found.days) == 31


def test_members_as_colours(manager, member):
    make_line(manager, "5.00", JULY, owner=member)
    assert [str(one.label) for one in seen(manager, split=MEMBER).series] == ["分公司"]


@pytest.mark.rule("K1.1")
def test_folders_hold_what_is_below_them(manager, member, stranger):
    root = open_directory(actor=acting(manager), account=manager)
    north = create_folder(actor=acting(manager), account=manager, parent_id=root.pk, name="北方")
    for account, folder in ((member, north), (stranger, root)):
        link = make_relationship(manager, account)
        link.folder = folder
        link.save(update_fields=["folder"])
        make_line(account, "7.00", JULY)
    make_line(manager, "1.00", JULY)
    rows = seen(manager).folders.rows
    assert [(row.amount, row.depth) for row in rows] == [(14, 0), (7, 1), (1, 1)]


def test_the_running_month_is_compared_with_the_same_day_and_goes_on_as_in_the_last_week(manager):
    now = datetime(2025, 7, 10, 16, tzinfo=UTC)  # the beginning of the eleventh
    make_line(manager, "4.00", datetime(2025, 6, 11, 2, tzinfo=UTC))
    make_line(manager, "50.00", datetime(2025, 6, 12, 2, tzinfo=UTC))
    make_line(manager, "100.00", datetime(2025, 7, 1, 2, tzinfo=UTC))
    make_line(manager, "70.00", JULY)
    found = seen(manager, now=now)
    assert (found.total, found.before, found.by_now, found.change) == (170, 54, 4, 166)
    assert found.forecast == 170 + 21 * 10


def test_a_month_of_an_hour_is_not_reckoned_up_from_an_hour():
    begun = datetime(2025, 6, 30, 17, tzinfo=UTC)  # one o'clock on the first
    assert still_to_come(D("24.00"), begun) == D("743.00")
    assert still_to_come(D("-5.00"), begun) == 0


def test_months_are_counted_over_years():
    assert [months_back(date(2026, 2, 1), count) for count in (0, 1, 2, 14)] == [
        date(2026, 2, 1),
        date(2026, 1, 1),
        date(2025, 12, 1),
        date(2024, 12, 1),
    ]


@pytest.mark.parametrize(
    ("most", "top"), [("0", 1), ("0.07", D("0.08")), ("9", 10), ("12", 20), ("41", 50), ("80", 80)]
)
def test_the_edge_of_a_picture_is_round(manager, most, top):
    if D(most):
        make_line(manager, most, JULY)
    assert scale(seen(manager).months) == top


def test_a_month_of_refunds_draws_nothing_below_the_ground(manager):
    make_refund(manager, "3.00", JULY)
    found = seen(manager)
    picture = stacked(found.months, found.series, scale(found.months), day_format="Y-m")
    assert 'height="-' not in picture
    assert "−¥3.00" in picture


def test_the_page_of_an_account_without_bills_says_what_will_be_there(browse, manager):
    assert shows(browse(manager).get(at("spending")), "Nothing was billed yet")


@pytest.mark.rule("K1.1")
def test_every_figure_leads_to_its_lines(browse, manager, member):
    make_relationship(manager, member)
    line = make_line(member, "7.00", timezone.now())
    page = browse(manager).get(at("spending"))
    month = f"{timezone.localdate():%Y-%m}"
    bills = f"{at('bill-list')}?month={month}&amp;scope=group"
    assert f"{bills}&amp;product={line.product.code}&amp;by=line" in page.text
    assert f"{bills}&amp;member={member.number}&amp;by=product" in page.text
    assert page.text.count('<svg class="columns columns-tall"') == 2


@pytest.mark.parametrize("query", ["?month=2025-13", "?month=x&split=x&span=7&scope=x", "?month=%00"])
def test_nonsense_shows_the_running_month_and_says_so(browse, manager, query):
    make_line(manager, "7.00", timezone.now())
    page = browse(manager).get(at("spending") + query)
    assert page.context["spending"].month == timezone.localdate().replace(day=1)
    assert page.context["filter"].errors


def test_as_many_queries_for_many_members_and_products_as_for_one(browse, manager):
    now = timezone.now()
    owner = make_account()
    make_relationship(manager, owner)
    make_line(owner, "1.00", now)
    make_line(owner, "1.00", now - timedelta(days=40))
    console = browse(manager)
    few = queries(console, at("spending"))
    for _number in range(4):
        owner = make_account()
        make_relationship(manager, owner)
        make_line(owner, "1.00", now)
    assert queries(console, at("spending")) == few
    assert BillLine.objects.count() == 6
