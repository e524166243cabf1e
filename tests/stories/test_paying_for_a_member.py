"""A member moves into trusteeship in the middle of a month, and out again: who pays which cycle, to the fen."""

from datetime import datetime, timedelta

import pytest
from django.db.models import Sum

from finance.cycles import ZONE
from finance.models import BillLine, Discount, Statement
from finance.models.usage import SHARDS
from finance.services.billing import bill_usage
from finance.services.statements import issue_statements
from finance.services.trusteeships import accept_trust, end_trust, propose_trust
from tests.factories import acting
from tests.finance.bills import make_product, use
from tests.finance.funds import D, books_sum, funds, mover
from tests.finance.trusting import make_pair

pytestmark = pytest.mark.django_db

FIRST = datetime(2026, 3, 1, tzinfo=ZONE)
NOON_OF_THE_15TH = datetime(2026, 3, 15, 12, 30, tzinfo=ZONE)
DAY = timedelta(days=1)


@pytest.fixture
def pair(db):
    """The manager has 1,000.00 of credit and a contract at 80 %, the member 100.00 of cash; they begin in February."""
    link = make_pair(at=FIRST - 20 * DAY)
    link.manager.credit_lines.update(granted_at=FIRST - 20 * DAY)
    Discount.objects.create(account=link.manager, rate=D("0.8"), valid_from=FIRST - 20 * DAY)
    return link


def sums(account, product) -> D:
    return BillLine.objects.filter(payer=account, product=product).aggregate(sum=Sum("payable"))["sum"] or D(0)


def bill(until: datetime) -> None:
    bill_usage(shards=range(SHARDS), until=until, now=until)


@pytest.mark.rule("A2.15", "A2.4", "A2.6", "A2.9", "A2.10")
def test_the_15th_by_hour_by_day_and_by_month(pair):
    manager, member = pair.manager, pair.member
    hourly, daily, monthly = (make_product("1", cycle=cycle) for cycle in ("hour", "day", "month"))
    trust = propose_trust(actor=mover(manager), relationship_id=pair.pk, now=NOON_OF_THE_15TH - timedelta(hours=2))
    accept_trust(actor=acting(member), trust_id=trust.pk, now=NOON_OF_THE_15TH)
    for day in range(31):
        for hour in (9, 12, 13, 20):
            use(member, hourly, FIRST + day * DAY + timedelta(hours=hour), "0.25")
        use(member, daily, FIRST + day * DAY + timedelta(hours=15), "1")
    use(member, monthly, FIRST + 20 * DAY, "10")
    use(member, monthly, FIRST + 40 * DAY, "10")
    bill(FIRST + 70 * DAY)
    # Hours: 14 whole days and the 9:00 and 12:00 hours of the 15th are the member's; each is a quarter of a yuan.
    assert sums(member, hourly) == D("14.50")
    # The manager's 80 % of a quarter is 0.20: 13:00 and 20:00 of the 15th and 16 days of four.
    assert sums(manager, hourly) == D("13.20")
    assert (sums(member, daily), sums(manager, daily)) == (D("15.00"), D("12.80"))
    # March's month had begun; April's is the manager's.
    assert (sums(member, monthly), sums(manager, monthly)) == (D("10.00"), D("8.00"))
    assert funds(member).cash == D("100.00") - D("39.50")
    assert funds(manager).credit_used == D("34.00")
    issue_statements(now=FIRST + 71 * DAY)
    assert dict(Statement.objects.filter(account=manager).values_list("month__month", "payable")) == {
        3: D("26.00"),
        4: D("8.00"),
    }
    assert Statement.objects.get(account=member).payable == D("39.50")
    assert books_sum() == 0


@pytest.mark.rule("A2.15", "A2.1", "A2.9", "A4.3")
def test_moving_out_on_the_15th_by_hour_by_day_and_by_month(pair):
    manager, member = pair.manager, pair.member
    hourly, daily, monthly = (make_product("1", cycle=cycle) for cycle in ("hour", "day", "month"))
    trust = propose_trust(actor=mover(manager), relationship_id=pair.pk, now=FIRST - DAY)
    accept_trust(actor=acting(member), trust_id=trust.pk, now=FIRST - DAY)
    end_trust(actor=mover(manager), trust_id=trust.pk, now=NOON_OF_THE_15TH)
    for hour in (11, 12, 13):
        use(member, hourly, FIRST + 14 * DAY + timedelta(hours=hour), "1")
    for day in (13, 14, 15):
        use(member, daily, FIRST + day * DAY + timedelta(hours=1), "1")
    use(member, monthly, FIRST + 20 * DAY, "10")
    use(member, monthly, FIRST + 40 * DAY, "10")
    bill(FIRST + 70 * DAY)
    # 11:00 and 12:00, the hour in which it ended, at the manager's 80 %; 13:00 is the member's at the list price.
    assert (sums(manager, hourly), sums(member, hourly)) == (D("1.60"), D("1.00"))
    # The 14th and all of the 15th; the 16th.
    assert (sums(manager, daily), sums(member, daily)) == (D("1.60"), D("1.00"))
    # March had begun, so what was used on the 21st is still the manager's; April is the member's.
    assert (sums(manager, monthly), sums(member, monthly)) == (D("8.00"), D("10.00"))
    assert (funds(manager).credit_used, funds(manager).cash) == (D("11.20"), D("0.00"))
    assert (funds(member).cash, funds(member).credit_used) == (D("100.00") - D("12.00"), D("0.00"))
    issue_statements(now=FIRST + 71 * DAY)
    months = {(one.account_id, one.month.month): (one.cash, one.credit, one.due) for one in Statement.objects.all()}
    assert months == {
        (manager.pk, 3): (D("0.00"), D("11.20"), D("11.20")),
        (member.pk, 3): (D("2.00"), D("0.00"), D("0.00")),
        (member.pk, 4): (D("10.00"), D("0.00"), D("0.00")),
    }
    assert books_sum() == 0
