"""A month in which things are billed: moments, and short ways to runs, loans, trusteeships and commitments."""

from datetime import datetime, timedelta
from decimal import Decimal

from finance.cycles import ZONE
from finance.models import BillLine, Commitment, Trust
from finance.models.usage import SHARDS
from finance.services.billing import Run, bill_usage
from finance.services.credit import grant_credit
from tests.factories import make_relationship
from tests.finance.funds import D, staff

NOON = datetime(2026, 3, 10, 12, tzinfo=ZONE)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def run(until: datetime | None = None, shards=range(SHARDS)) -> Run:
    until = until or NOON + DAY
    return bill_usage(shards=list(shards), until=until, now=until)


def commit(account, **more) -> Commitment:
    facts = {"per_cycle": D("5"), "valid_from": NOON - DAY, "valid_until": NOON + DAY}
    return Commitment.objects.create(account=account, **facts, **more)


def parts(line: BillLine) -> tuple[Decimal, ...]:
    return line.payable, line.voucher, line.cash, line.credit, line.outstanding


def lend(account, limit: str, since: datetime = NOON - DAY) -> None:
    grant_credit(actor=staff(), account=account, limit=D(limit), now=since)


def trusteed(manager, member, since: datetime, until: datetime | None = None, **more) -> Trust:
    link = make_relationship(manager, member)
    row = Trust(
        relationship=link,
        manager=manager,
        member=member,
        expires_at=since,
        **more,
    )
    row.agree(at=since, by=None, starts_at=since)
    if until is not None:
        row.end(at=until)
    row.save(force_insert=True)
    return row
