"""The PDF of an issued invoice: vectors and text, laid out as the form is, with the used part of the font inside.

A few lines stand on one page of the usual size; many on several taller ones, each with its subtotal. The seal of the
tax authority is not drawn: only the authority's own file bears it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from fpdf.enums import Align

from invoicing.canvas import BODY, FORM, INK, TAB, Canvas
from invoicing.faces import Line
from invoicing.printed import Printed, Row, sums

WIDTH: Final = 210.0
SHORT, TALL = 140.0, 297.0
LEFT: Final = 6.0
RIGHT: Final = 204.0
TOP: Final = 25.0  # of the frame
PARTY_HEIGHT: Final = 20.0
HEAD_HEIGHT: Final = 6.0
ROW: Final = 4.2  # one line of text in the table
BELOW: Final = 46.0  # from the sums down to the edge of the page
GAP: Final = 1.2


@dataclass(frozen=True, slots=True)
class Column:
    """One column of the table; the form has no rules between them."""

    head: str
    width: float
    align: Align
    field: str


COLUMNS: Final = (
    Column("项目名称", 40, Align.L, "name"),
    Column("规格型号", 24, Align.L, "spec"),
    Column("单 位", 13, Align.C, "unit"),
    Column("数 量", 26, Align.R, "quantity"),
    Column("单 价", 27, Align.R, "price"),
    Column("金 额", 26, Align.R, "amount"),
    Column("税率/征收率", 18, Align.C, "rate"),
    Column("税 额", 24, Align.R, "tax"),
)


@dataclass(frozen=True, slots=True)
class Cells:
    """A line broken to the widths of its columns."""

    line: Line
    texts: tuple[list[str], ...]

    @property
    def height(self) -> float:
        return ROW * max(len(text) for text in self.texts)


def draw(printed: Printed) -> bytes:
    """The file. Its bytes are the same whenever it is drawn."""
    return _Form(printed).draw()


class _Form:
    def __init__(self, printed: Printed) -> None:
        self.printed = printed
        self.canvas = Canvas(width=WIDTH, text="".join(_texts(printed)))
        self.height = SHORT
        document = self.canvas.pdf
        document.set_title(f"{printed.title} {printed.number}")
        document.set_author(printed.face.seller.name)
        document.set_creation_date(printed.issued_at)
        document.set_lang("zh-CN")

    def draw(self) -> bytes:
        pages = self._pages()
        for place, cells in enumerate(pages, 1):
            self.canvas.page(self.height)
            self._head(place, len(pages))
            self._parties()
            self._table(cells, last=place == len(pages), alone=len(pages) == 1)
            self._foot()
        return self.canvas.file()

    # What goes on which page

    def _pages(self) -> list[list[Cells]]:
        """All lines on one short page if they fit, else on tall ones."""
        broken = [self._broken(line) for line in self.printed.face.lines]
        if sum(cells.height for cells in broken) <= self._room():
            return [broken]
        self.height = TALL
        pages: list[list[Cells]] = [[]]
        left = self._room() - ROW  # the subtotal
        for cells in broken:
            if cells.height > left and pages[-1]:
                pages.append([])
                left = self._room() - ROW
            pages[-1].append(cells)
            left -= cells.height
        return pages

    def _room(self) -> float:
        """For lines, on a page of the height chosen."""
        return self.height - BELOW - TOP - PARTY_HEIGHT - HEAD_HEIGHT - ROW

    def _broken(self, line: Line) -> Cells:
        row = Row.of(line)
        return Cells(line, tuple(self._fitted(one, getattr(row, one.field)) for one in COLUMNS))

    def _fitted(self, column: Column, text: str) -> list[str]:
        """Words are broken, numbers are written smaller instead."""
        return [text] if column.align == Align.R else self.canvas.wrapped(text, column.width - 2 * GAP)

    # Its parts

    def _head(self, place: int, count: int) -> None:
        printed, middle = self.printed, WIDTH / 2
        self.canvas.qr(printed.qr_text, LEFT + 1, 4, 17.5)
        self.canvas.write(printed.title, middle - 45, 6, 90, size=16, colour=FORM, align=Align.C, height=8)
        half = self.canvas.breadth(printed.title, 16) / 2 + 2
        for y in (15.2, 16.2):
            self.canvas.rule(middle - half, y, middle + half, y)
        self.canvas.pair("发票号码：", printed.number, 151, 7.5)
        self.canvas.pair("开票日期：", printed.date, 151, 12.5)
        if count > 1:
            self.canvas.write(f"共{count}页 第{place}页", 151, 17.5, RIGHT - 151, size=8, colour=FORM)

    def _parties(self) -> None:
        face, middle = self.printed.face, (LEFT + RIGHT) / 2
        self.canvas.box(LEFT, TOP, RIGHT - LEFT, PARTY_HEIGHT)
        self.canvas.rule(middle, TOP, middle, TOP + PARTY_HEIGHT)
        for x, label, party in ((LEFT, "购买方信息", face.buyer), (middle, "销售方信息", face.seller)):
            self.canvas.upright(label, x, TOP, PARTY_HEIGHT)
            width = (RIGHT - LEFT) / 2 - TAB - 2 * GAP
            self.canvas.pair("名称：", party.name, x + TAB + GAP, TOP + 3, width)
            self.canvas.pair("统一社会信用代码/纳税人识别号：", party.tax_number, x + TAB + GAP, TOP + 12, width)

    def _table(self, cells: Sequence[Cells], *, last: bool, alone: bool) -> None:
        top, bottom = TOP + PARTY_HEIGHT, self.height - BELOW
        self.canvas.box(LEFT, top, RIGHT - LEFT, bottom - top)
        x = LEFT
        for one in COLUMNS:
            align = Align.C if one.align == Align.C or one.field == "name" else one.align
            self.canvas.write(
                one.head, x + GAP, top, one.width - 2 * GAP, size=8, colour=FORM, align=align, height=HEAD_HEIGHT
            )
            x += one.width
        y = top + HEAD_HEIGHT
        for row in cells:
            self._row(row, y)
            y += row.height
        if not alone:
            self._sums("小计", [row.line for row in cells], bottom - (2 if last else 1) * (ROW + 0.6))
        if last:
            self._sums("合计", self.printed.face.lines, bottom - ROW - 0.6)

    def _row(self, cells: Cells, y: float) -> None:
        x = LEFT
        for one, texts in zip(COLUMNS, cells.texts, strict=True):
            width = one.width - 2 * GAP
            for place, text in enumerate(texts):
                size = min(BODY, BODY * width / max(width, self.canvas.breadth(text, BODY)))
                self.canvas.write(text, x + GAP, y + place * ROW, width, size=size, align=one.align, height=ROW)
            x += one.width

    def _sums(self, label: str, lines: Sequence[Line], y: float) -> None:
        amount, tax = sums(lines)
        texts = {"name": "    ".join(label), "amount": amount, "tax": tax}
        x = LEFT
        for one in COLUMNS:
            if one.field in texts:
                align, colour = (Align.C, FORM) if one.field == "name" else (one.align, INK)
                width = one.width - 2 * GAP
                self.canvas.write(
                    texts[one.field], x + GAP, y, width, size=BODY, colour=colour, align=align, height=ROW
                )
            x += one.width

    def _foot(self) -> None:
        y, printed = self.height - BELOW, self.printed
        self.canvas.box(LEFT, y, RIGHT - LEFT, 7.5)
        self.canvas.write("价税合计（大写）", LEFT, y, 40, size=9, colour=FORM, align=Align.C, height=7.5)
        self.canvas.rule(LEFT + 40, y, LEFT + 40, y + 7.5)
        self.canvas.crossed_circle(LEFT + 45, y + 3.75, 1.7)
        self.canvas.write(printed.total_in_words, LEFT + 49, y, 88, size=9.5, height=7.5)
        self.canvas.write("（小写）", LEFT + 140, y, 18, size=9, colour=FORM, height=7.5)
        self.canvas.write(printed.total, LEFT + 157, y, RIGHT - LEFT - 159, size=9.5, height=7.5)
        self.canvas.box(LEFT, y + 7.5, RIGHT - LEFT, 25)
        self.canvas.upright("备注", LEFT, y + 7.5, 25)
        self._remark(y + 7.5, 25)
        self.canvas.pair("开票人：", printed.face.drawer, LEFT + 24, y + 35.5, 100)

    def _remark(self, top: float, height: float) -> None:
        """As large as it fits."""
        width, parts = RIGHT - LEFT - TAB - 3 * GAP, self.printed.remarks
        for size, texts in ((8.0, parts), (7.0, parts), (6.0, parts), (5.0, parts), (6.0, ["  ".join(parts)])):
            lines = [line for text in texts for line in self.canvas.wrapped(text, width, size)]
            step = size * 0.5
            if len(lines) * step <= height - 2 * GAP:
                break
        for place, text in enumerate(lines):
            self.canvas.write(text, LEFT + TAB + GAP, top + GAP + place * step, width, size=size, height=step)


def _texts(printed: Printed) -> Iterator[str]:
    """Everything that users wrote on it."""
    face = printed.face
    yield from (face.buyer.name, face.seller.name, face.drawer, *printed.remarks)
    for line in face.lines:
        yield from (line.name, line.class_name, line.spec, line.unit)
