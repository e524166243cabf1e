"""Many charges on one payer at once, over real connections: none waits for another, and the limit holds."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from threading import Event

import pytest
from django.db import OperationalError, connection, transaction

from config.errors import DomainError
from finance.models import BillLine, StatementPart
from finance.services.charging import open_statement
from finance.services.credit import grant_credit, revoke_credit
from finance.services.credit_repayment import repay_credit
from finance.services.drawing import AccountShort
from finance.services.ledger import platform_book
from finance.services.statement_parts import count_in_all
from finance.services.statements import issue_statements
from finance.services.stripes import join_credit, stripe_credit
from finance.verification import verify
from tests.finance.billing import JUNE, LATER, lend, statement_of
from tests.finance.bills import make_product
from tests.finance.funds import D, funds, mover, staff, top_up
from tests.finance.striping import check_all, pay_for, striped
from tests.racing import race, wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 16


@contextmanager
def under_way(act):
    """Inside, another connection has done this and not ended its transaction yet; afterwards it has."""
    done, go = Event(), Event()

    def hold():
        try:
            with transaction.atomic():
                act()
                done.set()
                assert go.wait(30)
        finally:
            done.set()
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        held = pool.submit(hold)
        try:
            assert done.wait(30)
            yield
        finally:
            go.set()
            held.result(30)


@contextmanager
def impatient():
    """Inside, whoever would wait for a lock fails instead."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '50ms'")
        try:
            yield
        finally:
            cursor.execute("RESET lock_timeout")


def test_a_charge_does_not_wait_for_another_on_the_same_payer(manager, member, monkeypatch):
    monkeypatch.setattr("finance.services.stripes.STRIPES", 2)  # or they would hardly meet
    striped(manager, "64.00")
    pay_for(member, manager, "0.10")
    revenue = {platform_book(kind="revenue", near=name).stripe: name for name in map(str, range(40))}
    held, *others = revenue.values()
    with under_way(lambda: pay_for(member, manager, "0.10", instance=held)), impatient():
        for name in others[:5]:
            pay_for(member, manager, "0.10", instance=name)
        assert StatementPart.objects.exists()  # the statement is held by the one under way
    assert statement_of(manager).credit < D("0.70")
    count_in_all()
    assert statement_of(manager).credit == D("0.70")
    check_all(manager, "64.00")


def test_without_stripes_it_waits(manager, member):
    lend(manager, "64.00")
    pay_for(member, manager, "0.10")
    with (
        under_way(lambda: pay_for(member, manager, "0.10")),
        impatient(),
        pytest.raises(OperationalError, match="lock timeout"),
    ):
        pay_for(member, manager, "0.10")


def test_a_month_is_issued_with_the_charge_that_is_under_way(manager, member):
    striped(manager, "64.00")
    pay_for(member, manager, "0.50")
    with ThreadPoolExecutor(1) as pool:
        with ExitStack() as late:
            with under_way(lambda: open_statement(account=manager, at=JUNE)):  # so that it leaves a part
                late.enter_context(under_way(lambda: pay_for(member, manager, "0.60")))
            issuing = pool.submit(lambda: (issue_statements(now=LATER), connection.close()))
            wait_until_blocked()
        issuing.result(30)
    statement = statement_of(manager)
    assert (statement.state, statement.credit, statement.lines) == ("to_confirm", D("1.10"), 2)
    line = pay_for(member, manager, "4.00")
    assert line.statement.month > statement.month
    check_all(manager, "64.00")


def test_a_charge_waits_for_nobody_who_holds_the_draft(manager, member):
    striped(manager, "64.00")
    pay_for(member, manager, "1.00")
    with under_way(lambda: open_statement(account=manager, at=JUNE)), impatient():
        pay_for(member, manager, "0.50")
    assert (statement_of(manager).credit, StatementPart.objects.get().credit) == (1, D("0.50"))
    check_all(manager, "64.00")


@pytest.mark.parametrize("limit", ["60.00", "0.50", "1000.00"])
def test_many_charges_at_once_use_the_limit_up_and_never_more(manager, member, limit):
    striped(manager, limit)
    product = make_product()

    def act(number):
        chance, paid, refused = random.Random(number), D(0), 0
        for _ in range(12):
            amount = D(chance.choice([1, 7, 30, 111, 999])) / 100
            try:
                paid += pay_for(member, manager, str(amount), product=product).credit
            except AccountShort:
                refused += 1
        return paid, refused

    results = race(WORKERS, act)
    assert [repr(one) for one in results if isinstance(one, Exception)] == []
    paid = sum(one for one, _refused in results)
    assert funds(manager).credit_used == paid <= D(limit)
    if any(refused for _paid, refused in results):
        assert D(limit) - paid < D("9.99")
    check_all(manager, limit)
    assert list(verify()) == []


def test_charges_among_all_else_that_concerns_the_credit(manager, member):
    striped(manager, "40.00")
    top_up(manager, "500.00")
    product, boss, own = make_product(), staff(), mover(manager)

    def charge(number, turn):
        pay_for(member, manager, str(D((number + turn) % 5 + 1) / 4), product=product)

    def repay(number, turn):
        repay_credit(actor=own, account=manager, amount=D("1.50"), key=f"{number}-{turn}", now=LATER)

    def limit(_number, _turn):
        line = grant_credit(actor=boss, account=manager, limit=D("20.00"), now=JUNE)
        revoke_credit(actor=boss, line_id=line.pk)

    def switch(number, _turn):
        (join_credit if number % 2 else stripe_credit)(actor=boss, account=manager)

    def issue(_number, _turn):
        issue_statements(now=LATER)

    acts = [charge, charge, charge, charge, repay, limit, switch, issue]

    def act(number):
        for turn in range(6):
            with suppress(DomainError):
                acts[(number + turn) % len(acts)](number, turn)

    results = race(WORKERS, act)
    assert [repr(one) for one in results if isinstance(one, Exception)] == []
    assert BillLine.objects.count() > WORKERS
    assert funds(manager).credit_used <= 60
    check_all(manager, "60.00")
    assert list(verify()) == []
