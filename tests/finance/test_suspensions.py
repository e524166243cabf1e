"""Services stop and resume by the payer's available amount alone (A2.5), and the payer alone hears of it (A2.11)."""

from datetime import timedelta

import pytest

from accounts.models import Event, Message
from config.jobs import run_due
from finance.models import Book, Resource, Suspension
from finance.models.transfer import TransferKind
from finance.services.credit import grant_credit
from finance.services.ledger import Posting, book_for, post
from finance.services.means import means_of
from finance.services.suspensions import is_suspended, review_payers
from tests.factories import make_account, make_relationship, owner_of
from tests.finance.bills import make_product, use
from tests.finance.funds import D, fresh_key, staff, top_up
from tests.finance.limiting import DAY, MAY, bill, entrust
from tests.finance.paying import announce, confirm

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture
def hourly(db):
    return make_product(cycle="hour", grace_hours=2)


def pay_arrears(account):
    """What is unpaid is paid from cash, as repaying does."""
    cash, arrears = book_for(account=account, kind="cash"), Book.objects.get(account=account, kind="arrears")
    legs = {cash.pk: arrears.balance, arrears.pk: -arrears.balance}
    post(posting=Posting(TransferKind.SETTLEMENT, fresh_key(), legs))


def resource(owner, product, **more):
    times = {"starts_at": MAY - DAY, "ends_at": MAY + 300 * DAY}
    return Resource.objects.create(owner=owner, product=product, instance=fresh_key(), quantity=D(1), **times | more)


def states():
    return [(row.owner, row.product, row.state) for row in Suspension.objects.order_by("pk")]


def kinds():
    return list(Event.objects.filter(kind__startswith="service.").order_by("pk").values_list("kind", flat=True))


@pytest.mark.rule("A2.5")
def test_grace_then_stop_then_on_again_as_soon_as_everything_is_paid(manager, hourly):
    running = resource(manager, hourly)
    bill(manager, "10.00", product=hourly)
    assert review_payers(now=MAY) == 1
    row = Suspension.objects.get()
    assert (row.state, row.stops_at) == ("grace", MAY + 2 * HOUR)
    assert review_payers(now=MAY + HOUR) == 0
    assert review_payers(now=MAY + 2 * HOUR) == 1
    running.refresh_from_db()
    assert (states(), running.state) == ([(manager, hourly, "suspended")], "suspended")
    top_up(manager, "10.01")
    assert review_payers(now=MAY + 3 * HOUR) == 0  # the money is there, the bills are still unpaid
    pay_arrears(manager)
    assert review_payers(now=MAY + 3 * HOUR) == 1
    running.refresh_from_db()
    assert (states(), running.state) == ([(manager, hourly, "resumed")], "running")
    assert kinds() == ["service.grace", "service.suspended", "service.resumed"]


@pytest.mark.rule("A2.5")
def test_only_the_payers_means_count_for_a_trusteed_member(manager, member, hourly):
    entrust(make_relationship(manager, member))
    grant_credit(actor=staff(), account=manager, limit=D("10.00"))
    bill(member, "5.00", product=hourly, at=MAY - 31 * DAY)  # its own old debt
    bill(manager, "10.00", owner=member, product=hourly)
    assert review_payers(now=MAY) == 0  # nothing is unpaid at the payer, and the member's own debt does not matter
    bill(manager, "1.00", owner=member, product=hourly)
    review_payers(now=MAY)
    assert states() == [(member, hourly, "grace")]
    top_up(member, "1000.00")  # of no use here
    review_payers(now=MAY + 2 * HOUR)
    assert states() == [(member, hourly, "suspended")]


@pytest.mark.rule("A2.5")
def test_a_payer_in_arrears_stops_its_own_services_and_those_it_pays_for_and_no_others(manager, member, hourly):
    paid = make_relationship(manager, member)
    managed = make_relationship(manager, make_account())
    entrust(paid)
    daily = make_product(cycle="day", grace_hours=24)
    bill(manager, "1.00", product=daily)
    bill(manager, "1.00", owner=member, product=hourly)
    top_up(managed.member, "100.00")
    bill(managed.member, "1.00", product=hourly)
    review_payers(now=MAY)
    assert states() == [(manager, daily, "grace"), (member, hourly, "grace")]
    review_payers(now=MAY + 2 * HOUR)
    assert states() == [(manager, daily, "grace"), (member, hourly, "suspended")]


@pytest.mark.rule("A2.11")
def test_the_payer_hears_before_and_when_it_stops_and_the_member_hears_nothing(manager, member, hourly):
    entrust(make_relationship(manager, member))
    for _product in range(3):
        bill(manager, "1.00", owner=member, product=make_product(grace_hours=2))
    review_payers(now=MAY)
    review_payers(now=MAY + 2 * HOUR)
    run_due()
    heard = Message.objects.filter(user=owner_of(manager), event__kind__startswith="service.").order_by("pk")
    assert [message.event.kind for message in heard] == ["service.grace", "service.suspended"]
    assert not Message.objects.filter(user=owner_of(member), event__kind__startswith="service.").exists()
    assert [event.facts["count"] for event in Event.objects.filter(kind="service.grace")] == [3]


def test_deadlines_are_judged_on_read(manager, hourly):
    bill(manager, "10.00", product=hourly)
    review_payers(now=MAY)

    def stopped(at):
        return is_suspended(account=manager, product=hourly, at=at)

    assert [stopped(MAY + hours * HOUR) for hours in (0, 1, 2)] == [False, False, True]
    top_up(manager, "20.00")
    pay_arrears(manager)
    assert not stopped(MAY + 2 * HOUR)
    assert Suspension.objects.get().state == "grace"


def test_without_grace_it_stops_at_once_and_there_is_nothing_to_warn_of(manager):
    bill(manager, "10.00", product=make_product(grace_hours=0))
    review_payers(now=MAY)
    assert kinds() == ["service.suspended"]


def test_money_that_comes_in_pays_what_is_owed_and_resumes_without_waiting(manager, hourly):
    bill(manager, "10.00", product=hourly)
    review_payers(now=MAY)
    confirm(announce(manager, "50.00"))
    for _job in range(3):
        run_due()
    assert Suspension.objects.get().state == "resumed"
    assert means_of(account=manager, at=MAY).available == D("40.00")


def test_a_member_that_pays_for_itself_again_is_judged_by_its_own_means(manager, member, hourly):
    trust = entrust(make_relationship(manager, member))
    bill(manager, "1.00", owner=member, product=hourly)
    review_payers(now=MAY)
    trust.end(at=MAY + HOUR)
    trust.save(update_fields=["state", "ends_at"])
    assert review_payers(now=MAY + HOUR) == 1
    assert states() == [(member, hourly, "resumed")]


def test_what_is_not_used_any_more_and_what_was_paid_ahead_does_not_stop(manager):
    bill(manager, "1.00", product=make_product(cycle="day"), at=MAY - 4 * DAY)
    bill(manager, "1.00", product=make_product(pay_mode="prepaid"))
    assert review_payers(now=MAY) == 0


def test_a_long_cycle_that_is_not_billed_yet_counts_as_use(manager, hourly):
    monthly = make_product(cycle="month")
    use(manager, monthly, MAY - HOUR, "3")
    bill(manager, "1.00", product=hourly)
    review_payers(now=MAY)
    assert states() == [(manager, hourly, "grace"), (manager, monthly, "grace")]


def test_whoever_owes_nothing_costs_nothing(manager, member, hourly, django_assert_num_queries):
    for _payer in range(5):
        account = make_account()
        bill(account, "1.00", product=hourly)
    review_payers(now=MAY)
    with django_assert_num_queries(11):
        assert review_payers(now=MAY + HOUR) == 0
