"""What is billed in the chaos run, and what must be true afterwards."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.models import QuerySet, Sum

from accounts.models import Account
from finance.cycles import ZONE
from finance.models import BillingShard, BillLine, Book, Discount, Entry, Statement, Trust, Voucher
from finance.models.usage import SHARDS
from finance.services.credit import grant_credit
from finance.services.partitions import ensure_months
from tests.factories import UserFactory, make_account, make_relationship
from tests.finance.bills import make_product
from tests.finance.funds import D, staff, top_up

START: Final = datetime(2026, 3, 28, tzinfo=ZONE)
END: Final = START + timedelta(days=6)
SHARD_GROUPS: Final = tuple(range(first, first + 8) for first in range(0, SHARDS, 8))
ACCOUNTS: Final = 40
RECORDS: Final = 40_000
PARTS: Final = ("payable", "voucher", "cash", "credit", "outstanding")


def build() -> None:
    """Accounts with cash, credit, vouchers, discounts and a trusteeship each third; usage of six days at random."""
    owner, lender = UserFactory.create(), staff()
    accounts = [make_account(owner=owner) for _ in range(ACCOUNTS)]
    products = [make_product("0.0733", cycle=cycle) for cycle in ("hour", "hour", "day", "minute")]
    for number, account in enumerate(accounts):
        top_up(account, str(100 + 37 * number))
        grant_credit(actor=lender, account=account, limit=D(200), now=START - timedelta(days=1))
        facts = {"valid_from": START - timedelta(days=1), "valid_until": END + timedelta(days=9)}
        Voucher.objects.create(account=account, face=D(50), balance=D(50), **facts)
        Discount.objects.create(account=account, rate=D("0.87"), valid_from=START - timedelta(days=1))
    for place in range(0, ACCOUNTS - 1, 3):
        link = make_relationship(accounts[place], accounts[place + 1])
        row = Trust(relationship=link, manager=accounts[place], member=accounts[place + 1], expires_at=START)
        begins = START + timedelta(days=2, hours=place)
        row.agree(at=begins, by=None, starts_at=begins)
        row.save(force_insert=True)
    for moment in (START, END):
        ensure_months(months=[moment.date().replace(day=1)])
    BillingShard.objects.bulk_create(BillingShard(number=number, billed_until=START) for number in range(SHARDS))
    _use(accounts, [product.pk for product in products])


def _use(accounts: list[Account], products: list[int]) -> None:
    facts: dict[str, Any] = {
        "start": START,
        "seconds": int((END - START).total_seconds()) - 1,
        "records": RECORDS,
        "shards": SHARDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO finance_usage (source_id, owner_id, product_id, instance, quantity, started_at, ended_at,"
            " cycle_start, cycle_end, shard)"
            " SELECT 'r' || n, owner, p.id, 'i' || n %% 3, 1 + n %% 11, at, at, cycle_start(p.cycle, at),"
            " cycle_end(p.cycle, at), owner %% %(shards)s"
            " FROM (SELECT n, (%(accounts)s::bigint[])[1 + n %% %(many)s] AS owner,"
            " (%(products)s::bigint[])[1 + n / 7 %% 4] AS product,"
            " %(start)s + n * 7919 %% %(seconds)s * interval '1 second' AS at"
            " FROM generate_series(1, %(records)s) n) u JOIN finance_product p ON p.id = u.product",
            facts | {"accounts": [one.pk for one in accounts], "many": len(accounts), "products": products},
        )


def judge() -> dict[str, bool]:
    """Each question with whether it holds."""
    lines = _sums(BillLine.objects.all())
    revenue = Entry.objects.filter(book__kind="revenue").aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    return {
        "every cycle that ended is billed, and none twice": _groups() == BillLine.objects.count(),
        "every unit that was used is billed": _used() == BillLine.objects.aggregate(sum=Sum("quantity"))["sum"],
        "lines and statements come to the same": lines == _sums(Statement.objects.all()),
        "lines and the ledger come to the same": lines["payable"] - lines["voucher"] == revenue,
        "what statements leave due is owed": -sum(one.due for one in Statement.objects.all()) == _owed(),
        "books balance": sum(Book.objects.values_list("balance", flat=True)) == 0,
    }


def _sums(rows: QuerySet[Any]) -> dict[str, Decimal]:
    return {name: rows.aggregate(sum=Sum(name))["sum"] or Decimal(0) for name in PARTS}


def _groups() -> int:
    group = "(owner_id, product_id, instance, cycle_start)"
    found: int = _one(f"SELECT count(DISTINCT {group}) FROM finance_usage WHERE cycle_end <= %s")
    return found


def _used() -> Decimal:
    found: Decimal = _one("SELECT sum(quantity) FROM finance_usage WHERE cycle_end <= %s")
    return found


def _one(question: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(question, [END])
        return cursor.fetchone()[0]


def _owed() -> Decimal:
    return Book.objects.filter(kind__in=["credit", "arrears"]).aggregate(sum=Sum("balance"))["sum"] or Decimal(0)
