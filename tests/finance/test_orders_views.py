"""The pages of orders: from the choice of a product to what was paid, and what members show."""

import pytest
from django.utils import timezone

from accounts.models import Event
from accounts.permissions import Point
from finance.models import Order, PurchaseStop, Resource
from tests.factories import make_account, make_relationship
from tests.finance.bills import LONG_AGO, set_price
from tests.finance.buying import (
    DAY,
    FAR,
    buy,
    coupon,
    discount,
    make_pair,
    order,
    prepaid,
    trust,
    voucher,
)
from tests.finance.funds import D, funds, top_up
from tests.finance.pages import at, money, queries, send, shows

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def console(browse, manager):
    top_up(manager, "1000.00")
    return browse(manager)


def now():
    return timezone.now()


def test_what_another_page_sells_is_not_in_the_catalogue(console):
    fee = prepaid("100", name="变更费", listed=False)
    assert "变更费" not in console.get(at("product-list")).text
    assert console.get(at("order-create", fee.pk)).status_code == 404


def test_from_a_product_to_a_paid_order_without_a_script(console, manager):
    product = prepaid("100", name="云主机")
    assert "云主机" in console.get(at("product-list")).text
    answer = send(console, at("order-create", product.pk), quantity="2", months="3")
    placed = Order.objects.get()
    assert answer.headers["Location"] == at("order-detail", placed.pk)
    page = console.get(at("order-detail", placed.pk))
    assert money("¥600.00") in page.text
    assert console.post(at("order-pay", placed.pk)).headers["Location"] == at("order-detail", placed.pk)
    assert shows(console.get(at("order-detail", placed.pk)), "Paid")
    assert (funds(manager).cash, Resource.objects.get().quantity) == (400, 2)
    assert Resource.objects.get().instance in console.get(at("resource-list")).text


def test_the_price_follows_what_is_typed(console, manager):
    product = prepaid("100")
    set_price(product, {"0": "100", "2": "10"}, since=now() - DAY)
    discount(manager, "0.5")
    page = console.get(at("order-quote", product.pk), {"quantity": "3", "months": "2"}, headers={"HX-Request": "true"})
    assert money("¥210.00") in page.text
    assert "<html" not in page.text
    assert [line.amount for line in page.context["lines"]] == [400, 20, -210]


@pytest.mark.parametrize("quantity", ["0", "-1", "1.5", "NaN", "1e400", "9" * 400, "", "abc", "1000001"])
def test_quantities_that_are_none_are_said_at_the_field(console, quantity):
    product = prepaid()
    assert console.get(at("order-quote", product.pk), {"quantity": quantity, "months": "1"}).status_code == 200
    answer = send(console, at("order-create", product.pk), quantity=quantity, months="1")
    assert answer.status_code == 422
    assert "quantity" in answer.context["form"].errors
    assert not Order.objects.exists()


@pytest.mark.parametrize("months", ["0", "1000", "x", ""])
def test_months_that_are_none_are_said_at_the_field(console, months):
    answer = send(console, at("order-create", prepaid().pk), quantity="1", months=months)
    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["months"])


def test_the_last_line_of_a_price_says_which_way_the_money_goes(console, manager):
    product = prepaid("100")
    page = console.get(at("order-create", product.pk))
    assert shows(page, "To pay")
    assert not shows(page, "You get back")
    resource = buy(manager, product, "2", at=now()).resource
    assert not shows(console.get(at("resource-change", resource.pk)), "You get back")
    smaller = console.get(at("resource-change-quote", resource.pk), {"quantity": "1"})
    assert shows(smaller, "You get back")
    assert shows(console.get(at("resource-return", resource.pk)), "You get back")


def test_a_form_that_is_sent_twice_is_one_order(console):
    address = at("order-create", prepaid().pk)
    key = console.get(address).context["form"]["key"].value()
    sent = {"quantity": "1", "months": "1", "key": key}
    assert console.post(address, sent).headers["Location"] == console.post(address, sent).headers["Location"]
    assert Order.objects.count() == 1


def test_a_coupon_is_offered_where_it_fits_and_stands_in_the_price(console, manager):
    product = prepaid("100")
    fits = coupon(manager)
    coupon(manager, product=prepaid())
    page = console.get(at("order-create", product.pk))
    assert [value for value, _label in page.context["form"].fields["coupon"].choices] == ["", fits.pk]
    send(console, at("order-create", product.pk), quantity="1", months="1", coupon=fits.pk)
    assert Order.objects.get().payable == 80


def test_what_cannot_be_paid_is_said_with_what_to_do(console, manager):
    placed = order(manager, prepaid("1000.01"), at=now())
    page = console.get(at("order-detail", placed.pk))
    assert shows(page, "Without vouchers this is not enough for the order.")
    console.post(at("order-pay", placed.pk))
    page = console.get(at("order-detail", placed.pk))
    assert "1,000.00" in page.text
    assert page.context["state"] == "pending"


def test_an_order_is_cancelled(console, manager):
    placed = order(manager, at=now())
    console.post(at("order-cancel", placed.pk))
    page = console.get(at("order-detail", placed.pk))
    assert page.context["state"] == "cancelled"
    assert shows(page, "Order again")


def test_one_past_its_time_reads_as_cancelled_before_any_job_ran(console, manager):
    order(manager, at=now() - DAY)
    assert [state.value for _order, state in console.get(at("order-list")).context["rows"]] == ["cancelled"]
    assert len(console.get(at("order-list"), {"state": "cancelled"}).context["rows"]) == 1
    assert not console.get(at("order-list"), {"state": "pending"}).context["rows"]


def test_orders_are_found_by_kind_state_day_and_word(console, manager):
    buy(manager, prepaid("1", name="云盘"), at=now())
    order(manager, prepaid("1", name="云主机"), at=now())
    found = lambda **asked: [row.product.name for row, _s in console.get(at("order-list"), asked).context["rows"]]  # noqa: E731
    today = timezone.localdate().isoformat()
    assert found(state="paid") == ["云盘"]
    assert found(q="主机") == ["云主机"]
    assert found(kind="renew") == []
    assert found(since=today, until=today) == ["云主机", "云盘"]
    assert found(until="2026-01-01") == []
    assert found(state="nonsense", since="x") == ["云主机", "云盘"]


def test_a_resource_is_renewed_changed_and_given_back(console, manager):
    resource = buy(manager, prepaid("100"), at=now()).resource
    send(console, at("resource-renew", resource.pk), months="2")
    send(console, at("resource-change", resource.pk), quantity="3")
    assert set(Order.objects.exclude(kind="new").values_list("kind", "payable")) == {("renew", 200), ("modify", 200)}
    page = console.get(at("resource-return", resource.pk))
    worth = -page.context["price"].payable
    assert 90 < worth < 100  # the day that has begun is used up
    assert money(f"¥{worth}") in page.text
    answer = send(console, at("resource-return", resource.pk))
    refund = Order.objects.get(kind="refund")
    assert answer.headers["Location"] == at("order-detail", refund.pk)
    assert funds(manager).cash == 900 + worth
    assert console.get(at("resource-return", resource.pk)).status_code == 404


def test_foreign_resources_and_orders_do_not_exist(console, stranger):
    top_up(stranger, "100.00")
    bought = buy(stranger, at=now())
    for name in ("resource-renew", "resource-change", "resource-return", "resource-renew-quote"):
        assert console.get(at(name, bought.resource_id)).status_code == 404
    assert console.get(at("order-detail", bought.pk)).status_code == 404
    assert console.post(at("order-pay", bought.pk)).status_code == 404


@pytest.mark.rule("A2.21")
def test_a_worthless_resource_says_why_it_cannot_be_given_back(console, manager):
    resource = buy(manager, at=now()).resource
    Resource.objects.update(worthless_since=now())
    page = console.get(at("resource-return", resource.pk))
    assert page.status_code == 409
    assert "form" not in page.context


@pytest.mark.rule("K1.2", "K7.4")
def test_a_manager_sees_a_members_orders_where_it_may(console, manager, member):
    link = make_relationship(manager, member, kind="partner", points=[Point.VIEW_ORDERS])
    closed = make_relationship(manager, make_account(), kind="partner", points=[Point.VIEW_BILLS])
    placed = order(member, prepaid(name="云主机"), at=now())
    page = console.get(at("member-orders", link.pk))
    assert "云主机" in page.text
    detail = console.get(at("order-detail", placed.pk))
    assert detail.status_code == 200
    assert not detail.context["payable"]
    assert console.post(at("order-pay", placed.pk)).status_code == 404
    assert Event.objects.filter(kind="member.viewed", facts__page="orders").count() == 1
    assert console.get(at("member-orders", closed.pk)).status_code == 403
    assert at("member-orders", link.pk) in console.get(at("member-detail", link.pk)).text


@pytest.mark.rule("A2.6")
def test_orders_of_trusteed_members_stand_among_the_managers(browse):
    pair = make_pair()
    trust(pair, since=LONG_AGO)
    placed = order(pair.member, at=now())
    page = browse(pair.manager).get(at("order-list"))
    assert [row.pk for row, _state in page.context["rows"]] == [placed.pk]
    console = browse(pair.member)
    assert pair.manager.name in console.get(at("order-detail", placed.pk)).text
    assert pair.manager.name in console.get(at("voucher-list")).text
    assert console.get(at("order-create", placed.product_id)).context["payer"].account == pair.manager


def test_where_purchases_are_stopped_the_price_panel_says_so(browse):
    pair = make_pair()
    PurchaseStop.objects.create(relationship=pair, reason="预算用完")
    product = prepaid()
    console = browse(pair.member)
    assert "预算用完" in console.get(at("order-create", product.pk)).text
    assert send(console, at("order-create", product.pk), quantity="1", months="1").status_code == 409


def test_vouchers_say_what_they_paid(console, manager):
    product = prepaid("30", name="云主机")
    paid = voucher(manager, "50.00", product=product)
    voucher(manager, "5.00", valid_until=now() - DAY)
    buy(manager, product, at=now())
    page = console.get(at("voucher-list"))
    assert page.context["usable"] == 20
    assert [state[1] for *_row, state in page.context["rows"]] == ["ok", "neutral"]
    assert money("¥30.00") in console.get(at("voucher-detail", paid.pk)).text


@pytest.mark.parametrize("name", ["order-list", "resource-list", "voucher-list", "coupon-list", "discount-list"])
def test_lists_ask_as_much_for_one_row_as_for_many(console, manager, name):
    def fill(count: int) -> None:
        product = prepaid("1")
        for _ in range(count):
            buy(manager, product, at=now(), coupon_id=coupon(manager, off=D("0.01")).pk)
            voucher(manager, "1.00", product=prepaid(), valid_until=FAR)
            discount(manager, "0.99", category=product.category)

    fill(1)
    few = queries(console, at(name))
    fill(4)
    assert queries(console, at(name)) == few


def test_the_catalogue_asks_as_much_for_one_product_as_for_many(console):
    prepaid()
    few = queries(console, at("product-list"))
    for _ in range(4):
        prepaid()
    assert queries(console, at("product-list")) == few
