"""Amounts of money in Chinese capitals (人民币大写), as cheques and invoices print them. Pure.

Every digit is written with its unit, zeros too; then zeros that a reader would not say are taken out.
"""

import re
from decimal import Decimal
from typing import Final

from invoicing.amounts import rounded

DIGITS: Final = "零壹贰叁肆伍陆柒捌玖"
UNITS: Final = ("", "拾", "佰", "仟")
MYRIADS: Final = ("", "万", "亿")
LIMIT: Final = Decimal(10) ** (4 * len(MYRIADS))
_SILENT: Final = re.compile("零+(?=[万亿]|$)")  # before a larger unit, and at the end
_RUN: Final = re.compile("零+")


def capitals(amount: Decimal, *, unit: str = "元", jiao_zheng: bool = True) -> str:
    """The amount in words, rounded to the fen. `jiao_zheng`: 整 also where it ends with 角. ValueError from 10¹² on."""
    value = rounded(abs(amount))
    if value >= LIMIT:
        raise ValueError("amounts are written below 1,000,000,000,000.00")
    yuan, fen = divmod(int(value * 100), 100)
    words = _whole(yuan) + unit if yuan else ""
    words += _parts(*divmod(fen, 10), after_yuan=yuan > 0, jiao_zheng=jiao_zheng) if fen else ""
    words = words or DIGITS[0] + unit
    return ("负" if rounded(amount) < 0 else "") + words + ("" if fen else "整")


def printed(total: Decimal) -> str:
    """As invoices print it: with 圆 and 整, and `(负数)` before what is taken back."""
    return ("(负数)" if total < 0 else "") + capitals(abs(total), unit="圆")


def _whole(number: int) -> str:
    """A number above zero."""
    digits = str(number)
    words = ""
    for place, digit in zip(range(len(digits) - 1, -1, -1), digits, strict=True):
        words += DIGITS[int(digit)] + (UNITS[place % 4] if digit != "0" else "")
        if place % 4 == 0 and number // 10**place % 10**4:
            words += MYRIADS[place // 4]
    return _RUN.sub("零", _SILENT.sub("", words))


def _parts(jiao: int, fen: int, *, after_yuan: bool, jiao_zheng: bool) -> str:
    """角 and 分, of which at least one is above zero."""
    tenths = f"{DIGITS[jiao]}角" if jiao else "零" if after_yuan else ""
    if fen:
        return f"{tenths}{DIGITS[fen]}分"
    return tenths + ("整" if jiao_zheng else "")
