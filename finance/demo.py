"""The story's money: two months of top-ups, allotments, recalls, credit and spending of the demo's group."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db import connection

from accounts.demo import DAY, HOUR, Story, add_chapter
from finance.cast import account, link, owner
from finance.cycles import ZONE
from finance.demo_bills import Bills
from finance.demo_limits import limits
from finance.models import Allotment, Transfer
from finance.money import FEN
from finance.services.allotments import allot_funds, recall_funds
from finance.services.batches import send_batch, start_batch
from finance.services.credit import allot_credit, grant_credit
from finance.services.exports import request_export
from finance.services.top_ups import cancel_top_up, confirm_top_up, start_top_up
from finance.services.withdrawals import pay_withdrawal, request_withdrawal

GROUP, DATA, SMART, LAB, PARTNER, SUPPLIER = (
    "yunling",
    "yunling-data",
    "yunling-smart",
    "yunling-lab",
    "chenxi",
    "beichen",
)
DAYS = 60
BANK = {"bank_name": "招商银行杭州分行", "bank_account": "571906789012345"}
Move = tuple[int, str, str, int, str]
# (day of the story, manager, member, yuan; below zero it is a recall, what both sides read)
MOVES: Sequence[Move] = [
    (8, GROUP, DATA, 40_000, "三季度云资源预算"),
    (12, GROUP, SMART, 60_000, "苏州工厂上云一期"),
    (20, GROUP, LAB, 8_000, "实验室算力"),
    (33, GROUP, PARTNER, 15_000, "联合物流项目"),
    (36, PARTNER, SUPPLIER, 3_000, "接口开发首付"),
    (41, GROUP, DATA, 40_000, "追加：数据湖扩容"),
    (46, GROUP, SMART, -12_000, "一期结余收回"),
    (55, GROUP, PARTNER, -2_000, "项目结余收回"),
]
TOP_UPS = [(5, GROUP, 300_000), (9, DATA, 18_000), (15, PARTNER, 12_000), (38, GROUP, 120_000)]
# (who, yuan a day, from which day of the story, how much one day differs from another)
HABITS: Sequence[tuple[str, int, int, int]] = [
    (GROUP, 620, 6, 45),
    (DATA, 3_100, 10, 60),
    (SMART, 700, 14, 35),
    (LAB, 290, 22, 80),
    (PARTNER, 210, 18, 50),
]
# (day of the story, who, product, how many, months)
ORDERS = [(16, GROUP, "ecs-month", 4, 12), (24, DATA, "rds-month", 2, 6), (44, LAB, "ecs-month", 1, 3)]
WEEK = (100, 104, 110, 107, 96, 58, 49)  # less at weekends


@dataclass
class Money:
    """The telling: day by day, so that what is spent was there before."""

    story: Story
    times: dict[int, datetime] = field(default_factory=dict)
    seen: int = 0
    bills: Bills = field(init=False)

    def __post_init__(self) -> None:
        """Bills are told along."""
        self.bills = Bills(self.story)

    def tell(self) -> None:
        """Sixty days; afterwards every transfer says when it happened in the story."""
        for day in range(1, DAYS + 1):
            self._on(day)
        self._today()

    def _on(self, day: int) -> None:
        at = self._morning(day)
        if day == 5:
            self._credit(at)
        for paid, who, amount in TOP_UPS:
            if paid == day:
                self._top_up(who, amount, at)
        for number, move in enumerate(MOVES):
            if move[0] == day:
                self._move(f"story-{number}", move, at + HOUR)
        if day == 50:
            self._withdraw(8_000, at + 2 * HOUR, paid=True)
        if day == 58:
            self._batch(at + 2 * HOUR)
        self._bills(day, at + 4 * HOUR)

    def _morning(self, day: int) -> datetime:
        """The last day of the story is today, nine hours ago, so that nothing lies in the future."""
        return self.story.now - 9 * HOUR - (DAYS - day) * DAY

    def _happened(self, at: datetime) -> None:
        """What was posted since the last act happened at this time."""
        fresh = list(Transfer.objects.filter(pk__gt=self.seen).values_list("pk", flat=True))
        self.times |= dict.fromkeys(fresh, at)
        self.seen = max(fresh, default=self.seen)

    def _top_up(self, who: str, amount: int, at: datetime) -> None:
        money, key = Decimal(amount).quantize(FEN), f"story-{who}-{amount}"
        announced = start_top_up(
            actor=owner(who), account=account(who), amount=money, channel="bank", key=key, now=at - 5 * HOUR
        )
        number = f"CMB{at:%y%m%d}{announced.pk:06d}"
        confirm_top_up(actor=self.story.staff, top_up_id=announced.pk, arrived=money, bank_reference=number, now=at)
        self._happened(at)

    def _move(self, key: str, move: Move, at: datetime) -> None:
        _day, manager, member, amount, note = move
        act = allot_funds if amount > 0 else recall_funds
        money, pair = Decimal(abs(amount)).quantize(FEN), link(manager, member)
        act(actor=owner(manager), relationship_id=pair.pk, amount=money, key=key, note=note, now=at)
        self._happened(at)

    def _bills(self, day: int, at: datetime) -> None:
        """What was used since yesterday; months that ended; on some days something for months ahead."""
        if day == 1:
            self.bills.open_catalogue(at, account(GROUP))
        if day == 40:
            self.bills.trust(at)
        spenders = {who: _spent(who, day, mean, spread, at) for who, mean, begins, spread in HABITS if day >= begins}
        self.bills.use(spenders, at)
        for bought, who, code, quantity, months in ORDERS:
            if bought == day:
                self.bills.buy(who, code, quantity, months, at)
        if at.astimezone(ZONE).day == 3:
            self.bills.close_months(at)
        self._happened(at)

    def _credit(self, at: datetime) -> None:
        group, end = account(GROUP), self.story.now + 300 * DAY
        grant_credit(
            actor=self.story.staff, account=group, limit=Decimal("500000.00"), expires_at=end, note="年度授信", now=at
        )
        for member, amount in ((DATA, "100000.00"), (SMART, "60000.00"), (LAB, "20000.00")):
            allot_credit(actor=owner(GROUP), relationship_id=link(GROUP, member).pk, amount=Decimal(amount), now=at)

    def _batch(self, at: datetime) -> None:
        boss, group = owner(GROUP), account(GROUP)
        lines = [
            {"relationship": link(GROUP, member).pk, "amount": amount, "note": "十二月预算"}
            for member, amount in ((DATA, "20000"), (SMART, "15000"), (PARTNER, "5000"))
        ]
        batch = start_batch(actor=boss, account=group, direction=Allotment.Direction.ALLOT, lines=lines)
        send_batch(actor=boss, batch_id=batch.pk, now=at)
        self._happened(at)

    def _withdraw(self, amount: int, at: datetime, *, paid: bool) -> None:
        wanted = request_withdrawal(
            actor=owner(GROUP),
            account=account(GROUP),
            amount=Decimal(amount).quantize(FEN),
            key=f"story-{amount}",
            now=at,
            **BANK,
        )
        self._happened(at)
        if paid:
            pay_withdrawal(
                actor=self.story.staff, withdrawal_id=wanted.pk, bank_reference=f"PAY{at:%y%m%d}", now=at + HOUR
            )
            self._happened(at + HOUR)

    def _today(self) -> None:
        """A payment that is expected, one that was given up, money on its way out, a file."""
        now, boss, group = self.story.now, owner(GROUP), account(GROUP)
        for amount in ("50000.00", "66666.00"):
            announced = start_top_up(
                actor=boss, account=group, amount=Decimal(amount), channel="bank", key=amount, now=now - 3 * HOUR
            )
        cancel_top_up(actor=boss, top_up_id=announced.pk, now=now - 2 * HOUR)
        self._withdraw(3_000, now - HOUR, paid=False)
        self.bills.buy(GROUP, "rds-month", 3, 12, now - HOUR / 4, paid=False)
        request_export(actor=boss, account=group, file_format="xlsx", asked={}, now=now - HOUR / 2)


def _spent(who: str, day: int, mean: int, spread: int, at: datetime) -> Decimal:
    """More on weekdays, and never the same."""
    wave = (day * 37 + len(who) * 11) % 100 - 50
    return Decimal(mean * WEEK[at.weekday()] * (100 + wave * spread // 50)) / 10_000


_told: dict[int, datetime] = {}


def funds(story: Story) -> None:
    """What moved, in its order."""
    money = Money(story)
    money.tell()
    _told.update(money.times)


def dates(_story: Story) -> None:
    """The ledger gives each transfer the time of its commit, and no service can say otherwise. For the story alone,
    on the empty database that the command insists on, the times are set back as the owner of the tables can."""
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE finance_transfer DISABLE TRIGGER transfer_append_only")
        cursor.execute(
            "UPDATE finance_transfer t SET at = told.at FROM unnest(%s::bigint[], %s::timestamptz[]) AS told(id, at)"
            " WHERE t.id = told.id",
            [list(_told), list(_told.values())],
        )
        cursor.execute("ALTER TABLE finance_transfer ENABLE TRIGGER transfer_append_only")
    _told.clear()


add_chapter("funds", funds)
add_chapter("dates of the ledger", dates)
add_chapter("limits", limits)
