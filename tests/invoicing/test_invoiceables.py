"""What can be invoiced, collected out of finance."""

import pytest

from config.jobs import run_due
from invoicing.models import CollectedStatement, Invoiceable
from invoicing.services.invoiceables import collect
from tests.factories import make_account
from tests.finance.billing import JULY, JUNE, LATER, confirmed, lend, make_line, make_refund
from tests.finance.bills import make_product
from tests.finance.buying import DAY, NOON, buy, give_back, prepaid, voucher
from tests.finance.funds import D, top_up
from tests.invoicing.requesting import open_items, spent
from tests.racing import race

pytestmark = pytest.mark.django_db


def amounts(account):
    return sorted(Invoiceable.objects.filter(payer=account).values_list("amount", flat=True))


def test_usage_of_a_settled_statement_is_summed_by_account_and_product(member):
    product = make_product()
    other = make_account()
    top_up(member, "100.00")
    for amount, owner in (("10.00", member), ("20.00", member), ("5.00", other)):
        make_line(member, amount, owner=owner, product=product)
    make_line(member, "7.00")
    assert collect(payer=member) == 0  # nobody has settled it
    confirmed(member)
    assert collect(payer=member) == 3
    assert amounts(member) == [D("5.00"), D("7.00"), D("30.00")]
    row = Invoiceable.objects.get(owner=other)
    assert (row.payer, row.month, row.order) == (member, JUNE.date().replace(day=1), None)


def test_running_twice_adds_nothing(member):
    open_items(member, "10.00", "20.00")
    assert collect(payer=member) == 0
    assert amounts(member) == [D("10.00"), D("20.00")]


def test_what_vouchers_paid_cannot_be_invoiced(member):
    voucher(member, "15.00")
    spent(member, "10.00", "20.00")
    collect(payer=member)
    assert sum(amounts(member)) == D("15.00")


def test_what_is_owed_waits_for_its_statement_to_be_settled(member):
    lend(member, "100.00")
    make_line(member, "40.00")
    confirmed(member)
    assert collect(payer=member) == 0


def test_a_correction_of_the_month_lowers_it_and_nothing_left_is_nothing(member):
    spent(member, "10.00", at=JULY)
    top_up(member, "10.00")
    make_line(member, "10.00")
    make_refund(member, "4.00")
    confirmed(member)
    collect(payer=member)
    assert amounts(member) == [D("-4.00"), D("10.00"), D("10.00")]
    voucher(other := make_account(), "9.00")
    make_line(other, "9.00")
    confirmed(other)
    assert collect(payer=other) == 0
    assert CollectedStatement.objects.filter(statement__account=other).exists()


def test_an_order_paid_in_cash_can_be_invoiced_at_once_one_on_credit_when_settled(member):
    top_up(member, "100.00")
    buy(member, prepaid("60"))
    assert collect(payer=member) == 1
    other = make_account()
    lend(other, "100.00")
    buy(other, prepaid("60"))
    assert collect(payer=other) == 0
    assert [one.order_id is not None for one in Invoiceable.objects.all()] == [True]


def test_an_order_that_is_given_back_leaves_an_amount_below_zero(member):
    top_up(member, "100.00")
    order = buy(member, prepaid("90"))
    give_back(order, at=NOON + DAY)
    assert collect(payer=member) == 2
    low, high = amounts(member)
    assert (high, low < 0) == (D("90.00"), True)


def test_what_gives_back_an_invoiced_order_does_not_wait_for_its_statement(member):
    top_up(member, "100.00")
    order = buy(member, prepaid("90"))
    collect(payer=member)
    lend(member, "50.00")
    make_line(member, "40.00", NOON)  # ten of it on credit, more arrears
    refund = give_back(order, at=NOON + DAY)
    line = refund.lines.get()
    assert line.credit < 0
    assert collect(payer=member) == 1


@pytest.mark.rule("A2.7")
def test_what_a_manager_pays_for_a_member_is_the_managers(manager, member):
    spent(manager, "30.00", owner=member)
    assert collect(payer=member) == 0
    assert collect(payer=manager) == 1
    assert Invoiceable.objects.get().owner == member


def test_the_events_of_finance_collect_by_themselves(member):
    spent(member, "30.00")
    top_up(member, "60.00")
    buy(member, prepaid("60"))
    run_due()
    assert amounts(member) == [D("30.00"), D("60.00")]


def test_the_number_of_queries_does_not_grow(member, django_assert_num_queries):
    counts = []
    for size in (1, 12):
        for _ in range(size):
            top_up(member, "60.00")
            buy(member, prepaid("60"))
        with django_assert_num_queries(5):  # a savepoint around usage, orders, orders that follow them
            counts.append(collect(payer=member))
    assert counts == [1, 12]


@pytest.mark.django_db(transaction=True)
def test_many_at_once_collect_once():
    account = make_account()
    spent(account, "10.00", "20.00", "30.00")
    results = race(6, lambda _n: collect(payer=account, now=LATER))
    assert [repr(one) for one in results if isinstance(one, Exception)] == []
    assert (sum(results), len(amounts(account))) == (3, 3)
