"""现金流量表, form 会小企03: where cash came from and where it went, in the year so far and in the month.

A payment counts to the line of the subject on its other side, so what flows is always what cash changed by.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from django.db.models import Q, Sum

from kiscloud.books.models import CashFlow
from kiscloud.books.months import year_of
from kiscloud.books.reports.figures import ZERO, leaves_of, signed
from kiscloud.books.reports.lines import Amounts, Statement
from kiscloud.models import AccountSet

CASH: Final = ("1001", "1002", "1012")
OUT: Final = frozenset({3, 4, 5, 6, 11, 12, 16, 17, 18})  # lines that show what is paid as a positive amount
_TAKEN: Final[tuple[tuple[int, str], ...]] = (
    (1, "销售产成品、商品、提供劳务收到的现金"),
    (2, "收到其他与经营活动有关的现金"),
    (3, "购买原材料、商品、接受劳务支付的现金"),
    (4, "支付的职工薪酬"),
    (5, "支付的税费"),
    (6, "支付其他与经营活动有关的现金"),
    (8, "收回短期投资、长期债券投资和长期股权投资收到的现金"),
    (9, "取得投资收益收到的现金"),
    (10, "处置固定资产、无形资产和其他非流动资产收回的现金净额"),
    (11, "短期投资、长期债券投资和长期股权投资支付的现金"),
    (12, "购建固定资产、无形资产和其他非流动资产支付的现金"),
    (14, "取得借款收到的现金"),
    (15, "吸收投资者投资收到的现金"),
    (16, "偿还借款本金支付的现金"),
    (17, "偿还借款利息支付的现金"),
    (18, "分配利润支付的现金"),
)
_SUMS: Final[tuple[tuple[int, str, tuple[int, ...]], ...]] = (
    (7, "经营活动产生的现金流量净额", (1, 2, -3, -4, -5, -6)),
    (13, "投资活动产生的现金流量净额", (8, 9, 10, -11, -12)),
    (19, "筹资活动产生的现金流量净额", (14, 15, -16, -17, -18)),
    (20, "四、现金净增加额", (7, 13, 19)),
    (22, "五、期末现金余额", (20, 21)),
)
HEADINGS: Final = {1: "一、经营活动产生的现金流量", 8: "二、投资活动产生的现金流量", 14: "三、筹资活动产生的现金流量"}


def cash_flow(account_set: AccountSet, month: int) -> Statement:
    """The 22 lines with the amounts of the year until the month's end and of the month; of what is posted."""
    cash = signed(leaves_of(account_set, month), lambda one: one.closing, *CASH)
    flows = _flows(account_set, month)
    year = _column({item: whole for item, (whole, _now) in flows.items()}, cash)
    now = _column({item: now for item, (_whole, now) in flows.items()}, cash)
    lines = [Amounts(number, label, year[number], now[number], (), 1) for number, label in _TAKEN]
    lines += [Amounts(number, label, year[number], now[number], is_sum=True) for number, label, _parts in _SUMS]
    lines.append(Amounts(21, "加：期初现金余额", year[21], now[21], CASH, 1))
    lines.sort(key=lambda one: one.number)
    return Statement("现金流量表", "会小企03表", ("本年累计金额", "本月金额"), lines)


def _flows(account_set: AccountSet, month: int) -> Mapping[int, tuple[Decimal, Decimal]]:
    """By line: what came in less what went out, in the year until the month and in the month."""
    found = CashFlow.objects.filter(account_set=account_set, month__gt=year_of(month) * 100, month__lte=month)
    sums = found.values("item").annotate(whole=Sum("amount"), now=Sum("amount", filter=Q(month=month)))
    return {row["item"]: (row["whole"], row["now"] or ZERO) for row in sums}


def _column(flows: Mapping[int, Decimal], cash: Decimal) -> Mapping[int, Decimal]:
    found = {number: flows.get(number, ZERO) * (-1 if number in OUT else 1) for number, _label in _TAKEN}
    for number, _label, parts in _SUMS[:-1]:
        found[number] = sum((found[part] if part > 0 else -found[-part] for part in parts), ZERO)
    found[22] = cash
    found[21] = cash - found[20]
    return found
