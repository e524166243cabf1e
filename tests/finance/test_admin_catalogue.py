"""Staff keep the catalogue, grant and end what makes things cheaper, and help with orders."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from config.errors import InputError, NotAllowed
from finance.models import (
    Category,
    Commitment,
    CommitmentUse,
    Coupon,
    Discount,
    LateUsage,
    Order,
    Price,
    Product,
    Promotion,
    Resource,
    Voucher,
)
from finance.models.usage import SHARDS
from finance.services.catalogue import add_category, add_product, parse_tiers, set_price
from finance.services.commitments import grant_commitment
from finance.services.discounts import add_promotion, grant_discount
from finance.services.pricing import tiers_at
from finance.services.vouchers import grant_coupon, grant_voucher, revoke_voucher
from tests.factories import make_account
from tests.finance.billing_runs import run
from tests.finance.bills import make_category, make_product, use
from tests.finance.buying import DAY, FAR, MINUTE, NOON, buy, coupon, discount, order, prepaid, promotion, voucher
from tests.finance.funds import D, funds, mover, staff, top_up
from tests.finance.test_admin_buttons import offered, press
from tests.staff import make_staff, pages, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
OURS = [Category, Product, Discount, Promotion, Voucher, Coupon, Commitment, Order, Resource]


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True))


def now():
    return timezone.now()


def later(**delta):
    """A moment ahead as the admin's two boxes want it."""
    moment = timezone.localtime(now() + timedelta(**delta))
    return {"valid_until_0": f"{moment:%Y-%m-%d}", "valid_until_1": f"{moment:%H:%M:%S}"}


def begun():
    moment = timezone.localtime(now())
    return {"valid_from_0": f"{moment:%Y-%m-%d}", "valid_from_1": f"{moment:%H:%M:%S}"}


def put_one_of_each():
    account = make_account()
    top_up(account, "100.00")
    product = prepaid("1")
    bought = buy(account, product, at=now())
    discount(account, "0.9", product=product)
    promotion("0.9", category=product.category)
    paid = voucher(account, "5.00", product=prepaid())
    coupon(account, rate=D("0.9"))
    saving = Commitment.objects.create(account=account, kind="savings", per_cycle=D(5), valid_until=FAR)
    line = bought.lines.get()
    paid.uses.create(line=line, amount=D("1.00"))
    CommitmentUse.objects.create(commitment=saving, line=line, consumer=account, cycle_start=now())


def test_every_page_opens_and_many_rows_cost_as_much_as_one(boss):
    put_one_of_each()

    def costs():
        counts = {}
        for url in [url for model in OURS for url in pages(model)]:
            with CaptureQueriesContext(connection) as caught:
                assert boss.get(url).status_code == 200, url
            counts[url.split("/")[3] + ("/" if url.endswith("change/") else "")] = len(caught)
        return counts

    costs()
    one = costs()
    for _ in range(3):
        put_one_of_each()
    assert costs() == one


def test_a_category_and_a_product_are_added_priced_and_taken_off_sale(boss):
    boss.post(reverse("admin:finance_category_add"), {"name": "计算", "code": "compute"})
    category = Category.objects.get(code="compute")
    typed = {"name": "云主机", "code": "vm", "category": category.pk, "pay_mode": "prepaid", "unit": "台"}
    boss.post(reverse("admin:finance_product_add"), {**typed, "cycle": "month", "grace_hours": "24"})
    product = Product.objects.get(code="vm")
    said, refused = press(boss, product, "price", tiers="0 680\n10 640", valid_from="")
    assert not refused, said
    assert tiers_at(product=product, at=now()) == [(0, 680), (10, 640)]
    assert press(boss, product, "price", tiers="0 x", valid_from="")[1]
    assert press(boss, product, "price", tiers="0 1", valid_from="2020-01-01 00:00")[1]
    assert press(boss, product, "price", tiers="0 1", valid_from="2026-99-01")[1]
    assert Price.objects.count() == 1
    assert not press(boss, product, "withdraw")[1]
    product.refresh_from_db()
    assert not product.active
    assert "offer" in offered(boss, product)


def test_staff_see_how_far_usage_is_billed_and_what_waits(boss, manager):
    start = timezone.now() - 3 * DAY
    product = make_product()
    product.prices.all().delete()
    use(manager, product, start, "2")
    run(until=start + DAY)
    listed = boss.get(reverse("admin:finance_billingshard_changelist"), headers={"accept-language": "en"})
    assert (listed.status_code, "Behind" in listed.text) == (200, True)
    opened = boss.get(reverse("admin:finance_billingshard_change", args=[manager.pk % SHARDS])).text
    assert (manager.name in opened, product.name in opened) == (True, True)
    counted = {one.url: one.count for one in boss.get("/admin/").context["waiting"]}
    assert counted[f"{reverse('admin:finance_lateusage_changelist')}?"] == 1
    for url in pages(LateUsage):
        assert boss.get(url).status_code == 200
    assert manager.name in boss.get(reverse("admin:finance_lateusage_changelist")).text


def test_waiting_usage_is_listed_by_as_many_queries_for_many_rows_as_for_one(boss):
    def wait(count):
        for _number in range(count):
            facts = {"owner_id": make_account().pk, "product_id": make_product().pk}
            times = {"cycle_start": now(), "cycle_end": now() + timedelta(hours=1)}
            LateUsage.objects.create(shard=1, instance="i-1", **facts, **times)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert boss.get(reverse("admin:finance_lateusage_changelist")).status_code == 200
        return len(caught)

    wait(1)
    cost()
    one = cost()
    wait(4)
    assert cost() == one


@pytest.mark.rule("A2.13")
def test_staff_say_which_categories_keep_the_members_discount(boss):
    category = make_category()
    press(boss, category, "keep")
    category.refresh_from_db()
    assert category.keeps_own_discount
    assert offered(boss, category) == ["share"]


def test_a_price_is_followed_and_never_changed():
    product, actor = make_product("5"), staff()
    first = tiers_at(product=product, at=NOON)
    set_price(actor=actor, product_id=product.pk, tiers=[(D(0), D(3))], now=NOON + DAY)
    assert tiers_at(product=product, at=NOON) == first
    assert tiers_at(product=product, at=NOON + DAY) == [(0, 3)]
    with pytest.raises(InputError):
        set_price(actor=actor, product_id=product.pk, tiers=[(D(0), D(2))], now=NOON + DAY)


@pytest.mark.parametrize(
    "tiers",
    [
        [],
        [(D(1), D(1))],
        [(D(0), D(1)), (D(0), D(2))],
        [(D(0), D(-1))],
        [(D(0), D("NaN"))],
        [(D(0), D("1e400"))],
        [(D(0), D("0.000000001"))],
        [(D(n), D(1)) for n in range(21)],
    ],
)
def test_tiers_that_are_none(tiers):
    product = make_product()
    with pytest.raises(InputError):
        set_price(actor=staff(), product_id=product.pk, tiers=tiers)


@pytest.mark.parametrize("text", ["0", "0 -1", "1e5 1", "a b", "0 1 2", "0 1\n9999999999999999 1", "０ 1"])
def test_tiers_that_cannot_be_read(text):
    with pytest.raises(InputError):
        parse_tiers(text=text)


@pytest.mark.rule("A4.3")
def test_a_discount_is_granted_and_ended(boss, manager):
    url = reverse("admin:finance_discount_add")
    typed = {"number": manager.number, "rate": "0.85", "inheritable": "on", "note": "年度合同", **begun()}
    for wrong in ({"number": "1"}, {"rate": "0"}, {"rate": "1.1"}, {"rate": "NaN"}, {"rate": "1e-9"}):
        refused = boss.post(url, {**typed, **wrong})
        assert (refused.status_code, refused.context["adminform"].form["note"].value()) == (200, "年度合同")
        assert not Discount.objects.exists()
    assert boss.post(url, typed).status_code == 302
    granted = Discount.objects.get()
    assert (granted.account, granted.rate, granted.granted_by.is_staff) == (manager, D("0.85"), True)
    assert not press(boss, granted, "end")[1]
    granted.refresh_from_db()
    assert granted.valid_until <= now()
    assert offered(boss, granted) == []


def test_vouchers_coupons_promotions_and_commitments_are_added_by_their_forms(boss, manager):
    product, number = make_product(), {"number": manager.number}
    times, coupon = {**begun(), **later(days=30)}, {"off": "5", "least": "10", "pay_mode": "postpaid"}
    boss.post(reverse("admin:finance_voucher_add"), {**number, "face": "50", "least": "0", **times})
    boss.post(reverse("admin:finance_coupon_add"), {**number, **coupon, **times})
    boss.post(reverse("admin:finance_promotion_add"), {"name": "春季", "rate": "0.9", **times})
    saving = {**number, "kind": "reserved", "product": product.pk, "per_cycle": "2", "cycle": "hour", **times}
    boss.post(reverse("admin:finance_commitment_add"), saving)
    for model, button in ((Voucher, "revoke"), (Coupon, "revoke"), (Promotion, "end"), (Commitment, "end")):
        row = model.objects.get()
        assert offered(boss, row) == [button]
        assert not press(boss, row, button)[1]
        assert offered(boss, row) == []


def test_what_a_voucher_paid_stays_paid_when_it_is_revoked(manager):
    given = voucher(manager, "50.00")
    buy(manager, prepaid("30"))
    revoke_voucher(actor=staff(), voucher_id=given.pk)
    given.refresh_from_db()
    assert (given.balance, Order.objects.get().state) == (20, "paid")


def test_what_cannot_be_granted(manager):
    actor, product = staff(), make_product()
    both = {"product": product, "category": product.category}
    wrong = [
        lambda: grant_voucher(actor=actor, account=manager, face=D("0"), valid_until=FAR),
        lambda: grant_voucher(actor=actor, account=manager, face=D("1e400"), valid_until=FAR),
        lambda: grant_voucher(actor=actor, account=manager, face=D("1.001"), valid_until=FAR),
        lambda: grant_voucher(actor=actor, account=manager, face=D("1"), valid_until=NOON, now=NOON),
        lambda: grant_voucher(actor=actor, account=manager, face=D("1"), valid_until=FAR, least=D("-1")),
        lambda: grant_voucher(actor=actor, account=manager, face=D("1"), valid_until=FAR, pay_mode="x"),
        lambda: grant_voucher(actor=actor, account=manager, face=D("1"), valid_until=FAR, **both),
        lambda: grant_coupon(actor=actor, account=manager, valid_until=FAR),
        lambda: grant_coupon(actor=actor, account=manager, valid_until=FAR, off=D("1"), rate=D("0.5")),
        lambda: grant_coupon(actor=actor, account=manager, valid_until=FAR, rate=D("1")),
        lambda: grant_discount(actor=actor, account=manager, rate=D("NaN")),
        lambda: grant_discount(actor=actor, account=manager, rate=D("0.5"), **both),
        lambda: add_promotion(actor=actor, name=" ", rate=D("0.5"), valid_until=FAR),
        lambda: grant_commitment(actor=actor, account=manager, kind="savings", per_cycle=D("0"), valid_until=FAR),
        lambda: grant_commitment(actor=actor, account=manager, kind="reserved", per_cycle=D("1"), valid_until=FAR),
        lambda: grant_commitment(
            actor=actor, account=manager, kind="savings", per_cycle=D("1"), valid_until=FAR, product=product
        ),
        lambda: add_category(actor=actor, code="Ä", name="x"),
        lambda: add_category(actor=actor, code="x", name=""),
        lambda: add_product(actor=actor, category=product.category, code="x", name="x", pay_mode="x", unit="x"),
    ]
    for act in wrong:
        with pytest.raises(InputError):
            act()
    with pytest.raises(NotAllowed):
        grant_voucher(actor=mover(manager), account=manager, face=D("1"), valid_until=FAR)


def test_staff_reprice_cancel_and_give_back_orders(boss, manager):
    top_up(manager, "1000.00")
    waiting = order(manager, prepaid("100"), at=now())
    assert offered(boss, waiting) == ["reprice", "cancel"]
    assert press(boss, waiting, "reprice", amount="100.01", reason="x")[1]
    assert press(boss, waiting, "reprice", amount="80", reason="")[1]
    assert not press(boss, waiting, "reprice", amount="80", reason="补偿")[1]
    waiting.refresh_from_db()
    assert waiting.payable == 80
    assert not press(boss, waiting, "cancel")[1]
    bought = buy(manager, prepaid("100"), at=now() - MINUTE)
    assert offered(boss, bought) == ["refund"]
    assert not press(boss, bought, "refund")[1]
    assert press(boss, bought, "refund")[1] is False  # the same refund
    assert Order.objects.filter(kind="refund").count() == 1
    assert 990 < funds(manager).cash < 1000
