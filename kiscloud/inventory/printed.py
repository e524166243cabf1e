"""Stock documents on paper: one a sheet of half A4, to go with the goods. What goods cost is not on it."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from fpdf.enums import Align

from invoicing.canvas import Canvas
from invoicing.capitals import capitals
from kiscloud.books.sheets import HEIGHT, LEFT, ROW, ROWS, WIDTH, Column, cells, grid, sheets_of
from kiscloud.inventory.models import Document, DocumentLine, Kind
from kiscloud.inventory.models.document import SELLING

TOP: Final = 40.0
RIGHT: Final = Align.R
TITLES: Final = {
    Kind.PURCHASE: "采购入库单",
    Kind.SALE: "销售出库单",
    Kind.PURCHASE_RETURN: "采购退货单",
    Kind.SALES_RETURN: "销售退货单",
    Kind.COUNT: "盘点单",
    Kind.OPENING: "期初库存单",
}
GOOD: Final = (Column(22.0, "编码"), Column(46.0, "商品"), Column(24.0, "规格"), Column(11.0, "单位"))
TRADE: Final = (
    *GOOD,
    Column(17.0, "数量", RIGHT),
    Column(20.0, "单价", RIGHT),
    Column(25.0, "金额", RIGHT),
    Column(21.0, "税额", RIGHT),
)
COUNT: Final = (*GOOD, Column(42.0, "实盘数量", RIGHT), Column(41.0, "盘盈盘亏", RIGHT))
OPENING: Final = (*GOOD, Column(25.0, "数量", RIGHT), Column(27.0, "单价", RIGHT), Column(31.0, "金额", RIGHT))


@dataclass(frozen=True, slots=True)
class Sheet:
    """A document with its lines and their goods."""

    company: str
    document: Document
    lines: Sequence[DocumentLine]


def draw(sheets: Sequence[Sheet]) -> bytes:
    """The file."""
    canvas = Canvas(width=WIDTH, text="".join(_text(sheet) for sheet in sheets))
    canvas.pdf.set_title("进销存单据")
    for sheet in sheets:
        pages = sheets_of(sheet.lines, ROWS - 1)
        for place, lines in enumerate(pages, 1):
            canvas.page(HEIGHT)
            _head(canvas, sheet, f"  {place}/{len(pages)}" if len(pages) > 1 else "")
            _lines(canvas, sheet, lines, last=place == len(pages))
            _foot(canvas, sheet.document)
    return canvas.file()


def _text(sheet: Sheet) -> str:
    document = sheet.document
    goods = "".join(f"{line.good}{line.good.specification}{line.good.unit}" for line in sheet.lines)
    return f"{sheet.company}{document.partner}{document.note}{document.maker}{document.confirmer}{goods}"


def _head(canvas: Canvas, sheet: Sheet, page: str) -> None:
    document = sheet.document
    canvas.write(TITLES[Kind(document.kind)], 0, 9, WIDTH, size=18, align=Align.C, height=10)
    canvas.write(f"单位：{sheet.company}", LEFT, 20, 90, size=9)
    canvas.write(document.day.strftime("%Y年%m月%d日"), 0, 20, WIDTH, size=10, align=Align.C)
    number = str(document) if document.number else "草稿"
    canvas.write(f"单号：{number}{page}", WIDTH - LEFT - 70, 20, 70, size=9, align=Align.R)
    if document.partner:
        who = "客户" if document.kind in SELLING else "供应商"
        phone = f"  电话：{document.partner.phone}" if document.partner.phone else ""
        canvas.write(f"{who}：{document.partner.name}{phone}", LEFT, 28, 110, size=9)
    if document.note:
        canvas.write(f"备注：{document.note}"[:36], WIDTH - LEFT - 76, 28, 76, size=9, align=Align.R)
    if document.state == Document.State.VOID:
        canvas.write("已作废", LEFT, 10, 30, size=12)


def _lines(canvas: Canvas, sheet: Sheet, lines: Sequence[DocumentLine], *, last: bool) -> None:
    columns = {Kind.COUNT: COUNT, Kind.OPENING: OPENING}.get(Kind(sheet.document.kind), TRADE)
    labels = [column.label for column in columns]
    joined = labels.index("金额") if "金额" in labels else 0  # what a count found has no sum
    grid(canvas, columns, TOP, rows=ROWS - 1, joined=joined)
    for row, line in enumerate(lines, 1):
        cells(canvas, columns, TOP + row * ROW, [*_good(line), *_figures(line, columns)])
    if last and joined:
        amount, tax = (sum((getattr(line, name) for line in sheet.lines), Decimal(0)) for name in ("amount", "tax"))
        y, whole = TOP + ROWS * ROW, amount + tax
        sums = {"金额": f"{amount:,.2f}", "税额": f"{tax:,.2f}"}
        cells(canvas, columns, y, [sums.get(label, "") for label in labels])
        words = f"{'价税合计' if columns is TRADE else '合计'}：{capitals(whole)}  ¥{whole:,.2f}"
        canvas.write(words, LEFT + 1.5, y, 0, size=9, height=ROW)


def _good(line: DocumentLine) -> list[str]:
    good = line.good
    return [good.code, good.name, good.specification, good.unit]


def _figures(line: DocumentLine, columns: Sequence[Column]) -> list[str]:
    if columns is COUNT:
        return [f"{line.quantity.normalize():,f}", f"{line.moved.normalize():,f}" if line.moved else ""]
    price = f"{line.price:,.2f}" if line.price == round(line.price, 2) else f"{line.price.normalize():,f}"
    found = [f"{line.quantity.normalize():,f}", price, f"{line.amount:,.2f}"]
    return found if columns is OPENING else [*found, f"{line.tax:,.2f}"]


def _foot(canvas: Canvas, document: Document) -> None:
    y = TOP + ROW * (ROWS + 1) + 3
    people = [("制单", document.maker), ("确认", document.confirmer), ("经手人", "")]
    people.append(("客户签收" if document.kind in SELLING else "仓库签收", ""))
    for place, (label, who) in enumerate(people):
        canvas.write(f"{label}：{who or ''}", LEFT + place * 47, y, 46, size=9)
