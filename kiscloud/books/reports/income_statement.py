"""利润表, form 会小企02: what was earned and spent, in the year so far and in the month.

Taken from what moved without the vouchers that carry profit and loss over.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Final

from kiscloud.books.charts import fitted
from kiscloud.books.models import Books
from kiscloud.books.reports.figures import ZERO, Figures, Value, below, leaves_of
from kiscloud.books.reports.lines import Amounts, Statement
from kiscloud.models import AccountSet

# Number, label, codes, depth. Subjects below the first level are those of the chart with the usual details; a line
# whose subject is not kept shows nothing.
_TAKEN: Final[tuple[tuple[int, str, tuple[str, ...], int], ...]] = (
    (1, "一、营业收入", ("5001", "5051"), 0),
    (2, "减：营业成本", ("5401", "5402"), 1),
    (3, "税金及附加", ("5403",), 2),
    (4, "其中：消费税", ("540301",), 3),
    (5, "营业税", ("540302",), 4),
    (6, "城市维护建设税", ("540303",), 4),
    (7, "资源税", ("540304",), 4),
    (8, "土地增值税", ("540305",), 4),
    (9, "城镇土地使用税、房产税、车船税、印花税", ("540306",), 4),
    (10, "教育费附加、矿产资源补偿费、排污费", ("540307",), 4),
    (11, "销售费用", ("5601",), 2),
    (12, "其中：商品维修费", ("560101",), 3),
    (13, "广告费和业务宣传费", ("560102",), 4),
    (14, "管理费用", ("5602",), 2),
    (15, "其中：开办费", ("560201",), 3),
    (16, "业务招待费", ("560202",), 4),
    (17, "研究费用", ("560203",), 4),
    (18, "财务费用", ("5603",), 2),
    (19, "其中：利息费用（收入以“－”号填列）", ("560301",), 3),
    (20, "加：投资收益（损失以“－”号填列）", ("5111",), 1),
    (22, "加：营业外收入", ("5301",), 1),
    (23, "其中：政府补助", ("530101",), 3),
    (24, "减：营业外支出", ("5711",), 1),
    (25, "其中：坏账损失", ("571101",), 3),
    (26, "无法收回的长期债券投资损失", ("571102",), 4),
    (27, "无法收回的长期股权投资损失", ("571103",), 4),
    (28, "自然灾害等不可抗力因素造成的损失", ("571104",), 4),
    (29, "税收滞纳金", ("571105",), 4),
    (31, "减：所得税费用", ("5801",), 1),
)
_SUMS: Final[tuple[tuple[int, str, tuple[int, ...]], ...]] = (
    (21, "二、营业利润（亏损以“－”号填列）", (1, -2, -3, -11, -14, -18, 20)),
    (30, "三、利润总额（亏损总额以“－”号填列）", (21, 22, -24)),
    (32, "四、净利润（净亏损以“－”号填列）", (30, -31)),
)
NET: Final = 32


def income_statement(account_set: AccountSet, month: int, *, waiting: bool = False) -> Statement:
    """The 32 lines with the amounts of the year until the month's end and of the month."""
    leaves = leaves_of(account_set, month, waiting=waiting)
    lengths = Books.objects.get(account_set=account_set).code_lengths
    taken = [(one, label, [fitted(code, lengths) for code in codes], depth) for one, label, codes, depth in _TAKEN]
    behind = {number: tuple(codes) for number, _label, codes, _depth in taken}
    year = _column(leaves, behind, lambda one: one.year_activity)
    now = _column(leaves, behind, lambda one: one.activity)
    lines = [Amounts(one, label, year[one], now[one], behind[one], depth) for one, label, _codes, depth in taken]
    lines += [Amounts(number, label, year[number], now[number], is_sum=True) for number, label, _parts in _SUMS]
    lines.sort(key=lambda one: one.number)
    return Statement("利润表", "会小企02表", ("本年累计金额", "本月金额"), lines)


def _column(leaves: list[Figures], behind: Mapping[int, tuple[str, ...]], value: Value) -> Mapping[int, Decimal]:
    found = {number: sum((value(one) for one in below(leaves, *codes)), ZERO) for number, codes in behind.items()}
    for number, _label, parts in _SUMS:
        found[number] = sum((found[part] if part > 0 else -found[-part] for part in parts), ZERO)
    return found
