"""The billing run: usage of cycles that ended becomes bill lines, is paid, and stands in the ledger and in statements.

One run bills some shards of accounts up to a moment, in one transaction: whoever dies leaves nothing, whoever comes
again finds nothing to do, and runs over different shards go on side by side.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.models import Account
from config.jobs import enqueue
from config.transactions import atomic
from finance import policy
from finance.models import BillingShard, BillLine, Product, TrustMonth
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.models.usage import SHARDS
from finance.money import ZERO
from finance.services.caps import Month, count_usage, lock_drafted, part_refund
from finance.services.charging import Draft, give_back, open_statements
from finance.services.coverage import cover_usage, release_usage
from finance.services.credited import charge_again
from finance.services.drawing import CREDIT, ORDER, Purse, arrears_books, lock_purses, open_cash
from finance.services.ledger import Posting, platform_book, post_many
from finance.services.rating import draft_usage
from finance.services.redeeming import use_coupons, use_vouchers
from finance.sets import among

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
Payer = tuple[int, bool]  # who pays, and whether by credit alone


JOB = "finance.bill_shards"


@dataclass(frozen=True, slots=True)
class Run:
    """What a run did."""

    lines: int = 0
    payers: int = 0
    payable: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Share:
    """How one payer's lines of a run are paid, in yuan: cash first, then credit, the rest is owed."""

    cash: Decimal
    credit: Decimal
    owed: Decimal

    @property
    def way(self) -> str:
        """The one way in which all of it is paid, or `mixed`."""
        ways = [name for name in ("cash", "credit", "owed") if getattr(self, name)]
        return "mixed" if len(ways) > 1 else "".join(ways)


# Only where a payer pays in several ways must a line know what came before it.
_WRITE = """
WITH share AS (
    SELECT * FROM unnest(%(payers)s::bigint[], %(only)s::boolean[], %(cash)s::numeric[], %(credit)s::numeric[],
        %(way)s::text[], %(transfers)s::bigint[]) s(payer_id, credit_only, has_cash, has_credit, way, transfer_id)
), place AS (
    SELECT * FROM unnest(%(owing)s::bigint[], %(months)s::date[], %(statements)s::bigint[])
        p(payer_id, month, statement_id)
), running AS (
    SELECT d.id, has_cash, has_credit, d.payable - d.voucher AS due,
        sum(d.payable - d.voucher) OVER (PARTITION BY payer_id, credit_only ORDER BY d.cycle_start, d.id) AS up_to
    FROM share s JOIN bill_draft d USING (payer_id, credit_only) WHERE s.way = 'mixed'
), mixed AS (
    SELECT id, greatest(0, least(up_to, has_cash) - (up_to - due)) AS cash,
        greatest(0, least(up_to, has_cash + has_credit) - greatest(up_to - due, has_cash)) AS credit
    FROM running
), split AS (
    SELECT d.*, p.statement_id, s.transfer_id, d.payable - d.voucher AS due,
        coalesce(m.cash, CASE s.way WHEN 'cash' THEN d.payable - d.voucher ELSE 0 END) AS cash,
        coalesce(m.credit, CASE s.way WHEN 'credit' THEN d.payable - d.voucher ELSE 0 END) AS credit
    FROM bill_draft d JOIN share s USING (payer_id, credit_only) JOIN place p USING (payer_id, month)
    LEFT JOIN mixed m ON m.id = d.id
), written AS (
    INSERT INTO finance_billline (id, statement_id, payer_id, owner_id, product_id, category, instance, cycle_start,
        cycle_end, revision, quantity, gross, covered, rate, discount, rounding, coupon, payable, voucher, cash, credit,
        outstanding, transfer_id, billed_at)
    SELECT id, statement_id, payer_id, owner_id, product_id, 'use', instance, cycle_start,
        cycle_end, revision, quantity, gross, covered, rate, discount, gross - covered - discount - coupon - payable,
        coupon, payable, voucher, cash, credit, due - cash - credit, transfer_id, %(at)s
    FROM split
    RETURNING statement_id, payable, voucher, cash, credit, outstanding
)
UPDATE finance_statement s SET lines = s.lines + n.lines, payable = s.payable + n.payable,
    voucher = s.voucher + n.voucher, cash = s.cash + n.cash, credit = s.credit + n.credit,
    outstanding = s.outstanding + n.outstanding
FROM (
    SELECT statement_id, count(*) AS lines, sum(payable) AS payable, sum(voucher) AS voucher, sum(cash) AS cash,
        sum(credit) AS credit, sum(outstanding) AS outstanding FROM written GROUP BY statement_id
) n WHERE s.id = n.statement_id
"""


@atomic
def bill_usage(*, shards: Sequence[int], until: datetime, now: datetime | None = None) -> Run:
    """Every cycle of these shards' accounts that ended by then is billed, once; late usage by its difference.

    Commitments cover first, then discounts, coupons, vouchers, cash, credit; what is left is arrears. What passes the
    limit of a trusteeship's month is the member's. Locks the shards, those months, commitments, coupons and vouchers of
    the payers, their open statements and their books, in this order.
    """
    at = now or timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '128MB'; SET LOCAL jit = off")
    since = _lock_shards(shards, until)
    draft_usage(shards=shards, until=until, since=since)
    months = lock_drafted()
    release_usage()
    negative = _set_refunds_aside(months)
    cover_usage()
    use_coupons(now=at)
    count_usage(rows=months, now=at)
    use_vouchers(now=at)
    run = _charge(at)
    for draft, payer, key in negative:
        give_back(draft=draft, payer=payer, key=key, now=at)
        charge_again(draft=draft, payer=payer, key=key, now=at)
    BillingShard.objects.filter(number__in=shards, billed_until__lt=until).update(billed_until=until)
    refunds = sum((draft.payable for draft, _payer, _key in negative), ZERO)
    return Run(run.lines + len(negative), run.payers, run.payable + refunds)


def plan_billing(*, now: datetime | None = None) -> datetime:
    """Jobs are queued that bill every shard up to a moment ago, when what was used by then has come in; answers it."""
    until = (now or timezone.now()).replace(second=0, microsecond=0) - policy.BILLING_DELAY
    for first in range(0, SHARDS, policy.BILLING_SHARDS_PER_JOB):
        enqueue(JOB, key=f"{until:%Y%m%d%H%M}-{first}", first=first, until=until.isoformat())
    return until


def bill_next(*, first: int, until: datetime, now: datetime | None = None) -> bool:
    """These shards are billed up to then, or a day further than they were; answers whether they are as far as `until`.

    A day at a time, because a job has a minute: a backlog of weeks is worked off in many.
    """
    shards = range(first, min(SHARDS, first + policy.BILLING_SHARDS_PER_JOB))
    step = min(until, _oldest_unbilled(shards, until) + policy.BILLING_STEP)
    bill_usage(shards=shards, until=step, now=now)
    if step < until:
        enqueue(JOB, key=f"{until:%Y%m%d%H%M}-{first}-{step:%Y%m%d%H%M}", first=first, until=until.isoformat())
    return step == until


def _oldest_unbilled(shards: Sequence[int], until: datetime) -> datetime:
    """The end of the first cycle that nobody has billed."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT min(least(u.cycle_end, %s)) FROM unnest(%s::int[]) n(shard) LEFT JOIN finance_billingshard s"
            " ON s.number = n.shard CROSS JOIN LATERAL (SELECT min(cycle_end) AS cycle_end FROM finance_usage"
            " WHERE shard = n.shard AND cycle_end > coalesce(s.billed_until, '-infinity')) u",
            [until, list(shards)],
        )
        found: datetime | None = cursor.fetchone()[0]
    return found or until


def _lock_shards(shards: Sequence[int], until: datetime) -> datetime:
    """Answers the earliest moment until which one of them is billed."""
    rows = [BillingShard(number=number, billed_until=BEGINNING) for number in sorted(shards)]
    BillingShard.objects.bulk_create(rows, ignore_conflicts=True)
    locked = BillingShard.objects.filter(number__in=shards).order_by("number").select_for_update()
    return min((shard.billed_until for shard in locked), default=until)


def _set_refunds_aside(months: Mapping[Month, TrustMonth]) -> list[tuple[Draft, Account, str]]:
    """Differences below zero are few; each is given back by itself, to whoever bore it, under a key of its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM bill_draft WHERE payable < 0 RETURNING id, owner_id, payer_id, product_id, trust_id, month,"
            " instance, cycle_start, cycle_end, revision, quantity, gross, covered, rate, discount, coupon, payable"
        )
        rows = cursor.fetchall()
    accounts = Account.objects.in_bulk({row[1] for row in rows} | {row[2] for row in rows})
    products = Product.objects.in_bulk({row[3] for row in rows})
    found = []
    for pk, owner, payer, product, trust, month, *facts in rows:
        whose: dict[str, Any] = {"owner": accounts[owner], "product": products[product]}
        what: dict[str, Any] = dict(zip(_REFUNDED, facts, strict=True))
        draft = Draft(line=pk, category=BillLine.Category.USE, **whose, **what)
        capped = months.get((trust, month))
        parts = [(draft, accounts[payer])]
        if capped is not None:
            parts = part_refund(draft=draft, payer=accounts[payer], row=capped)
        found += [(part, who, f"usage-{pk}-{number}") for number, (part, who) in enumerate(parts)]
    return found


_REFUNDED = (
    *("instance", "cycle_start", "cycle_end", "revision"),
    *("quantity", "gross", "covered", "rate", "discount", "coupon", "fixed"),
)


def _charge(at: datetime) -> Run:
    """Everything in the draft is paid as far as there is something, posted, and written."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT payer_id, credit_only, sum(payable - voucher), sum(payable), count(*), min(id) FROM bill_draft"
            " GROUP BY 1, 2 ORDER BY 1, 2"
        )
        rows = cursor.fetchall()
        cursor.execute("SELECT DISTINCT payer_id, month FROM bill_draft ORDER BY 1, 2")
        wanted = cursor.fetchall()
    if not rows:
        return Run()
    statements = open_statements(wanted=wanted)
    accounts = list(Account.objects.filter(pk__in=among({row[0] for row in rows})))
    open_cash(accounts=accounts)
    purses = lock_purses(accounts=accounts, at=at)
    shares = {(payer, only): _share(purses[payer], due, only) for payer, only, due, *_rest in rows}
    transfers = _post(purses, shares, first_line=min(row[5] for row in rows))
    _write(statements, shares, transfers, at)
    return Run(lines=sum(row[4] for row in rows), payers=len(purses), payable=sum((row[3] for row in rows), ZERO))


def _share(purse: Purse, due: Decimal, credit_only: bool) -> Share:
    cash, credit = purse.take(due, kinds=CREDIT if credit_only else ORDER)
    return Share(cash, credit, due - cash - credit)


def _post(purses: Mapping[int, Purse], shares: Mapping[Payer, Share], *, first_line: int) -> dict[int, int]:
    """One transfer for each payer; answers its id by payer. The first line's number is nobody else's, so is the key.

    Revenue goes to the stripe of the payer's shard, so that workers on other shards do not wait for it.
    """
    owed: dict[int, Decimal] = defaultdict(lambda: ZERO)
    for (payer, _only), share in shares.items():
        owed[payer] += share.owed
    debtors = Account.objects.filter(pk__in=among(payer for payer, amount in owed.items() if amount))
    books = arrears_books(accounts=debtors)
    revenue = _Stripes()
    postings: dict[int, Posting] = {}
    for payer, purse in purses.items():
        legs = dict(purse.legs) | ({books[payer]: -owed[payer]} if owed[payer] else {})
        if legs:
            legs[revenue[payer % SHARDS]] = -sum(legs.values(), ZERO)
            key = f"bill:usage-{first_line}-{payer}"
            postings[payer] = Posting(TransferKind.CHARGE, key, legs, {"from_line": first_line})
    return dict(zip(postings, post_many(postings=list(postings.values())), strict=True))


class _Stripes(dict[int, int]):
    """The platform's revenue book for each shard, looked up once."""

    def __missing__(self, shard: int) -> int:
        self[shard] = platform_book(kind=BookKind.REVENUE, near=shard).pk
        return self[shard]


def _write(
    statements: Mapping[tuple[int, date], int],
    shares: Mapping[Payer, Share],
    transfers: Mapping[int, int],
    at: datetime,
) -> None:
    """Lines, and sums of statements."""
    facts: dict[str, Any] = {
        "payers": [payer for payer, _only in shares],
        "only": [only for _payer, only in shares],
        "cash": [share.cash for share in shares.values()],
        "credit": [share.credit for share in shares.values()],
        "way": [share.way for share in shares.values()],
        "transfers": [transfers.get(payer) for payer, _only in shares],
        "owing": [payer for payer, _month in statements],
        "months": [month for _payer, month in statements],
        "statements": list(statements.values()),
        "at": at,
    }
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, facts)
