"""Changes of tenant and mergers: both sides agree, everything goes along, nothing is half done (I7.4)."""

import pytest
from django.utils import timezone

from accounts.models import Event
from config.errors import InputError, NotAllowed, NotFound
from config.states import MoveRefused
from invoicing.faces import Party
from invoicing.invoice_reports import seen_invoice
from invoicing.models import AccessToken, ChangeRequest, Credential, Entitlement, Invoice, Service, Taxpayer, Tenant
from invoicing.services import moving
from invoicing.services.change_answers import agree_to_change, decline_change
from invoicing.services.change_checks import Outdated, UnderWay
from invoicing.services.changes import AlreadyAsked, withdraw_change
from invoicing.services.consuming import NotBound, consume, give_back
from invoicing.services.moving import plan_of
from tests.factories import acting, make_account
from tests.finance.funds import mover, staff
from tests.invoicing.changing import approve, ask, ask_to_merge, ask_to_move, fresh, receive, under_way
from tests.invoicing.facing import make_face, make_invoice
from tests.invoicing.opening import DAY, entitle, make_taxpayer, make_tenant
from tests.racing import race

pytestmark = pytest.mark.django_db


def agree(change, by=None):
    other = by or fresh(change).other_account
    return agree_to_change(actor=mover(other), change_id=change.pk)


def heir(taxpayer):
    return Taxpayer.objects.bound().get(tax_number=taxpayer.tax_number)


def use(taxpayer, serial="S1"):
    return consume(taxpayer=taxpayer, service=Service.ISSUING, serial=serial)


def credential(tenant):
    return Credential.objects.create(tenant=tenant, client_id=f"c{tenant.pk}", secret="x", encrypt_key="x")


@pytest.mark.rule("I7.4")
def test_between_two_accounts_both_sides_agree_before_staff_look():
    change = ask_to_move(make_taxpayer(), make_tenant())
    assert change.state == "to_agree"
    with pytest.raises(MoveRefused):
        approve(change)
    with pytest.raises(NotFound):
        agree(change, by=change.account)  # the side that asked has said so
    with pytest.raises(NotFound):
        agree(change, by=make_account())
    assert agree(change).state == "in_review"
    assert approve(change).state == "done"


@pytest.mark.rule("I7.4")
def test_the_side_that_lets_go_may_ask_and_the_one_that_takes_in_agrees():
    taxpayer, to = make_taxpayer(), make_tenant()
    change = ask_to_move(taxpayer, to, by=taxpayer.tenant.account)
    assert change.other_account == to.account
    agree(change)
    approve(change)
    assert heir(taxpayer).tenant == to


@pytest.mark.rule("I7.4")
def test_within_one_account_nobody_else_is_asked():
    account = make_account()
    taxpayer = make_taxpayer(make_tenant(account))
    assert ask_to_move(taxpayer, make_tenant(account)).state == "in_review"


@pytest.mark.rule("I7.4")
def test_the_other_side_says_no_and_why():
    change = ask_to_move(make_taxpayer(), make_tenant())
    with pytest.raises(InputError):
        decline_change(actor=mover(change.other_account), change_id=change.pk, answer="")
    declined = decline_change(actor=mover(change.other_account), change_id=change.pk, answer="不是贵司的企业")
    assert (declined.state, declined.answer) == ("rejected", "不是贵司的企业")
    with pytest.raises(MoveRefused):
        agree(change)
    facts = Event.objects.get(kind="change_request.declined")
    assert (facts.account, facts.counterpart) == (change.other_account, change.account)


@pytest.mark.rule("I7.4", "I3.4")
def test_an_enterprise_moves_with_its_entitlements_and_received_invoices():
    taxpayer, to = make_taxpayer(address="海淀区", device="UKey"), make_tenant()
    issuing, checking = entitle(taxpayer, 10), entitle(taxpayer, 5, Service.CHECKING)
    use(taxpayer)
    first, double = receive(taxpayer, "1"), receive(taxpayer, "2")
    receive(make_taxpayer(to), "2")  # the other tenant has this one by itself
    stays = entitle(make_taxpayer(taxpayer.tenant), 3)
    change = ask_to_move(taxpayer, to)
    agree(change)
    assert approve(change).result == {"enterprises": 1, "entitlements": 2, "uses": 14, "received": 1}
    new = heir(taxpayer)
    assert (new.tenant, new.address, new.device) == (to, "海淀区", "UKey")
    assert sorted(new.entitlements.values_list("granted", flat=True)) == [5, 9]
    assert {one.continues for one in new.entitlements.all()} == {issuing, checking}
    for invoice in (first, double):
        invoice.refresh_from_db()
    assert (first.tenant, first.taxpayer, double.tenant) == (to, new, taxpayer.tenant)
    stays.refresh_from_db()
    assert stays.ended_at is None
    with pytest.raises(NotBound):
        use(taxpayer, "S2")
    assert use(new, "S2").fresh


def test_a_use_from_before_the_move_can_still_be_given_back():
    taxpayer, to = make_taxpayer(), make_tenant()
    entitle(taxpayer, 10)
    use(taxpayer)
    change = ask_to_move(taxpayer, to)
    agree(change)
    approve(change)
    give_back(tax_number=taxpayer.tax_number, service=Service.ISSUING, serial="S1")
    assert heir(taxpayer).entitlements.get().left == 10


@pytest.mark.rule("I7.4")
def test_two_tenants_become_one():
    ends, stays = make_tenant(), make_tenant()
    one, two, there = make_taxpayer(ends), make_taxpayer(ends), make_taxpayer(stays)
    bought, old = entitle(one, 10), entitle(two, 7)
    entitle(there, 3)
    gone = make_taxpayer(ends, released_at=timezone.now())
    received, ancient = receive(one, "1"), receive(gone, "2")
    key, kept = credential(ends), credential(stays)
    AccessToken.objects.create(client=key, digest="d", timestamp="t", expires_at=timezone.now() + DAY)
    earlier = make_tenant(merged_into=ends)
    change = ask_to_merge(ends, stays)
    agree(change)
    result = approve(change).result
    assert result == {
        "enterprises": 2,
        "entitlements": 2,
        "uses": 17,
        "received": 2,
        "orders": 2,
        "credentials": 1,
    }
    for row in (ends, earlier, received, ancient, key, kept, bought, old, gone):
        row.refresh_from_db()
    assert (ends.merged_into, earlier.merged_into) == (stays, stays)
    assert {heir(each).tenant for each in (one, two, there)} == {stays}
    assert (received.tenant, received.taxpayer, ancient.tenant, ancient.taxpayer) == (stays, heir(one), stays, gone)
    assert (key.blocked_at is not None, kept.blocked_at) == (True, None)
    assert not AccessToken.objects.live(at=timezone.now()).exists()
    assert (bought.order.tenant, bought.order.account) == (stays, stays.account)


def test_what_would_move_is_what_moves():
    ends, stays = make_tenant(), make_tenant()
    taxpayer = make_taxpayer(ends)
    entitle(taxpayer, 10)
    receive(taxpayer, "1")
    change = ask_to_merge(ends, stays)
    plan = plan_of(change=change, at=timezone.now())
    agree(change)
    result = approve(change).result
    found = (len(plan.taxpayers), len(plan.entitlements), plan.uses, plan.received, plan.orders)
    assert found == tuple(result[name] for name in ("enterprises", "entitlements", "uses", "received", "orders"))


@pytest.mark.rule("I7.4")
def test_invoices_under_way_anywhere_in_the_tenant_block_a_merger():
    ends = make_tenant()
    entitle(make_taxpayer(ends))
    under_way(make_taxpayer(ends), "DD-7")
    with pytest.raises(UnderWay, match="DD-7"):
        ask_to_merge(ends, make_tenant())


def test_one_open_merger_of_a_tenant_and_none_into_itself_or_of_strangers():
    ends, stays = make_tenant(), make_tenant()
    ask_to_merge(ends, stays)
    with pytest.raises(AlreadyAsked):
        ask_to_merge(ends, make_tenant())
    with pytest.raises(InputError):
        ask_to_merge(stays, stays)
    with pytest.raises(InputError) as foreign:
        ask_to_merge(make_tenant(), stays, by=make_account())
    with pytest.raises(InputError) as unknown:
        ask_to_move(make_taxpayer(), Tenant(number="T-NONE", account=stays.account))
    assert (foreign.value.field, unknown.value.field) == ("tenant", "to_tenant")


def test_a_tenant_that_was_merged_meanwhile_takes_nothing_in():
    account = make_account()
    taxpayer, to, into = make_taxpayer(make_tenant(account)), make_tenant(account), make_tenant(account)
    change = ask_to_move(taxpayer, to)
    approve(ask_to_merge(to, into))
    with pytest.raises(Outdated):
        approve(change)


def test_who_asked_withdraws_and_nobody_else():
    change = ask_to_move(make_taxpayer(), make_tenant())
    with pytest.raises((NotFound, NotAllowed)):
        withdraw_change(actor=mover(change.other_account), change_id=change.pk)
    assert withdraw_change(actor=acting(change.account), change_id=change.pk).state == "withdrawn"


@pytest.mark.rule("I7.4")
@pytest.mark.parametrize("where", ["_continue", "_hand_over", "_close"])
def test_a_kill_in_the_middle_leaves_nothing(monkeypatch, where):
    ends, stays = make_tenant(), make_tenant()
    taxpayer = make_taxpayer(ends)
    entitlement, received = entitle(taxpayer, 10), receive(taxpayer, "1")
    change = ask_to_merge(ends, stays)
    agree(change)
    whole = getattr(moving, where)

    def die(*args, **more):
        whole(*args, **more)
        raise SystemExit

    monkeypatch.setattr(moving, where, die)
    with pytest.raises(SystemExit):
        approve(change)
    for row in (taxpayer, entitlement, received, ends):
        row.refresh_from_db()
    assert (taxpayer.released_at, entitlement.ended_at, received.tenant, ends.merged_into) == (None, None, ends, None)
    assert (fresh(change).state, Entitlement.objects.count()) == ("in_review", 1)
    monkeypatch.undo()
    assert approve(change).state == "done"


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I7.4")
def test_two_who_approve_at_once_move_it_once():
    taxpayer = make_taxpayer()
    entitle(taxpayer, 10)
    change = ask(taxpayer)
    people = [staff(), staff(), staff(), staff()]
    outcomes = race(4, lambda number: approve(change, actor=people[number]))
    assert len([one for one in outcomes if isinstance(one, MoveRefused)]) == 3
    assert Entitlement.objects.filter(continues__isnull=False).count() == 1
    assert Event.objects.filter(kind="change_request.done").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I7.1", "I7.4")
def test_business_systems_that_call_while_it_moves_lose_and_gain_nothing():
    taxpayer = make_taxpayer()
    entitle(taxpayer, 50)
    change = ask(taxpayer)
    outcomes = race(12, lambda number: approve(change) if number == 5 else use(taxpayer, f"S{number}"))
    used = [one for one in outcomes if not isinstance(one, Exception)]
    refused = [one for one in outcomes if isinstance(one, Exception)]
    assert all(isinstance(one, NotBound) for one in refused)
    assert fresh(change).state == "done"
    assert isinstance(outcomes[5], ChangeRequest)
    living = Entitlement.objects.get(ended_at=None)
    assert living.left == 50 - (len(used) - 1)


@pytest.mark.rule("I7.4")
def test_what_was_issued_before_stays_with_its_tenant_and_is_found_from_the_new_one():
    ends, stays, other = make_tenant(), make_tenant(), make_tenant()
    merged, moved, apart = make_taxpayer(ends), make_taxpayer(other), make_taxpayer(other)
    old, along, foreign = (
        make_invoice(tenant=one.tenant, face=make_face(seller=Party(one.name, one.tax_number)))
        for one in (merged, moved, apart)
    )
    for change in (ask_to_merge(ends, stays), ask_to_move(moved, stays)):
        agree(change)
        approve(change)
    found = set(Invoice.objects.of_tenants(Tenant.objects.filter(pk=stays.pk)))
    assert found == {old, along}
    assert set(Invoice.objects.of_tenants(Tenant.objects.filter(pk=other.pk))) == {along, foreign}
    assert Invoice.objects.get(pk=old.pk).tenant == ends
    assert seen_invoice(stays.account, along.pk).invoice == along
    with pytest.raises(NotFound):
        seen_invoice(stays.account, foreign.pk)
