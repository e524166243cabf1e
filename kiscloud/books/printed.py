"""Vouchers on paper: one a sheet of half A4, as binders of vouchers want them."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fpdf.enums import Align

from invoicing.canvas import Canvas
from invoicing.capitals import capitals
from kiscloud.books.models import Line, Voucher
from kiscloud.books.sheets import HEIGHT, LEFT, ROW, ROWS, WIDTH, Column, cells, grid, sheets_of

TOP: Final = 34.0
COLUMNS: Final = (
    Column(62.0, "摘要"),
    Column(70.0, "会计科目"),
    Column(27.0, "借方金额", Align.R),
    Column(27.0, "贷方金额", Align.R),
)
TITLES: Final = {"记": "记账凭证", "收": "收款凭证", "付": "付款凭证", "转": "转账凭证"}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A voucher with its lines, and the full names of their subjects."""

    company: str
    voucher: Voucher
    lines: Sequence[Line]
    names: dict[int, str]

    def named(self, line: Line) -> str:
        """The line's subject, and its item."""
        return self.names[line.subject_id] + (f"／{line.item}" if line.item else "")


def draw(sheets: Sequence[Sheet]) -> bytes:
    """The file."""
    text = "".join(f"{one.company}{''.join(line.summary + one.named(line) for line in one.lines)}" for one in sheets)
    people = "".join(f"{one.voucher.maker}{one.voucher.auditor}{one.voucher.poster}" for one in sheets)
    canvas = Canvas(width=WIDTH, text=text + people)
    canvas.pdf.set_title("会计凭证")
    for sheet in sheets:
        pages = sheets_of(sheet.lines)
        for place, lines in enumerate(pages, 1):
            canvas.page(HEIGHT)
            _head(canvas, sheet, place, len(pages))
            _lines(canvas, sheet, lines, last=place == len(pages))
            _foot(canvas, sheet.voucher)
    return canvas.file()


def _head(canvas: Canvas, sheet: Sheet, place: int, pages: int) -> None:
    voucher = sheet.voucher
    canvas.write(TITLES[voucher.word], 0, 10, WIDTH, size=18, align=Align.C, height=10)
    canvas.write(f"单位：{sheet.company}", LEFT, 26, 90, size=9)
    canvas.write(voucher.day.strftime("%Y年%m月%d日"), 0, 20, WIDTH, size=10, align=Align.C)
    number = f"{voucher.word}字第 {voucher.number or '—'} 号" + (f"  {place}/{pages}" if pages > 1 else "")
    canvas.write(number, WIDTH - LEFT - 60, 20, 60, size=10, align=Align.R)
    canvas.write(f"附单据 {voucher.attachments} 张", WIDTH - LEFT - 60, 26, 60, size=9, align=Align.R)


def _lines(canvas: Canvas, sheet: Sheet, lines: Sequence[Line], *, last: bool) -> None:
    grid(canvas, COLUMNS, TOP)
    for row, line in enumerate(lines, 1):
        texts = (line.summary, sheet.named(line), _money(line.debit), _money(line.credit))
        cells(canvas, COLUMNS, TOP + row * ROW, texts)
    if last:
        debit = sum((line.debit for line in sheet.lines), Decimal(0))
        credit = sum((line.credit for line in sheet.lines), Decimal(0))
        words = f"合计：{capitals(debit)}"
        cells(canvas, COLUMNS, TOP + (ROWS + 1) * ROW, (words, "", f"{debit:,.2f}", f"{credit:,.2f}"))


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}" if amount else ""


def _foot(canvas: Canvas, voucher: Voucher) -> None:
    y = TOP + ROW * (ROWS + 2) + 2
    people = (("会计主管", ""), ("记账", voucher.poster), ("审核", voucher.auditor), ("制单", voucher.maker))
    for place, (label, who) in enumerate(people):
        canvas.write(f"{label}：{who or ''}", LEFT + place * 47, y, 46, size=9)
