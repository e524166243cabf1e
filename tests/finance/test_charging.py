"""Billing one thing: out of which money it is paid, and what the statement and the ledger say afterwards."""

from datetime import timedelta

import pytest
from django.utils import timezone

from finance.models import BillLine, CreditLine, Entry, Product, Statement, Trust, Voucher
from finance.services.charging import Draft, charge, give_back, open_statement
from finance.services.credit import allot_credit, grant_credit
from finance.services.drawing import AccountShort
from tests.factories import make_relationship
from tests.finance.bills import make_product
from tests.finance.funds import D, allot, books_sum, fresh_key, funds, mover, staff, top_up

pytestmark = pytest.mark.django_db


def draft(owner, amount, product: Product | None = None, **more) -> Draft:
    now = timezone.now()
    times = {"cycle_start": now, "cycle_end": now + timedelta(hours=1)}
    return Draft(
        owner=owner,
        product=product or make_product(),
        category=more.pop("category", BillLine.Category.NEW),
        instance=fresh_key(),
        quantity=D(1),
        gross=D(amount),
        **times | more,
    )


def bill(owner, amount, payer=None, **more) -> BillLine:
    options = {name: more.pop(name) for name in ("trust", "may_owe") if name in more}
    return charge(
        draft=draft(owner, amount, **more), payer=payer or owner, key=fresh_key(), now=timezone.now(), **options
    )


def voucher(account, face, **more) -> Voucher:
    end = more.pop("valid_until", timezone.now() + timedelta(days=30))
    return Voucher.objects.create(account=account, face=D(face), balance=D(face), valid_until=end, **more)


def parts(line: BillLine) -> tuple[str, ...]:
    return tuple(str(one) for one in (line.payable, line.voucher, line.cash, line.credit, line.outstanding))


def test_vouchers_pay_before_cash_and_cash_before_credit(manager):
    top_up(manager, "50.00")
    grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    voucher(manager, "30.00")
    assert parts(bill(manager, "120.00")) == ("120.00", "30.00", "50.00", "40.00", "0.00")
    assert (funds(manager).balance, funds(manager).credit_used) == (D("0.00"), D("40.00"))
    assert books_sum() == 0


def test_narrow_vouchers_pay_first_then_those_that_end_first(manager):
    top_up(manager, "100.00")
    product = make_product()
    late = voucher(manager, "10.00", valid_until=timezone.now() + timedelta(days=60))
    soon, narrow = voucher(manager, "10.00"), voucher(manager, "10.00", product=product)
    voucher(manager, "10.00", valid_until=timezone.now() - timedelta(days=1), valid_from=timezone.now() - timedelta(2))
    voucher(manager, "10.00", product=make_product())
    voucher(manager, "10.00", least=D("500.00"))
    assert bill(manager, "25.00", product=product).voucher == D("25.00")
    left = dict(Voucher.objects.values_list("pk", "balance"))
    assert [left[one.pk] for one in (narrow, soon, late)] == [D("0.00"), D("0.00"), D("5.00")]


def test_what_is_missing_is_refused_with_the_figures_or_becomes_arrears(manager):
    top_up(manager, "40.00")
    given = voucher(manager, "10.00")
    with pytest.raises(AccountShort) as refused:
        bill(manager, "60.00")
    assert refused.value.facts == {"available": D("40.00"), "amount": D("50.00")}
    assert (BillLine.objects.count(), funds(manager).cash) == (0, D("40.00"))
    given.refresh_from_db()
    assert given.balance == D("10.00")
    assert parts(bill(manager, "60.00", may_owe=True)) == ("60.00", "10.00", "40.00", "0.00", "10.00")
    assert (funds(manager).arrears, funds(manager).available) == (D("10.00"), D("-10.00"))
    assert books_sum() == 0


@pytest.mark.rule("A2.17")
def test_a_trusteed_charge_is_paid_by_the_managers_credit_alone(manager, member):
    top_up(manager, "500.00")
    grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    trust = Trust(manager=manager, member=member)
    assert parts(bill(member, "60.00", manager, trust=trust)) == ("60.00", "0.00", "0.00", "60.00", "0.00")
    with pytest.raises(AccountShort):
        bill(member, "60.00", manager, trust=trust)
    assert funds(manager).cash == D("500.00")
    assert parts(bill(member, "60.00", manager, trust=Trust(from_cash=True))) == (
        "60.00",
        "0.00",
        "60.00",
        "0.00",
        "0.00",
    )


@pytest.mark.rule("A2.16", "A4.6")
def test_under_trusteeship_only_general_vouchers_of_a_willing_manager_pay(manager, member):
    grant_credit(actor=staff(), account=manager, limit=D("100.00"))
    product = make_product()
    own, narrow = voucher(member, "50.00"), voucher(manager, "50.00", product=product)
    general = voucher(manager, "5.00")
    assert bill(member, "10.00", manager, product=product, trust=Trust()).voucher == 0
    assert bill(member, "10.00", manager, product=product, trust=Trust(shares_vouchers=True)).voucher == D("5.00")
    left = dict(Voucher.objects.values_list("pk", "balance"))
    assert (left[own.pk], left[narrow.pk], left[general.pk]) == (D("50.00"), D("50.00"), D("0.00"))


def test_a_refund_pays_arrears_then_credit_then_is_cash(manager):
    grant_credit(actor=staff(), account=manager, limit=D("20.00"))
    bill(manager, "50.00", may_owe=True)
    line = give_back(
        draft=draft(manager, "-70.00", category=BillLine.Category.REFUND),
        payer=manager,
        key=fresh_key(),
        now=timezone.now(),
    )
    assert parts(line) == ("-70.00", "0.00", "-20.00", "-20.00", "-30.00")
    assert (funds(manager).cash, funds(manager).credit_used, funds(manager).arrears) == (D("20.00"), 0, 0)
    statement = Statement.objects.get()
    assert (statement.payable, statement.due, statement.lines) == (D("-20.00"), D("0.00"), 2)
    assert books_sum() == 0


def test_each_line_adds_to_the_draft_of_its_month_or_the_next_open_one(manager):
    top_up(manager, "100.00")
    first = bill(manager, "10.00").statement
    assert (first.state, bill(manager, "5.50").statement_id) == ("draft", first.pk)
    first = Statement.objects.get()
    assert (first.lines, first.payable, first.cash) == (2, D("15.50"), D("15.50"))
    first.issue(at=timezone.now(), due_on=timezone.localdate())
    first.save(update_fields=["state", "issued_at", "due_on"])
    later = open_statement(account=manager, at=timezone.now())
    assert later.month > first.month
    assert bill(manager, "1.00").statement_id == later.pk


def test_the_price_is_rounded_half_up_once(manager):
    top_up(manager, "100.00")
    line = bill(manager, "10.005", discount=D("1.00"), coupon=D("2.00"))
    line.refresh_from_db()
    assert (line.payable, line.rounding) == (D("7.01"), D("-0.005"))


def test_allotted_money_and_credit_pay_too(manager, member):
    link = make_relationship(manager, member)
    top_up(manager, "100.00")
    allot(link, "30.00")
    grant_credit(actor=staff(), account=manager, limit=D("50.00"))
    allot_credit(actor=mover(manager), relationship_id=link.pk, amount=D("15.00"))
    top_up(member, "5.00")
    assert parts(bill(member, "50.00")) == ("50.00", "0.00", "35.00", "15.00", "0.00")


def test_credit_past_its_end_pays_nothing(manager):
    grant_credit(actor=staff(), account=manager, limit=D("50.00"))
    CreditLine.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(AccountShort):
        bill(manager, "1.00")


def test_a_free_line_moves_nothing(manager):
    assert bill(manager, "0.00").transfer_id is None
    assert not Entry.objects.exists()
