"""Orders by the API: what each address does, and that nothing happens twice."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import Event
from accounts.models.api_key import Scope
from accounts.permissions import Point
from finance.models import Order, Resource
from tests.accounts.api_client import ApiClient
from tests.factories import make_relationship
from tests.finance.bills import make_product, set_price
from tests.finance.buying import DAY, FAR, buy, coupon, discount, order, prepaid, promotion, voucher
from tests.finance.funds import D, books_sum, funds, top_up
from tests.fuzzing import Fuzzer

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def api(manager):
    top_up(manager, "1000.00")
    return ApiClient(manager)


def now():
    return timezone.now()


def test_the_catalogue_with_the_prices_of_now(api):
    product = prepaid("100", code="vm")
    set_price(product, {"0": "80", "10": "70.5"}, since=now() - DAY)
    make_product(code="gone", active=False)
    assert api.get("products/").json()["data"] == [
        {
            "code": "vm",
            "name": product.name,
            "category": product.category.code,
            "pay_mode": "prepaid",
            "cycle": "month",
            "unit": "个",
            "tiers": [{"above": "0", "unit_price": "80"}, {"above": "10", "unit_price": "70.5"}],
        }
    ]


def test_a_quote_says_how_the_price_comes_about_and_orders_nothing(api, manager):
    prepaid("100", code="vm")
    discount(manager, "0.8")
    used = coupon(manager)
    price = api.get(f"quotes/?product=vm&quantity=2&months=3&coupon={used.pk}").json()
    assert {name: price[name] for name in ("list_amount", "discount", "coupon", "payable")} == {
        "list_amount": "600.00",
        "discount": "120.00",
        "coupon": "20.00",
        "payable": "460.00",
    }
    assert [step["amount"] for step in price["steps"]] == ["600.00", "-120.00", "-20.00"]
    assert not Order.objects.exists()


def test_an_order_is_placed_paid_renewed_changed_and_given_back(api, manager):
    prepaid("100", code="vm")
    answer = api.post("orders/", {"product": "vm", "quantity": 2, "months": 1})
    placed = answer.json()
    assert (answer.status_code, placed["state"], placed["payable"]) == (201, "pending", "200.00")
    assert answer.headers["Location"].endswith(f"/orders/{placed['id']}/")
    paid = api.post(f"orders/{placed['id']}/pay/", None).json()
    assert (paid["state"], paid["resource"]) == ("paid", Resource.objects.get().pk)
    assert funds(manager).cash == 800
    resource = paid["resource"]
    renewal = api.post("orders/", {"kind": "renew", "resource": resource, "months": 2}).json()
    assert renewal["payable"] == "400.00"
    assert api.post(f"orders/{renewal['id']}/cancel/", None).json()["state"] == "cancelled"
    smaller = api.post("orders/", {"kind": "modify", "resource": resource, "quantity": 1}).json()
    assert D(smaller["payable"]) < 0
    refund = api.post(f"orders/{placed['id']}/refund/", None).json()
    assert (refund["kind"], refund["refunds"], refund["state"]) == ("refund", placed["id"], "paid")
    assert api.get("resources/").json()["data"][0]["state"] == "released"
    assert {one["state"] for one in api.get("orders/?kind=new").json()["data"]} == {"refunded"}


def test_a_repeated_call_is_one_order_and_one_payment(api, manager):
    prepaid("100", code="vm")
    key = {"Idempotency-Key": "order-1"}
    wanted = {"product": "vm", "quantity": 1, "months": 1}
    first, again = (api.post("orders/", wanted, **key).json() for _ in range(2))
    assert first == again
    assert api.post("orders/", {**wanted, "quantity": 2}, **key).status_code in {409, 422}
    for number in range(3):
        api.post(f"orders/{first['id']}/pay/", None, **{"Idempotency-Key": f"pay-{number % 2}"})
    assert (funds(manager).cash, Order.objects.count(), Resource.objects.count()) == (900, 1, 1)


def test_what_is_refused_says_why(api, manager, stranger):
    prepaid("1000.01", code="dear")
    placed = api.post("orders/", {"product": "dear", "quantity": 1, "months": 1}).json()
    answer = api.post(f"orders/{placed['id']}/pay/", None)
    assert (answer.status_code, answer.json()["code"]) == (409, "account_short")
    assert answer.json()["facts"] == {"available": "1000.00", "amount": "1000.01"}
    top_up(stranger, "100.00")
    foreign = buy(stranger, prepaid("1"), at=now())
    for path in ("pay", "cancel", "refund"):
        assert api.post(f"orders/{foreign.pk}/{path}/", None).status_code == 404
    assert api.get(f"orders/{foreign.pk}/").status_code == 404
    renewal = {"kind": "renew", "resource": foreign.resource_id, "months": 1}
    assert api.post("orders/", renewal).status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [
        {"quantity": 0},
        {"quantity": -1},
        {"quantity": 1.5},
        {"quantity": "NaN"},
        {"quantity": 10**400},
        {"quantity": True},
        {"months": 0},
        {"months": 1000},
        {"months": None},
        {"product": "nothing"},
        {"product": "\x00"},
        {"product": 7},
        {"coupon": 1},
        {"coupon": 2**63},
        {"resource": 1},
        {"kind": "refund"},
        {"price": "0.01"},
    ],
)
def test_wrong_input_is_named_and_changes_nothing(api, wrong):
    prepaid("100", code="vm")
    answer = api.post("orders/", {"product": "vm", "quantity": 1, "months": 1, **wrong})
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_a_key_needs_the_scopes_of_bills(manager):
    api = ApiClient(manager, scopes=[Scope.FUNDS_READ, Scope.FUNDS_WRITE, Scope.BILLS_READ])
    assert api.get("orders/").status_code == 200
    assert api.post("orders/", {}).status_code == 403
    assert ApiClient(manager, scopes=[Scope.FUNDS_READ]).get("orders/").status_code == 403


@pytest.mark.rule("K1.2", "K7.4")
def test_a_members_orders_where_it_shows_them(api, manager, member):
    link = make_relationship(manager, member, kind="partner", points=[Point.VIEW_ORDERS])
    placed = order(member, at=now())
    assert [one["id"] for one in api.get(f"orders/?relationship={link.pk}").json()["data"]] == [placed.pk]
    assert api.get("orders/").json()["data"] == []
    assert Event.objects.filter(kind="member.viewed", facts__page="orders").exists()


def test_lists_ask_as_much_for_one_row_as_for_many(api, manager):
    def fill(count):
        for _ in range(count):
            buy(manager, prepaid("1"), at=now(), coupon_id=coupon(manager, off=D("0.01")).pk)
            voucher(manager, "1.00", product=prepaid())

    def costs():
        counts = {}
        for path in ("products/", "orders/", "resources/", "vouchers/", "coupons/"):
            with CaptureQueriesContext(connection) as caught:
                assert api.get(path).status_code == 200
            counts[path] = len(caught)
        return counts

    fill(1)
    costs()
    one = costs()
    fill(4)
    assert costs() == one


def test_nothing_that_is_sent_breaks_it(api, manager, monkeypatch):
    monkeypatch.setattr("accounts.policy.API_CALLS_PER_KEY", (10**6, 60))
    top_up(manager, "1000000.00")
    product = prepaid("1", code="vm")
    promotion("0.9", valid_until=FAR)
    resources = [buy(manager, product, "2", at=now()).resource_id for _ in range(3)]
    waiting = [order(manager, product, at=now()).pk for _ in range(3)]
    ids = {"orders": waiting + list(Order.objects.filter(state="paid").values_list("pk", flat=True))}
    known = {
        "product": ["vm"],
        "resource": resources,
        "quantity": [1, 3, 10**6],
        "months": [1, 12],
        "coupon": [coupon(manager).pk, None],
        "kind": ["new", "renew", "modify"],
    }
    seen = Fuzzer(api, known=known, ids=ids).run(("orders",))
    assert len(seen) == 13
    assert books_sum() == 0
