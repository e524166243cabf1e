"""Changes of tax number, name and device: who may ask, what they cost, what they move (I7.1–I7.3, I1.2)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import StaffOnly
from accounts.models import Event, Operator
from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from config.states import MoveRefused
from finance.models import Order
from finance.services.orders import cancel_order
from finance.services.returns import NothingToReturn, refund_order
from invoicing.models import ChangeRequest, Entitlement, EntitlementUse, Service, Taxpayer
from invoicing.services.change_answers import OwnChange, approve_change, waive_fee
from invoicing.services.change_checks import NumberTaken, Outdated, UnderWay
from invoicing.services.changes import AlreadyAsked, withdraw_change
from invoicing.services.consuming import NotBound, consume
from invoicing.services.taxpayers import LooksAlike
from tests.factories import acting, credit_code, make_account, make_operator
from tests.finance.funds import D, funds, mover, staff, top_up
from tests.invoicing.changing import RIGHT, approve, ask, fee, fresh, hear, pay, receive, reject, under_way
from tests.invoicing.opening import DAY, entitle, make_taxpayer, make_tenant

pytestmark = pytest.mark.django_db


def use(taxpayer, serial="S1", service=Service.ISSUING):
    return consume(taxpayer=taxpayer, service=service, serial=serial)


def bound(number):
    return Taxpayer.objects.bound().get(tax_number=number)


@pytest.mark.rule("I7.3", "I1.2")
def test_another_number_for_issuing_is_paid_first():
    fee("300")
    change = ask(make_taxpayer())
    assert (change.state, change.fee_order.payable, change.fee_order.state) == ("to_pay", D("300.00"), "pending")
    with pytest.raises(MoveRefused):
        approve(change)
    assert pay(change).state == "in_review"
    assert hear(change.fee_order).state == "in_review"  # heard twice


@pytest.mark.rule("I7.3")
def test_a_new_name_or_device_and_the_form_for_receiving_are_free():
    fee()
    taxpayer = make_taxpayer()
    named = ask(taxpayer, "", new_name="新名有限公司", new_device="UKey-9", why="renamed")
    assert (named.state, named.fee_order) == ("in_review", None)
    assert ask(taxpayer, kind="receiving").state == "in_review"
    approve(named)
    taxpayer.refresh_from_db()
    assert (taxpayer.name, taxpayer.device, taxpayer.released_at) == ("新名有限公司", "UKey-9", None)


@pytest.mark.rule("I7.1", "I7.2")
def test_what_is_left_goes_over_and_what_was_used_stays():
    taxpayer, now = make_taxpayer(address="海淀区"), timezone.now()
    entitlement = entitle(taxpayer, 100, priority=7)
    used_up, over = entitle(taxpayer, 3, used=3), entitle(taxpayer, 9, expires_at=now - DAY / 2)
    use(taxpayer)
    change = approve(ask(taxpayer))
    new = bound(RIGHT)
    assert (new.tenant, new.name, new.address) == (taxpayer.tenant, taxpayer.name, "海淀区")
    heir = new.entitlements.get(continues=entitlement)
    entitlement.refresh_from_db()
    assert (heir.granted, heir.used, heir.priority, heir.continues) == (99, 0, 7, entitlement)
    assert (heir.order, heir.starts_at, heir.expires_at) == (
        entitlement.order,
        entitlement.starts_at,
        entitlement.expires_at,
    )
    assert (entitlement.used, entitlement.ended_at) == (1, change.ended_at)
    assert EntitlementUse.objects.get().entitlement == entitlement
    assert new.entitlements.get(continues=used_up).granted == 0  # its place in the order, which may be renewed
    assert not Entitlement.objects.filter(continues=over).exists()
    assert change.result == {"enterprises": 1, "entitlements": 2, "uses": 99}


@pytest.mark.rule("I7.1", "I7.2")
def test_the_old_number_is_refused_and_the_new_one_works():
    taxpayer = make_taxpayer()
    entitle(taxpayer)
    approve(ask(taxpayer))
    with pytest.raises(NotBound):
        use(taxpayer)
    assert use(bound(RIGHT)).fresh


@pytest.mark.rule("I7.3")
def test_each_form_moves_its_own_products_and_the_second_one_lets_the_old_number_go():
    taxpayer = make_taxpayer()
    entitle(taxpayer, 5, Service.ISSUING)
    entitle(taxpayer, 6, Service.RECEIVING)
    entitle(taxpayer, 7, Service.CHECKING)
    invoice = receive(taxpayer, "24312000000012345678")
    approve(ask(taxpayer))
    assert use(taxpayer, service=Service.RECEIVING).fresh
    assert [one.granted for one in bound(RIGHT).entitlements.all()] == [5]
    approve(ask(taxpayer, kind="receiving"))
    assert sorted(one.granted for one in bound(RIGHT).entitlements.all()) == [5, 5, 7]
    taxpayer.refresh_from_db()
    invoice.refresh_from_db()
    assert taxpayer.released_at is not None
    assert invoice.taxpayer == taxpayer  # it names the old number


@pytest.mark.rule("I7.2")
def test_a_related_company_takes_over_without_the_data_of_the_old_one():
    taxpayer = make_taxpayer(address="海淀区", device="UKey-1")
    entitle(taxpayer)
    with pytest.raises(InputError) as refused:
        ask(taxpayer, why="gone")
    assert refused.value.field == "new_name"
    approve(ask(taxpayer, why="gone", new_name="关联公司"))
    assert (bound(RIGHT).name, bound(RIGHT).address, bound(RIGHT).device) == ("关联公司", "", "")


def test_a_number_that_is_in_the_tenant_already_is_used_even_with_the_same_order():
    taxpayer = make_taxpayer()
    other = make_taxpayer(taxpayer.tenant, tax_number=RIGHT)
    entitlement = entitle(taxpayer, 10)
    Entitlement.objects.create(
        order=entitlement.order,
        taxpayer=other,
        service="issuing",
        granted=10,
        starts_at=entitlement.starts_at,
        expires_at=entitlement.expires_at,
    )
    with pytest.raises(LooksAlike) as doubt:
        ask(taxpayer)
    assert doubt.value.found[0].known.name == other.name
    approve(ask(taxpayer, compared=True))
    assert sum(one.left for one in Entitlement.objects.filter(taxpayer=other, ended_at=None)) == 20


@pytest.mark.rule("I3.4")
def test_a_number_of_another_tenant_is_refused_by_both_names():
    taxpayer = make_taxpayer(make_tenant(name="苏州租户"))
    make_taxpayer(make_tenant(name="上海租户"), tax_number=RIGHT)
    with pytest.raises(NumberTaken) as refused:
        ask(taxpayer)
    assert all(name in str(refused.value) for name in (RIGHT, "苏州租户", "上海租户"))


@pytest.mark.rule("I3.4")
def test_a_number_that_was_bound_meanwhile_is_refused_at_approval():
    change = ask(make_taxpayer())
    make_taxpayer(tax_number=RIGHT)
    with pytest.raises(NumberTaken):
        approve(change)
    assert fresh(change).state == "in_review"


@pytest.mark.rule("I7.4")
def test_invoices_under_way_are_named_and_block_asking_and_approving():
    taxpayer = make_taxpayer()
    order = under_way(taxpayer, "DD-2026-1")
    with pytest.raises(UnderWay, match="DD-2026-1"):
        ask(taxpayer)
    order.fail(at=timezone.now(), fault="x", message="x")
    order.save(update_fields=["state", "ended_at", "fault", "message"])
    change = ask(taxpayer)
    under_way(taxpayer, "DD-2026-2", state="unclear")
    with pytest.raises(UnderWay, match="DD-2026-2"):
        approve(change)
    assert fresh(change).state == "in_review"


def test_one_open_request_of_a_form():
    taxpayer = make_taxpayer()
    first = ask(taxpayer)
    with pytest.raises(AlreadyAsked, match=taxpayer.name):
        ask(taxpayer, credit_code(777_002))
    withdraw_change(actor=mover(first.account), change_id=first.pk)
    assert ask(taxpayer, credit_code(777_002)).state == "in_review"


def test_what_left_its_tenant_meanwhile_is_outdated():
    taxpayer = make_taxpayer()
    change = ask(taxpayer)
    approve(ask(taxpayer, credit_code(777_002), kind="receiving"))
    with pytest.raises(Outdated, match=taxpayer.name):
        approve(change)
    assert reject(change).state == "rejected"


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": ""}, "new_tax_number"),
        ({"number": "911101080000000000"}, "new_tax_number"),
        ({"number": "", "why": "renamed"}, "new_name"),
        ({"number": "", "kind": "receiving", "why": "renamed", "new_name": "新名"}, "new_tax_number"),
        ({"reason": " "}, "reason"),
        ({"why": "whim"}, "why"),
        ({"kind": "move"}, "kind"),
        ({"new_device": "x" * 41}, "new_device"),
    ],
)
def test_what_makes_no_sense_is_refused_where_it_was_typed(fields, field):
    with pytest.raises(InputError) as refused:
        ask(make_taxpayer(), **fields)
    assert refused.value.field == field
    assert not ChangeRequest.objects.exists()


def test_who_may_ask():
    taxpayer = make_taxpayer()
    viewer = acting(taxpayer.tenant.account, make_operator(taxpayer.tenant.account, Role.VIEWER))
    with pytest.raises(NotAllowed):
        ask(taxpayer, actor=viewer)
    with pytest.raises(NotFound):
        ask(taxpayer, actor=mover(make_account()))


def test_who_may_answer():
    change = ask(make_taxpayer())
    with pytest.raises(StaffOnly):
        approve_change(actor=mover(change.account), change_id=change.pk)
    own = staff()
    Operator.objects.create(account=change.account, user=own.user, role=Role.VIEWER)
    with pytest.raises(OwnChange):
        approve_change(actor=own, change_id=change.pk)


@pytest.mark.rule("I1.2")
def test_the_request_ends_with_its_cancelled_order_and_the_order_with_the_withdrawn_request():
    fee()
    change, other = ask(make_taxpayer()), ask(make_taxpayer(), credit_code(777_002))
    cancel_order(actor=mover(change.account), order_id=change.fee_order.pk)
    assert hear(change.fee_order, "order.cancelled").state == "withdrawn"
    withdraw_change(actor=mover(other.account), change_id=other.pk)
    assert Order.objects.get(pk=other.fee_order.pk).state == "cancelled"
    assert hear(other.fee_order, "order.cancelled").state == "withdrawn"


@pytest.mark.rule("I1.2")
def test_staff_waive_the_fee_and_say_why():
    fee()
    change = ask(make_taxpayer())
    with pytest.raises(InputError):
        waive_fee(actor=staff(), change_id=change.pk, reason="")
    waive_fee(actor=staff(), change_id=change.pk, reason="我方录入错误")
    hear(change.fee_order, "order.cancelled")
    assert fresh(change).state == "in_review"
    assert Order.objects.get(pk=change.fee_order.pk).state == "cancelled"
    assert Event.objects.get(kind="change_request.waived").facts["reason"] == "我方录入错误"


@pytest.mark.parametrize("days", [0, 20, 40])
def test_a_fee_goes_back_whole_when_staff_say_no(days):
    fee("300")
    change = pay(ask(make_taxpayer()))
    assert funds(change.account).cash == D("700.00")
    reject(change, now=timezone.now() + timedelta(days=days))
    assert funds(change.account).cash == D("1000.00")
    assert (fresh(change).state, fresh(change).answer) == ("rejected", "材料不全")


def test_a_fee_goes_back_whole_when_the_account_withdraws():
    fee("300")
    change = pay(ask(make_taxpayer()))
    withdraw_change(actor=mover(change.account), change_id=change.pk, now=timezone.now() + timedelta(days=9))
    assert funds(change.account).cash == D("1000.00")


def test_who_takes_the_fee_back_withdraws_the_request_and_a_used_fee_stays():
    fee("300")
    change = pay(ask(make_taxpayer()))
    refund_order(actor=mover(change.account), order_id=change.fee_order.pk, key="back")
    assert hear(change.fee_order, "order.refunded").state == "withdrawn"
    other = pay(ask(make_taxpayer(), credit_code(777_002)))
    approve(other)
    with pytest.raises(NothingToReturn):
        refund_order(actor=mover(other.account), order_id=other.fee_order.pk, key="back")


def test_nothing_is_charged_where_no_product_is_marked_for_it():
    top_up(make_account(), "1.00")
    assert ask(make_taxpayer()).state == "in_review"
