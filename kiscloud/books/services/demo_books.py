"""What the books of demo sets hold from the beginning (S3.5)."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import Event
from config.transactions import atomic
from kiscloud.books.entries import Entry, Header
from kiscloud.books.models import Voucher
from kiscloud.books.services.openings import finish_openings
from kiscloud.books.services.vouchers import save_voucher
from kiscloud.models import AccountSet
from kiscloud.services.demo_sets import common_user, is_demo

FOLLOWED: Final = "account_set.created"
JOB: Final = "books.fill_demo"
# Day of a month, then lines: summary, subject, debit, credit.
Row = tuple[str, str, str, str]
CAPITAL: Final[tuple[int, Sequence[Row]]] = (
    1,
    [("收到投资款", "1002", "500000", "0"), ("收到投资款", "3001", "0", "500000")],
)
MONTH: Final[Sequence[tuple[int, Sequence[Row]]]] = (
    (
        3,
        [
            ("采购商品入库", "1405", "80000", "0"),
            ("采购商品入库", "22210101", "10400", "0"),
            ("采购商品入库", "2202", "0", "90400"),
        ],
    ),
    (5, [("支付办公室房租", "560207", "6000", "0"), ("支付办公室房租", "1002", "0", "6000")]),
    (
        8,
        [
            ("销售商品", "1122", "135600", "0"),
            ("销售商品", "5001", "0", "120000"),
            ("销售商品", "22210105", "0", "15600"),
        ],
    ),
    (8, [("结转销售成本", "5401", "70000", "0"), ("结转销售成本", "1405", "0", "70000")]),
    (12, [("收到货款", "1002", "100000", "0"), ("收到货款", "1122", "0", "100000")]),
    (16, [("支付供应商货款", "2202", "60000", "0"), ("支付供应商货款", "1002", "0", "60000")]),
    (20, [("计提工资", "560204", "18000", "0"), ("计提工资", "221101", "0", "18000")]),
    (25, [("发放工资", "221101", "18000", "0"), ("发放工资", "1002", "0", "18000")]),
)


@atomic
def fill_demo(*, event_id: int, now: datetime | None = None) -> int:
    """A demo set that was just created has vouchers of its first two months, by the common user; how many there are.

    Any other set stays empty, and so does one in which something stands. Locks the books.
    """
    event = Event.objects.get(pk=event_id)
    sets = AccountSet.objects.select_related("subscription__company", "books")
    account_set = sets.filter(pk=event.subject_id or 0, books__isnull=False).first()
    if account_set is None or not is_demo(account_set=account_set):
        return 0
    if Voucher.objects.filter(account_set=account_set).exists():
        return 0
    at = now or timezone.now()
    actor = Actor(door=Door.SYSTEM, user=common_user())
    first = date(account_set.books.start_month // 100, account_set.books.start_month % 100, 1)
    second = (first + timedelta(days=31)).replace(day=1)
    days = [(first, CAPITAL), *((month, row) for month in (first, second) for row in MONTH)]
    finish_openings(actor=actor, account_set=account_set, now=at)
    for month, (day, rows) in days:
        entries = [Entry(words, subject, Decimal(debit), Decimal(credit)) for words, subject, debit, credit in rows]
        header = Header(day=month.replace(day=day))
        save_voucher(actor=actor, account_set=account_set, header=header, entries=entries, now=at)
    return len(days)
