"""A correction or a return gives back what was taken, to where it came from, and once."""

import pytest
from django.db.models import Sum

from finance.models import BillLine, Statement, Voucher
from finance.services.disputes import GivenBack, disputable_of
from tests.finance.billing_runs import DAY, NOON, parts, run
from tests.finance.bills import make_product, use
from tests.finance.buying import NOON as MARCH
from tests.finance.buying import buy, give_back, make_pair, pay, prepaid, resize
from tests.finance.disputing import accept, doubt, refuse
from tests.finance.funds import D, allot, books_sum, funds, recall, top_up
from tests.finance.test_billing_late import late

pytestmark = pytest.mark.django_db


def test_a_correction_gives_back_money_first_and_what_vouchers_paid_to_them(manager):
    product = make_product()
    top_up(manager, "100.00")
    since = {"valid_from": NOON - DAY, "valid_until": NOON + 2 * DAY}
    voucher = Voucher.objects.create(account=manager, face=D("6.00"), balance=D("6.00"), **since)
    use(manager, product, NOON, "10")
    run()
    for quantity, left, back in (("-7", "3.00", (-7, -3, -4, 0, 0)), ("-3", "6.00", (-3, -3, 0, 0, 0))):
        late(manager, product, NOON, quantity)
        run()
        voucher.refresh_from_db()
        assert parts(BillLine.objects.first()) == back
        assert (funds(manager).cash, voucher.balance) == (100, D(left))
    assert voucher.uses.aggregate(sum=Sum("amount"))["sum"] == 0
    assert Statement.objects.aggregate(sum=Sum("voucher"))["sum"] == 0


def issued() -> BillLine:
    """The only line, in a month that waits to be confirmed."""
    statement = Statement.objects.get()
    statement.issue(at=NOON, due_on=NOON.date())
    statement.save(update_fields=["state", "issued_at", "due_on"])
    return BillLine.objects.get()


@pytest.fixture
def line(manager):
    """Ten yuan of usage that nothing was there to pay with."""
    use(manager, make_product(), NOON, "10")
    run()
    return issued()


def test_a_dispute_and_a_correction_together_give_back_no_more_than_was_taken(line, manager):
    accept(doubt(line, "8.00"))
    late(manager, line.product, NOON, "-9")
    run()
    assert (funds(manager).cash, funds(manager).arrears) == (0, 0)
    assert BillLine.objects.aggregate(sum=Sum("payable"))["sum"] == 0
    assert (run().lines, books_sum()) == (0, 0)


def test_what_a_correction_gave_back_is_not_credited_by_a_dispute(line, manager):
    dispute = doubt(line, "8.00")
    late(manager, line.product, NOON, "-9")
    run()
    assert disputable_of(line=line) == 1
    with pytest.raises(GivenBack):
        accept(dispute)
    assert (refuse(dispute).state, funds(manager).arrears) == ("refused", 1)


def test_a_dispute_and_a_return_together_give_back_no_more_than_was_paid(manager):
    top_up(manager, "100.00")
    bought = buy(manager, prepaid("100"), at=MARCH)
    line = issued()
    accept(doubt(line, "60.00"))
    assert (give_back(bought, at=MARCH).payable, funds(manager).cash) == (-40, 100)
    assert disputable_of(line=line) == 0


@pytest.mark.rule("K10.8")
def test_what_a_managers_cash_paid_is_given_back_to_it_and_not_as_own_cash():
    linked = make_pair()
    member = linked.member
    top_up(linked.manager, "1000.00")
    top_up(member, "10.00")
    allot(linked, "400.00")
    bought = buy(member, prepaid("100"), "4", at=MARCH)
    assert (funds(member).cash, funds(member).allotted) == (0, 10)
    pay(resize(bought.resource, "2", at=MARCH))
    assert (funds(member).cash, funds(member).allotted) == (0, 210)
    give_back(bought, at=MARCH)
    assert (funds(member).cash, funds(member).allotted) == (10, 400)
    recall(linked, "400.00")
    assert books_sum() == 0
