"""资产负债表, form 会小企01: what there is and to whom it is owed, at the month's end and at the year's beginning.

What customers and suppliers owe or are owed is judged for each item of its own (应收 and 预收, 应付 and 预付). Every
subject, or item of one, counts in exactly one line, so the two sides are equal whenever the books balance.
"""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from kiscloud.books.reports.figures import ZERO, Figures, Value, credits_of, debits, details_of, signed
from kiscloud.books.reports.lines import Amounts, Statement
from kiscloud.models import AccountSet

Take = Callable[[list[Figures], Value], Decimal]


def _assets(*codes: str) -> Take:
    return lambda leaves, value: signed(leaves, value, *codes)


def _owed(*codes: str) -> Take:
    return lambda leaves, value: -signed(leaves, value, *codes)


def _due_from(*codes: str) -> Take:
    return lambda leaves, value: debits(leaves, value, *codes)


def _due_to(*codes: str) -> Take:
    return lambda leaves, value: credits_of(leaves, value, *codes)


STOCKS: Final = ("1401", "1402", "1403", "1404", "1405", "1407", "1408", "1411", "1421", "4001", "4101", "4401", "4403")
# Number, label, codes, how they are taken, depth. What the lines of the law are called is no translation.
_TAKEN: Final[tuple[tuple[int, str, tuple[str, ...], Callable[..., Take], int], ...]] = (
    (1, "货币资金", ("1001", "1002", "1012"), _assets, 1),
    (2, "短期投资", ("1101",), _assets, 1),
    (3, "应收票据", ("1121",), _assets, 1),
    (4, "应收账款", ("1122", "2203"), _due_from, 1),
    (5, "预付账款", ("1123", "2202"), _due_from, 1),
    (6, "应收股利", ("1131",), _assets, 1),
    (7, "应收利息", ("1132",), _assets, 1),
    (8, "其他应收款", ("1221",), _assets, 1),
    (9, "存货", STOCKS, _assets, 1),
    (10, "其中：原材料", ("1403",), _assets, 2),
    (11, "在产品", ("4001", "4101"), _assets, 3),
    (12, "库存商品", ("1405",), _assets, 3),
    (13, "周转材料", ("1411",), _assets, 3),
    (16, "长期债券投资", ("1501",), _assets, 1),
    (17, "长期股权投资", ("1511",), _assets, 1),
    (18, "固定资产原价", ("1601",), _assets, 1),
    (19, "减：累计折旧", ("1602",), _owed, 1),
    (21, "在建工程", ("1604",), _assets, 1),
    (22, "工程物资", ("1605",), _assets, 1),
    (23, "固定资产清理", ("1606",), _assets, 1),
    (24, "生产性生物资产", ("1621", "1622"), _assets, 1),
    (25, "无形资产", ("1701", "1702"), _assets, 1),
    (26, "开发支出", ("4301",), _assets, 1),
    (27, "长期待摊费用", ("1801",), _assets, 1),
    (28, "其他非流动资产", ("1901",), _assets, 1),
    (31, "短期借款", ("2001",), _owed, 1),
    (32, "应付票据", ("2201",), _owed, 1),
    (33, "应付账款", ("2202", "1123"), _due_to, 1),
    (34, "预收账款", ("2203", "1122"), _due_to, 1),
    (35, "应付职工薪酬", ("2211",), _owed, 1),
    (36, "应交税费", ("2221",), _owed, 1),
    (37, "应付利息", ("2231",), _owed, 1),
    (38, "应付利润", ("2232",), _owed, 1),
    (39, "其他应付款", ("2241",), _owed, 1),
    (42, "长期借款", ("2501",), _owed, 1),
    (43, "长期应付款", ("2701",), _owed, 1),
    (44, "递延收益", ("2401",), _owed, 1),
    (48, "实收资本（或股本）", ("3001",), _owed, 1),
    (49, "资本公积", ("3002",), _owed, 1),
    (50, "盈余公积", ("3101",), _owed, 1),
    (51, "未分配利润", ("3103", "3104", "5"), _owed, 1),
)
_EMPTY: Final = {14: "其他流动资产", 40: "其他流动负债", 45: "其他非流动负债"}
_SUMS: Final[tuple[tuple[int, str, tuple[int, ...]], ...]] = (
    (15, "流动资产合计", (1, 2, 3, 4, 5, 6, 7, 8, 9, 14)),
    (20, "固定资产账面价值", (18, -19)),
    (29, "非流动资产合计", (16, 17, 20, 21, 22, 23, 24, 25, 26, 27, 28)),
    (30, "资产总计", (15, 29)),
    (41, "流动负债合计", (31, 32, 33, 34, 35, 36, 37, 38, 39, 40)),
    (46, "非流动负债合计", (42, 43, 44, 45)),
    (47, "负债合计", (41, 46)),
    (52, "所有者权益（或股东权益）合计", (48, 49, 50, 51)),
    (53, "负债和所有者权益（或股东权益）总计", (47, 52)),
)
ASSETS_TOTAL: Final = 30
SOURCES_TOTAL: Final = 53


def balance_sheet(account_set: AccountSet, month: int, *, waiting: bool = False) -> Statement:
    """The 53 lines with the amounts at the month's end and at the beginning of the year."""
    leaves = details_of(account_set, month, waiting=waiting)
    now = _column(leaves, lambda one: one.closing)
    then = _column(leaves, lambda one: one.year_opening)
    lines = [
        Amounts(number, label, now[number], then[number], codes, depth) for number, label, codes, _t, depth in _TAKEN
    ]
    lines += [Amounts(number, label, None, None, (), 1) for number, label in _EMPTY.items()]
    lines += [
        Amounts(number, label, now[number], then[number], (), 1 if number == 20 else 0, is_sum=number != 20)
        for number, label, _parts in _SUMS
    ]
    lines.sort(key=lambda one: one.number)
    return Statement("资产负债表", "会小企01表", ("期末余额", "年初余额"), lines)


def _column(leaves: list[Figures], value: Value) -> Mapping[int, Decimal]:
    found = {number: take(*codes)(leaves, value) for number, _label, codes, take, _depth in _TAKEN}
    found |= dict.fromkeys(_EMPTY, ZERO)
    for number, _label, parts in _SUMS:
        found[number] = sum((found[part] if part > 0 else -found[-part] for part in parts), ZERO)
    return found
