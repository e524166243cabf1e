"""Credit in stripes: the same limit, the same sums, and the same answers as in one book."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Event
from config.errors import NotAllowed, NotFound
from finance.models import Statement, StatementPart, StripedCredit
from finance.money import FEN
from finance.services.credit import allot_credit, grant_credit, recall_credit, revoke_credit
from finance.services.credit_repayment import repay_credit
from finance.services.drawing import AccountShort
from finance.services.means import means_of
from finance.services.repayment import repay_statement
from finance.services.stripes import join_credit, stripe_credit
from finance.stripes import CHARGES, STRIPES, floors_of, pieces_for
from finance.verification import verify
from tests.factories import acting, make_relationship
from tests.finance.billing import JUNE, LATER, confirmed, issued, lend, make_line, make_refund, statement_of
from tests.finance.funds import D, fresh_key, funds, mover, staff, top_up
from tests.finance.pages import at, shows
from tests.finance.striping import check_all, pay_for, striped, stripes_of
from tests.staff import make_staff, staff_browser

yuan = st.integers(0, 10**9).map(lambda fen: fen * FEN)


@settings(deadline=None)
@given(st.lists(yuan.map(lambda used: -used), min_size=1, max_size=STRIPES), yuan, st.integers(1, STRIPES))
def test_floors_together_are_minus_the_limit_or_what_is_in_use(balances, limit, pieces):
    floors = floors_of(balances, limit=limit, pieces=min(pieces, len(balances)))
    assert all(floor <= balance <= 0 for floor, balance in zip(floors, balances, strict=True))
    assert -sum(floors) == max(limit, -sum(balances))
    shares = [balance - floor for floor, balance in zip(floors, balances, strict=True)][:pieces]
    assert max(shares) - min(shares) <= FEN


def test_shares_hold_several_charges():
    assert pieces_for(D(1), left=D(10**6), most=STRIPES) == STRIPES
    assert pieces_for(D(1), left=D(10 * CHARGES), most=STRIPES) == 10
    assert pieces_for(D(100), left=D(1), most=STRIPES) == 1
    assert pieces_for(D(0), left=D(1), most=STRIPES) == STRIPES


@pytest.mark.django_db
def test_only_staff_lay_credit_in_stripes_once_and_join_it_again(manager):
    lend(manager, "100.00")
    for service in (stripe_credit, join_credit):
        with pytest.raises(NotAllowed):
            service(actor=acting(manager), account=manager)
    assert len(stripes_of(manager)) == 1
    row = stripe_credit(actor=staff(), account=manager)
    assert stripe_credit(actor=staff(), account=manager) == row
    assert len(stripes_of(manager)) == STRIPES
    join_credit(actor=staff(), account=manager)
    with pytest.raises(NotFound):
        join_credit(actor=staff(), account=manager)
    stripe_credit(actor=staff(), account=manager)
    assert StripedCredit.objects.filter(account=manager).count() == 2
    assert Event.objects.filter(kind__in=["credit.striped", "credit.joined"], account=manager).count() == 3


@pytest.mark.django_db
def test_staff_switch_it_on_and_off_on_their_pages(manager, cheap_hashes):
    lend(manager, "500.00")
    rights = ("view_stripedcredit", "add_stripedcredit", "change_stripedcredit")
    client, url = staff_browser(make_staff(*rights, username="keeper")), reverse("admin:finance_stripedcredit_add")
    assert staff_browser(make_staff("view_stripedcredit")).get(url).status_code == 403
    assert client.post(url, {"number": "1"}).status_code == 200
    for _ in range(2):
        assert client.post(url, {"number": manager.number}).status_code == 302
    row = StripedCredit.objects.get()
    assert (row.account, row.striped_by.username, row.joined_at) == (manager, "keeper", None)
    assert client.post(reverse("admin:finance_stripedcredit_press", args=[row.pk, "join"])).status_code == 302
    row.refresh_from_db()
    assert row.joined_at is not None
    assert funds(manager).credit_limit == 500


@pytest.mark.rule("K1.4")
@pytest.mark.django_db
def test_the_limit_is_the_same_in_stripes_and_out_of_them(manager, member):
    striped(manager, "100.00")
    assert (funds(manager).credit_limit, funds(manager).credit_used) == (100, 0)
    assert means_of(account=manager, at=JUNE).available == 100
    pay_for(member, manager, "0.07")
    pay_for(member, manager, "60.00")
    assert (funds(manager).credit_limit, funds(manager).credit_used) == (100, D("60.07"))
    join_credit(actor=staff(), account=manager)
    assert (funds(manager).credit_limit, funds(manager).credit_used) == (100, D("60.07"))
    assert [book.balance == book.floor for book in stripes_of(manager)] == [False] + [True] * (STRIPES - 1)
    pay_for(member, manager, "39.93")
    with pytest.raises(AccountShort):
        pay_for(member, manager, "0.01")
    check_all(manager, "100.00")
    assert list(verify()) == []


@pytest.mark.django_db
@pytest.mark.parametrize("amounts", [["0.01"] * 30, ["0.29", "0.01"], ["0.17", "0.05", "0.08"], ["0.30"]])
def test_the_last_fen_is_reached_and_none_after_it(manager, member, amounts):
    striped(manager, "0.30")
    for amount in amounts:
        pay_for(member, manager, amount)
    assert funds(manager).credit_used == D("0.30")
    with pytest.raises(AccountShort) as refused:
        pay_for(member, manager, "0.01")
    assert refused.value.facts == {"available": D("0.00"), "amount": D("0.01")}
    line = pay_for(member, manager, "0.01", may_owe=True)
    assert line.outstanding == D("0.01")
    check_all(manager, "0.30")


@pytest.mark.django_db
def test_a_charge_that_no_stripe_can_pay_shares_out_anew(manager, member):
    striped(manager, "64.00")
    pay_for(member, manager, "2.00")
    left = [book.balance - book.floor for book in stripes_of(manager) if book.balance > book.floor]
    assert (len(left), sum(left)) == (62 // (2 * CHARGES), 62)


@pytest.mark.django_db
def test_a_line_that_ended_is_not_drawn_on(manager, member):
    lend(manager, "10.00")
    grant_credit(actor=staff(), account=manager, limit=D("90.00"), expires_at=LATER, now=JUNE - timedelta(days=1))
    stripe_credit(actor=staff(), account=manager, now=JUNE)
    pay_for(member, manager, "9.00")
    assert means_of(account=manager, at=LATER).available == 1
    with pytest.raises(AccountShort) as refused:
        pay_for(member, manager, "1.01", at=LATER)
    assert refused.value.facts["available"] == 1
    pay_for(member, manager, "1.00", at=LATER)
    check_all(manager, "100.00")


@pytest.mark.rule("K1.4", "A4.1")
@pytest.mark.django_db
def test_a_limit_that_changes_changes_for_all_stripes(manager, member):
    striped(manager, "100.00")
    link = make_relationship(manager, member)
    pay_for(member, manager, "30.00")
    allot_credit(actor=mover(manager), relationship_id=link.pk, amount=D("50.00"))
    assert means_of(account=manager, at=LATER).available == 20
    with pytest.raises(AccountShort):
        pay_for(member, manager, "20.01")
    recall_credit(actor=mover(manager), relationship_id=link.pk, amount=D("50.00"))
    pay_for(member, manager, "69.00")
    revoke_credit(actor=staff(), line_id=manager.credit_lines.get().pk)
    with pytest.raises(AccountShort):
        pay_for(member, manager, "0.01", at=LATER)
    assert funds(manager).credit_used == 99


@pytest.mark.rule("A2.17")
@pytest.mark.django_db
def test_what_stripes_owe_is_repaid_as_one_sum(manager, member):
    striped(manager, "64.00")
    for _ in range(5):
        pay_for(member, manager, "0.90")
    make_line(manager, "10.00")
    make_refund(manager, "1.50")
    assert sum(book.balance < 0 for book in stripes_of(manager)) > 1
    top_up(manager, "100.00")
    repay_credit(actor=mover(manager), account=manager, amount=D("3.00"), key=fresh_key(), now=JUNE)
    assert funds(manager).credit_used == 10
    statement = confirmed(manager)
    repay_statement(actor=mover(manager), statement_id=statement.pk, key=fresh_key(), now=LATER)
    assert (funds(manager).credit_used, funds(manager).credit_limit) == (0, 64)
    assert statement_of(manager).state == "settled"
    pay_for(member, manager, "64.00", at=LATER)
    check_all(manager, "64.00")
    assert list(verify()) == []


@pytest.mark.django_db
def test_a_draft_is_not_issued_while_something_waits_beside_it(manager, member):
    striped(manager, "64.00")
    pay_for(member, manager, "1.00")
    draft = statement_of(manager)
    sums = {"payable": D(2), "voucher": D(0), "cash": D(0), "credit": D(2), "outstanding": D(0)}
    StatementPart.objects.create(statement=draft, **sums)
    with pytest.raises(IntegrityError), transaction.atomic():
        Statement.objects.filter(pk=draft.pk).update(state="to_confirm", issued_at=LATER)
    with pytest.raises(IntegrityError), transaction.atomic():
        StatementPart.objects.create(statement=draft, **{**sums, "credit": D(1)})
    statement = issued(manager)
    assert (statement.state, statement.credit, statement.lines) == ("to_confirm", 3, 2)
    assert not StatementPart.objects.exists()


@pytest.mark.django_db
def test_an_account_without_stripes_has_one_book_and_no_parts(manager, member, monkeypatch):
    lend(manager, "100.00")
    monkeypatch.setattr("finance.services.charging.add_part", None)
    monkeypatch.setattr("finance.services.charging.take_stripe", None)
    pay_for(member, manager, "30.00")
    assert [(book.balance, book.floor) for book in stripes_of(manager)] == [(-30, -100)]
    assert statement_of(manager).credit == 30


@pytest.mark.django_db
def test_the_page_of_credit_in_stripes_tells_one_balance(browse, manager, member):
    striped(manager, "64.00")
    for amount in ("0.90", "0.80", "0.70"):
        pay_for(member, manager, amount)
    console = browse(manager)
    first, *others = stripes_of(manager)
    page = console.get(at("book-detail", first.pk))
    assert page.context["balance"] == D("-2.40")
    assert [entry.amount for entry in page.context["page"]] == [D("-0.70"), D("-0.80"), D("-0.90")]
    assert shows(
        page,
        "Every entry. Many charges draw on this credit at once, so only its balance as a whole is told."
        " What stands here can no longer be changed.",
    )
    assert [tab.current for tab in page.context["tabs"]] == [True]
    assert console.get(at("book-detail", others[0].pk)).context["balance"] == D("-2.40")
    assert console.get(at("book-detail", first.pk), {"at": "2099-01-01T00:00"}).context["balance_then"] == D("-2.40")
