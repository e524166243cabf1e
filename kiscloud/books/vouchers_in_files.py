"""Vouchers in a spreadsheet: read row by row, and written so that they can be read again. Pure but for the subjects.

A voucher is the rows that follow each other with the same date, word and number; the number only tells them apart, they
are numbered anew. Columns: date, word, number, summary, subject code, debit, credit, quantity, attachments, item.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from finance.spreadsheets import Cells
from kiscloud.books.entries import Entry, Header
from kiscloud.books.models import Line, Word
from kiscloud.books.typed import read_amount, read_quantity

TITLES: Final = ("日期", "凭证字", "凭证号", "摘要", "科目代码", "借方金额", "贷方金额", "数量", "附件数", "核算项目")
EXAMPLE: Final = (
    ("2026-03-05", "记", "1", "收到投资款", "1002", "100000.00", "", "", "1", ""),
    ("2026-03-05", "记", "1", "收到投资款", "3001", "", "100000.00", "", "", ""),
)


@dataclass(slots=True)
class Read:
    """A voucher of the file: the numbers of its rows, what they say, and what is wrong in which row."""

    rows: list[int]
    header: Header | None = None
    entries: list[Entry] = field(default_factory=list)
    problems: list[tuple[int, str]] = field(default_factory=list)


def read_vouchers(rows: Sequence[Cells]) -> list[Read]:
    """The file's vouchers in their order; the titles are left out. Rows that cannot be read have their problem."""
    if rows and rows[0].values[0] in (TITLES[0], "date"):
        rows = rows[1:]
    groups = itertools.groupby(rows, key=lambda row: row.values[:3])
    return [_voucher(list(group)) for _key, group in groups]


def _voucher(rows: list[Cells]) -> Read:
    found = Read([row.number for row in rows])
    try:
        found.header = _header(rows[0])
    except ValidationError as error:
        found.problems.append((rows[0].number, " ".join(error.messages)))
    for row in rows:
        if row.formula:
            found.problems.append((row.number, _("This row holds a formula. Put its value there instead.")))
            continue
        try:
            found.entries.append(_entry(row.values))
        except ValidationError as error:
            found.problems.append((row.number, " ".join(error.messages)))
    return found


def _header(row: Cells) -> Header:
    word = row.values[1] or Word.GENERAL
    if word not in Word.values:
        raise ValidationError(
            _("“%(word)s” is no kind of voucher; there are 记, 收, 付 and 转."), params={"word": word[:10]}
        )
    attachments = row.values[8]
    if attachments and not (attachments.isdecimal() and len(attachments) < 4):
        raise ValidationError(_("The number of attachments is no number."))
    return Header(_day(row.values[0]), word, int(attachments or 0))


def _day(text: str) -> date:
    for pattern in ("%Y-%m-%d", "%Y/%m/%d", "%Y.%m.%d", "%Y年%m月%d日", "%Y-%m-%d %H:%M:%S", "%Y%m%d"):
        try:
            return datetime.strptime(text, pattern).date()  # noqa: DTZ007  (a day has no zone)
        except ValueError:
            continue
    raise ValidationError(_("“%(text)s” is no date. Write it like 2026-03-05."), params={"text": text[:30]})


def _entry(values: Sequence[str]) -> Entry:
    _date, _word, _number, summary, code, debit, credit, quantity, _attachments, item = values
    return Entry(summary, code, read_amount(debit), read_amount(credit), read_quantity(quantity), item.split(" ")[0])


def written(lines: Iterable[Line]) -> Iterable[list[str | Decimal | int]]:
    """The rows of these lines, below the titles; as they can be read again."""
    yield list(TITLES)
    for line in lines:
        voucher = line.voucher
        yield [
            line.day.isoformat(),
            voucher.word,
            voucher.number or "",
            line.summary,
            line.subject.code,
            line.debit if line.debit else "",
            line.credit if line.credit else "",
            line.quantity if line.quantity is not None else "",
            voucher.attachments,
            str(line.item or ""),
        ]
