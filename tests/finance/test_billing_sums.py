"""Whatever was used, at whatever prices, whoever pays: lines, ledger and statements come to the same, once."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import F, Q, Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import Account
from finance.cycles import ZONE, month_of
from finance.models import (
    BillingShard,
    BillLine,
    Book,
    Commitment,
    CommitmentUse,
    Coupon,
    Discount,
    Entry,
    LateUsage,
    Product,
    Statement,
    Transfer,
    Trust,
    TrustMonth,
    Voucher,
    VoucherUse,
)
from finance.models.usage import SHARDS
from finance.services.billing import bill_usage
from finance.services.credit import grant_credit
from finance.services.partitions import ensure_months
from tests.factories import UserFactory, make_account, make_relationship
from tests.finance.bills import make_product, set_price, use
from tests.finance.funds import D, books_sum, staff, top_up

START = datetime(2026, 3, 30, 20, tzinfo=ZONE)  # so that days, a week and a month end within what is used
END = START + timedelta(days=9)
ACCOUNTS = 3
PARTS = ("payable", "voucher", "cash", "credit", "outstanding")

moment = st.integers(0, 8 * 24 * 6).map(lambda tens: START + timedelta(minutes=10 * tens))
quantity = st.integers(1, 5_000_000).map(lambda units: str(Decimal(units) / 1000))
usage = st.tuples(st.integers(0, ACCOUNTS - 1), st.integers(0, 3), moment, quantity, st.sampled_from("ab"))
yuan = st.integers(1, 2_000_000).map(lambda fen: str(Decimal(fen) / 100))
unit_price = st.integers(0, 99_999_999).map(lambda units: str(Decimal(units) / 100_000_000))
tiers = st.dictionaries(st.sampled_from(["0", "10", "400.5"]), unit_price)
rate = st.integers(1, 100).map(lambda percent: Decimal(percent) / 100)

trusts = st.tuples(moment, st.none() | moment, st.booleans(), st.booleans(), st.none() | yuan)


@st.composite
def worlds(draw):
    """Who has what, what was used, and by which runs it is billed."""
    return {
        "prices": draw(
            st.lists(st.dictionaries(st.sampled_from(["0", "10", "400.5"]), unit_price), min_size=4, max_size=4)
        ),
        "rates": draw(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3), rate), max_size=3)),
        "cash": draw(st.lists(st.none() | yuan, min_size=ACCOUNTS, max_size=ACCOUNTS)),
        "limits": draw(st.lists(st.none() | yuan, min_size=ACCOUNTS, max_size=ACCOUNTS)),
        "vouchers": draw(st.lists(st.tuples(st.integers(0, 2), yuan), max_size=2)),
        "coupons": draw(st.lists(st.tuples(st.integers(0, 2), yuan), max_size=1)),
        "commitments": draw(st.lists(st.tuples(st.integers(0, 3), quantity, st.booleans()), max_size=2)),
        "trust": draw(st.none() | trusts),
        "usage": draw(st.lists(usage, min_size=1, max_size=25)),
        "late": draw(st.lists(usage, max_size=6)),
        "runs": draw(st.lists(st.tuples(st.booleans(), st.booleans(), moment), max_size=4)),
    }


def build(world) -> tuple[list[Account], list[Product]]:
    owner = UserFactory.create()
    accounts = [make_account(owner=owner) for _ in range(ACCOUNTS)]
    cycles = ("minute", "hour", "day", "month")
    products = [make_product(cycle=cycle) for cycle in cycles]
    for product, tiers in zip(products, world["prices"], strict=True):
        set_price(product, {"0": "0.5"} | tiers, since=START - timedelta(days=60))
    since = {"valid_from": START - timedelta(days=60)}
    for account, product, share in world["rates"]:
        Discount.objects.create(account=accounts[account], product=products[product], rate=share, **since)
    for account, cash, limit in zip(accounts, world["cash"], world["limits"], strict=True):
        if cash:
            top_up(account, cash)
        if limit:
            grant_credit(actor=staff(), account=account, limit=D(limit), now=START)
    grant(world, accounts, products, since | {"valid_until": END + timedelta(days=60)})
    if world["trust"]:
        trust(accounts[0], accounts[1], world["trust"])
    for account, product, at, amount, instance in world["usage"]:
        use(accounts[account], products[product], at, amount, instance=instance)
    return accounts, products


def grant(world, accounts: list[Account], products: list[Product], time) -> None:
    for account, face in world["vouchers"]:
        Voucher.objects.create(account=accounts[account], face=D(face), balance=D(face), **time)
    for account, off in world["coupons"]:
        Coupon.objects.create(account=accounts[account], off=D(off), pay_mode="postpaid", **time)
    for product, covers, savings in world["commitments"]:
        plan = {"kind": "savings", "cycle": products[product].cycle}
        what = plan if savings else {"kind": "reserved", "product": products[product]}
        Commitment.objects.create(account=accounts[0], per_cycle=D(covers), shared=True, **what, **time)


def trust(manager: Account, member: Account, terms) -> None:
    begins, ends, from_cash, shares, cap = terms
    link = make_relationship(manager, member)
    row = Trust(relationship=link, manager=manager, member=member, expires_at=begins)
    row.from_cash, row.shares_vouchers, row.cap = from_cash, shares, D(cap) if cap else None
    row.agree(at=begins, by=None, starts_at=begins)
    if ends is not None:
        row.end(at=max(begins, ends))
    row.save(force_insert=True)


def come_late(account, product, at, amount, instance) -> None:
    """A record after the fact, and one that takes half of it back, as a correction does."""
    for part in (amount, f"-{Decimal(amount) / 2}"):
        row = use(account, product, at, part, instance=instance)
        if BillingShard.objects.filter(number=row.shard, billed_until__gte=row.cycle_end).exists():
            group: dict[str, Any] = {"owner_id": row.owner_id, "product_id": row.product_id, "instance": row.instance}
            group |= {"cycle_start": row.cycle_start, "cycle_end": row.cycle_end, "shard": row.shard}
            LateUsage.objects.get_or_create(**group)
            bill_usage(shards=[row.shard], until=row.cycle_end, now=END)


def sums(rows, *names: str) -> tuple[Decimal, ...]:
    found = rows.aggregate(**{f"sum_{name}": Sum(name) for name in names})
    return tuple(found[f"sum_{name}"] or Decimal(0) for name in names)


def everything():
    tables = (BillLine, Statement, Entry, Transfer, Voucher, VoucherUse, Coupon, CommitmentUse, Book)
    tables += (TrustMonth,)
    return tuple(list(table.objects.order_by("pk").values_list()) for table in tables)


def check(accounts):
    lines = sums(BillLine.objects.all(), *PARTS)
    assert lines == sums(Statement.objects.all(), *PARTS)
    payable, voucher, cash, credit, outstanding = lines
    assert (payable - voucher,) == sums(Entry.objects.filter(book__kind="revenue"), "amount")
    assert (voucher,) == sums(VoucherUse.objects.all(), "amount")
    assert voucher == sum(one.face - one.balance for one in Voucher.objects.all())
    for kind, amount in (("credit", credit), ("arrears", outstanding)):
        assert (-amount,) == sums(Book.objects.filter(kind=kind), "balance")
    assert cash == -sums(Entry.objects.filter(book__kind="cash", transfer__kind__in=["charge", "refund"]), "amount")[0]
    assert books_sum() == 0
    assert sums(BillLine.objects.all(), "covered") == sums(CommitmentUse.objects.all(), "amount")
    assert not Coupon.objects.filter(used_at__isnull=True, line__isnull=False).exists()
    assert sums(BillLine.objects.all(), "coupon") <= sums(Coupon.objects.filter(used_at__isnull=False), "off")
    for account in accounts:
        due = sum((one.due for one in Statement.objects.of(account)), Decimal(0))
        owed = Book.objects.filter(Q(kind="credit") | Q(kind="arrears"), account=account)
        assert (-due,) == sums(owed, "balance")
    by_cycle = Commitment.objects.annotate(used_in=F("uses__cycle_start"))
    by_cycle = by_cycle.annotate(units=Sum("uses__quantity"), yuan=Sum("uses__amount"))
    assert not by_cycle.filter(~Q(kind="savings"), units__gt=F("per_cycle")).exists()
    assert not by_cycle.filter(kind="savings", yuan__gt=F("per_cycle")).exists()
    check_caps()


def check_caps():
    """What a month counts is what the manager is charged for it, never above the limit, and nobody else pays."""
    for trust in Trust.objects.filter(cap__isnull=False):
        lines = BillLine.objects.filter(owner=trust.member, cycle_start__gte=trust.starts_at)
        if trust.ends_at is not None:
            lines = lines.filter(cycle_start__lt=trust.ends_at)
        charged = {}
        for line in lines:
            month = month_of(line.cycle_start)
            paid = line.payable if line.payer_id == trust.manager_id else Decimal(0)
            charged[month] = charged.get(month, Decimal(0)) + paid
        assert {month: paid for month, paid in charged.items() if paid} == {
            one.month: one.spent for one in trust.months.all() if one.spent
        }
        assert all(paid <= trust.cap for paid in charged.values())
        for part in lines.values("product", "cycle_start", "instance", "payer").annotate(sum=Sum("payable")):
            assert part["sum"] >= 0, "somebody got back more than it paid"


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(world=worlds())
def test_lines_ledger_and_statements_come_to_the_same_by_any_runs_in_any_order(world, cheap_hashes):
    for first in (START, END):
        ensure_months(months=[first.date().replace(day=1)])
    with transaction.atomic():
        accounts, products = build(world)
        for early, late, until in world["runs"]:
            shards = [number for number in range(SHARDS) if (early, late)[number % 2]]
            bill_usage(shards=shards, until=until, now=END)
        for account, product, at, amount, instance in world["late"]:
            come_late(accounts[account], products[product], at, amount, instance)
        bill_usage(shards=range(SHARDS), until=END + timedelta(days=40), now=END)
        groups = {(account, product, instance) for account, product, _at, _quantity, instance in world["usage"]}
        assert BillLine.objects.count() >= len(groups)
        check(accounts)
        before = everything()
        for odd in (0, 1):
            bill_usage(shards=range(odd, SHARDS, 2), until=END + timedelta(days=40), now=END)
        assert everything() == before
        transaction.set_rollback(True)
