"""The limit of a trusteeship's month: orders are refused above it, usage above it is the member's own to pay."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import Event
from finance.cycles import month_of
from finance.models import BillLine, LateUsage, TrustMonth
from finance.models.usage import SHARDS
from finance.services.caps import AboveCap
from finance.trust_rules import consequences
from tests.factories import make_account, owner_of
from tests.finance.billing_runs import DAY, HOUR, NOON, commit, lend, parts, run, trusteed
from tests.finance.bills import make_product, use
from tests.finance.buying import buy, discount, give_back, pay, prepaid, renew
from tests.finance.funds import D, books_sum, funds, top_up
from tests.finance.pages import at, money

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair():
    """A manager with 1,000.00 of credit; a member with 5.00 of cash, for whom it pays at most 10.00 a month."""
    manager = make_account()
    member = make_account(enterprise=manager.enterprise)
    lend(manager, "1000.00")
    top_up(member, "5.00")
    return trusteed(manager, member, NOON - 9 * DAY, cap=D("10.00"))


def browser(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner_of(account))
    return client


def spent(trust):
    return [(one.month.month, one.spent) for one in trust.months.order_by("month")]


def paid_by(account):
    return [parts(line) for line in BillLine.objects.filter(payer=account).order_by("cycle_start", "revision")]


def late(row):
    LateUsage.objects.create(
        owner_id=row.owner_id,
        product_id=row.product_id,
        instance=row.instance,
        cycle_start=row.cycle_start,
        cycle_end=row.cycle_end,
        shard=row.owner_id % SHARDS,
    )


def test_usage_counts_on_the_manager_up_to_the_limit_to_the_fen_and_then_on_the_member(pair):
    product = make_product(price="1")
    for hours in range(4):
        use(pair.member, product, NOON + hours * HOUR, "4")
    run(NOON + DAY)
    assert paid_by(pair.manager) == [(4, 0, 0, 4, 0), (4, 0, 0, 4, 0), (2, 0, 0, 2, 0)]
    assert paid_by(pair.member) == [(2, 0, 2, 0, 0), (4, 0, 3, 0, 1)]
    above = BillLine.objects.get(payer=pair.member, revision=1)
    assert (above.quantity, above.gross, above.instance) == (2, 2, "i-1")
    assert (spent(pair), funds(pair.member).cash, funds(pair.member).arrears) == ([(3, 10)], 0, 1)
    assert (funds(pair.manager).credit_used, books_sum()) == (10, 0)


def test_how_the_runs_are_cut_changes_nothing(pair):
    product = make_product(price="0.37")
    for hours in range(20):
        use(pair.member, product, NOON + hours * HOUR, "2.5")
    for hours in (3, 4, 17, 24):
        run(NOON + hours * HOUR)
    assert sum(line[0] for line in paid_by(pair.manager)) == 10
    assert sum(line[0] for line in paid_by(pair.member)) == 20 * D("0.93") - 10


def test_each_month_has_its_own_limit_and_usage_counts_in_the_month_in_which_it_happened(pair):
    product = make_product(price="1")
    use(pair.member, product, NOON, "12")
    run(NOON + DAY)
    april = NOON + 30 * DAY
    use(pair.member, product, april, "12")
    late(use(pair.member, product, NOON, "1"))
    run(april + DAY)
    assert spent(pair) == [(3, 10), (4, 10)]
    assert sum(line[0] for line in paid_by(pair.member)) == 5


def test_orders_and_usage_share_one_limit(pair):
    use(pair.member, make_product(price="1"), NOON, "7")
    run(NOON + DAY)
    with pytest.raises(AboveCap) as refused:
        buy(pair.member, prepaid("4"), at=NOON + DAY)
    assert refused.value.facts["spent"] == 7
    bought = buy(pair.member, prepaid("3"), at=NOON + DAY)
    use(pair.member, make_product(price="1"), NOON + DAY, "1")
    run(NOON + 2 * DAY)
    assert (spent(pair), paid_by(pair.member)) == ([(3, 10)], [(1, 0, 1, 0, 0)])
    give_back(bought, at=NOON + 2 * DAY)
    assert spent(pair)[0][1] < 10


def test_what_ran_ahead_counts_in_the_month_in_which_it_was_paid(pair):
    resource = buy(pair.member, prepaid("4"), at=NOON).resource
    pay(renew(resource, at=NOON), at=NOON)
    assert spent(pair) == [(3, 8)]
    assert buy(pair.member, prepaid("9"), at=NOON + 30 * DAY).state == "paid"


def test_what_is_used_less_goes_back_to_the_member_first_then_lowers_the_month(pair):
    product = make_product(price="1")
    use(pair.member, product, NOON, "12")
    run(NOON + DAY)
    late(use(pair.member, product, NOON, "-5"))
    run(NOON + 2 * DAY)
    back = BillLine.objects.filter(payable__lt=0).order_by("revision")
    assert [(line.payer, line.payable, line.quantity) for line in back] == [
        (pair.manager, -3, -3),
        (pair.member, -2, -2),
    ]
    assert (spent(pair), funds(pair.member).cash, funds(pair.manager).credit_used) == ([(3, 7)], 5, 7)
    late(use(pair.member, product, NOON, "4"))
    run(NOON + 3 * DAY)
    assert (spent(pair), funds(pair.member).cash) == ([(3, 10)], 4)


def test_what_a_commitment_covers_does_not_count_and_stays_with_the_manager(pair):
    product = make_product(price="1")
    commit(pair.manager, kind="reserved", product=product, shared=True)
    use(pair.member, product, NOON, "17")
    run(NOON + DAY)
    lines = BillLine.objects.order_by("revision").values_list("payer", "covered", "payable")
    assert list(lines) == [(pair.manager_id, 5, 10), (pair.member_id, 0, 2)]


def test_the_prices_of_both_parts_add_up_under_a_discount(pair):
    discount(pair.manager, "0.7")
    use(pair.member, make_product(price="0.333"), NOON, "77.7")
    run(NOON + DAY)
    whole = BillLine.objects.order_by("revision")
    assert [line.payable for line in whole] == [D("10.00"), D("8.11")]
    assert sum(line.gross for line in whole) == D("25.8741")
    assert all(abs(line.rounding) < D("0.01") for line in whole)


def test_a_manager_without_a_limit_pays_for_everything():
    manager = make_account()
    trust = trusteed(manager, make_account(enterprise=manager.enterprise), NOON - DAY)
    use(trust.member, make_product(price="100"), NOON, "17")
    run(NOON + DAY)
    assert paid_by(manager) == [(1700, 0, 0, 0, 1700)]
    assert not TrustMonth.objects.exists()


def test_both_sides_hear_once_a_month_that_the_limit_is_reached(pair):
    product = make_product(price="1")
    for hours in (0, 1, 30):
        use(pair.member, product, NOON + timedelta(hours=hours), "8")
        run(NOON + timedelta(hours=hours + 2))
    event = Event.objects.get(kind="trust.cap_reached")
    assert (event.account, event.counterpart) == (pair.manager, pair.member)
    assert event.facts == {"month": "2026-03", "amount": "10.00"}


def test_pages_say_what_happens_above_the_limit(pair, cheap_hashes):
    use(pair.member, make_product(price="1"), NOON, "12")
    run(NOON + DAY)
    above = BillLine.objects.get(payer=pair.member)
    assert "above the limit a month" in browser(pair.member).get(at("bill-detail", above.pk)).text
    TrustMonth.objects.update(month=month_of(timezone.now()))
    for account, page in ((pair.manager, at("mode-detail", pair.relationship_id)), (pair.member, at("mode-own"))):
        shown = browser(account).get(page).text
        assert "usage is paid by the account itself" in shown
        assert f"{money('¥10.00')} used this month" in shown
    found = consequences(pair.relationship, at=NOON, reader=pair.member, cap=pair.cap)
    assert any("charged to" in one.sentence and "10.00" in one.sentence for one in found)
