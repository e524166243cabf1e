"""Members' funds: the list and one member."""

import pytest

from accounts.models import Event
from accounts.permissions import Point
from finance.services.credit import allot_credit, grant_credit
from tests.accounts.linking import dissolve
from tests.factories import make_account, make_invitation, make_relationship
from tests.finance.funds import D, allot, mover, recall, spend, staff, top_up
from tests.finance.pages import at, money, queries, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def linked(manager, member):
    top_up(manager, "1000.00")
    return make_relationship(manager, member)


def listed(page):
    return {row.relationship.member.username: row for row in page.context["rows"]}


@pytest.mark.rule("K10.1", "K10.5", "K1.4")
def test_each_member_in_force_stands_there_with_what_it_holds(console, linked, manager, member):
    partner = make_relationship(manager, make_account(username="partner"), kind="partner")
    make_invitation(manager, make_account(username="waiting"), kind="partner")
    dissolve(make_relationship(manager, make_account(username="gone"), kind="partner"))
    top_up(member, "15.00")
    allot(linked, "300.00")
    recall(linked, "100.00")
    spend(member, "40.00")
    allot(partner, "7.00")
    rows = listed(console.get(at("member-list")))
    assert rows.keys() == {"member", "partner"}
    row = rows["member"]
    assert (row.allotted, row.recalled, row.recallable, row.kept) == (300, 100, 175, 25)
    assert row.funds.balance == 175
    assert rows["partner"].recallable == 7


@pytest.mark.rule("K1.2")
def test_a_balance_that_was_not_granted_is_not_shown(console, manager, member):
    quiet = make_relationship(manager, member, kind="partner", points=[Point.VIEW_ORDERS])
    top_up(member, "123.45")
    for address in (at("member-list"), at("member-detail", quiet.pk)):
        page = console.get(address)
        assert money("¥123.45") not in page.text
    assert listed(console.get(at("member-list")))["member"].funds is None
    assert shows(
        console.get(at("member-detail", quiet.pk)),
        "The account has not given you the permission to see its balance. What you allotted and can recall is shown "
        "all the same.",
    )


@pytest.mark.rule("K1.2")
def test_what_came_from_other_managers_is_one_sum_without_names(console, linked, manager, member, stranger):
    top_up(stranger, "100.00")
    allot(make_relationship(stranger, member, kind="partner"), "60.00")
    allot(linked, "30.00")
    page = console.get(at("member-detail", linked.pk))
    assert page.context["have"]["others"] == 60
    assert page.context["have"]["mine"] == 30
    assert stranger.name not in page.text


def test_the_member_sees_that_its_manager_looked(browse, console, linked, manager, member):
    for _time in range(2):
        console.get(at("member-detail", linked.pk))
    look = Event.objects.get(kind="member.viewed")
    assert (look.counterpart, look.facts["page"], look.facts["point"]) == (member, "funds", "view_balance")


def test_credit_in_use_and_given_stands_beside_the_cash(console, linked, manager, member):
    grant_credit(actor=staff(), account=manager, limit=D("500.00"))
    allot_credit(actor=mover(manager), relationship_id=linked.pk, amount=D("200.00"))
    spend(member, "50.00")
    row = listed(console.get(at("member-list")))["member"]
    assert (row.credit, row.funds.credit_used, row.funds.free) == (200, 50, -50)


def test_narrowing_by_words_kind_and_holdings(console, linked, manager, member):
    partner = make_relationship(manager, make_account(username="partner", name="晨曦"), kind="partner")
    allot(partner, "5.00")
    for asked, names in (
        ({"q": "晨曦"}, {"partner"}),
        ({"q": partner.member.number}, {"partner"}),
        ({"kind": "group"}, {"member"}),
        ({"holds": "yes"}, {"partner"}),
        ({"holds": "no"}, {"member"}),
        ({"q": "nobody"}, set()),
        ({"kind": "x", "holds": "x", "after": "x", "q": "\x00"}, {"member", "partner"}),
    ):
        assert listed(console.get(at("member-list"), asked)).keys() == names


def test_after_dissolving_the_page_says_so_and_offers_nothing(console, linked, member):
    allot(linked, "50.00")
    dissolve(linked)
    page = console.get(at("member-detail", linked.pk))
    assert page.context["standing"].recallable == 0
    assert page.context["have"] is None
    assert at("allotment-create", linked.pk) not in page.text


def test_outsiders_and_the_member_itself_get_nothing(browse, linked, member, stranger):
    for account in (member, stranger):
        assert browse(account).get(at("member-detail", linked.pk)).status_code == 404
        assert not listed(browse(account).get(at("member-list")))


def test_as_many_queries_for_many_members_as_for_one(console, manager):
    top_up(manager, "1000.00")

    def grow(count):
        for _number in range(count):
            allot(make_relationship(manager, make_account(), kind="partner"), "1.00")

    grow(1)
    few = queries(console, at("member-list"))
    grow(4)
    assert queries(console, at("member-list")) == few
    one = make_relationship(manager, make_account(), kind="partner")
    few = queries(console, at("member-detail", one.pk))
    for _number in range(4):
        allot(one, "1.00")
    assert queries(console, at("member-detail", one.pk)) <= few + 1  # only the rows came


def test_a_part_for_htmx_is_only_the_rows(console, linked, member):
    part = console.get(at("member-list"), headers={"HX-Request": "true"})
    assert "<html" not in part.text
    assert member.name in part.text
