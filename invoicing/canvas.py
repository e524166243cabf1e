"""What forms are drawn with: boxes, labels that stand upright, words that fit, QR codes. Millimetres and points."""

import itertools
from collections.abc import Iterator, Sequence
from typing import Final

import segno
from fpdf import FPDF
from fpdf.enums import Align

from invoicing import fonts

FORM: Final = (128, 42, 30)  # the brown red of lines and labels
INK: Final = (0, 0, 0)
TAB: Final = 6.0  # of the labels that stand upright
BODY: Final = 8.0


class Canvas:
    """Pages to draw on. `text` is everything unusual that will be written, so that its signs can be found."""

    def __init__(self, *, width: float, text: str) -> None:
        self.width = width
        self.pdf = FPDF(unit="mm", format=(width, width))
        self.pdf.set_auto_page_break(auto=False)
        self.pdf.set_margin(0)
        self.pdf.c_margin = 0
        self.instead = fonts.load(self.pdf, text)
        self.widths: dict[str, float] = {}  # of signs, at one point

    def page(self, height: float) -> None:
        """A fresh one."""
        self.pdf.add_page(format=(self.width, height))

    def file(self) -> bytes:
        """What was drawn; nothing can be drawn any more, and the memory of its fonts is free."""
        made = bytes(self.pdf.output())
        fonts.release(self.pdf)
        return made

    def rule(self, x: float, y: float, to_x: float, to_y: float) -> None:
        """A line of the form."""
        self.pdf.set_draw_color(*FORM)
        self.pdf.set_line_width(0.25)
        self.pdf.line(x, y, to_x, to_y)

    def qr(self, text: str, x: float, y: float, size: float) -> None:
        """A QR code; dark modules that stand side by side are one rectangle."""
        matrix = [list(row) for row in segno.make_qr(text, error="m").matrix]
        module = size / len(matrix)
        self.pdf.set_fill_color(*INK)
        for down, row in enumerate(matrix):
            for start, length in _runs(row):
                self.pdf.rect(x + start * module, y + down * module, length * module, module, style="F")

    def box(self, x: float, y: float, width: float, height: float) -> None:
        """A frame of the form."""
        self.pdf.set_draw_color(*FORM)
        self.pdf.set_line_width(0.25)
        self.pdf.rect(x, y, width, height)

    def crossed_circle(self, x: float, y: float, radius: float) -> None:
        """What stands before an amount in words, so that nothing is added."""
        self.pdf.set_draw_color(*INK)
        self.pdf.set_line_width(0.2)
        self.pdf.circle(x, y, radius)
        slant = radius * 0.707
        self.pdf.line(x - slant, y - slant, x + slant, y + slant)
        self.pdf.line(x - slant, y + slant, x + slant, y - slant)

    def upright(self, label: str, x: float, y: float, height: float) -> None:
        """One sign below the other, with a rule behind."""
        self.rule(x + TAB, y, x + TAB, y + height)
        step = min(6.0, (height - 2) / len(label))
        top = y + (height - step * len(label)) / 2
        for place, char in enumerate(label):
            self.write(char, x, top + place * step, TAB, size=8, colour=FORM, align=Align.C, height=step)

    def pair(self, label: str, value: str, x: float, y: float, width: float = 56.0) -> None:
        """A label and its value, which may need two lines of small signs."""
        self.write(label, x, y, 0, size=9, colour=FORM, height=5)
        taken = self.breadth(label, 9)
        room = width - taken
        size = next((one for one in (9.0, 8.0, 7.0) if self.breadth(value, one) <= room), 6.5)
        lines = self.wrapped(value, room, size)
        step = 5.0 if len(lines) == 1 else 2.7
        first = y if len(lines) == 1 else y + 2.5 - step * len(lines) / 2
        for place, text in enumerate(lines):
            self.write(text, x + taken, first + place * step, room, size=size, height=step)

    def breadth(self, text: str, size: float) -> float:
        """How wide the text is; of every sign only once."""
        for char in set(text) - self.widths.keys():
            self.pdf.set_font(fonts.NAME, size=BODY)
            self.widths[char] = self.pdf.get_string_width(self._known(char)) / BODY
        return size * sum(self.widths[char] for char in text)

    def _known(self, text: str) -> str:
        return text.translate(self.instead) if self.instead else text

    def write(
        self,
        text: str,
        x: float,
        y: float,
        width: float,
        *,
        size: float,
        colour: tuple[int, int, int] = INK,
        align: Align = Align.L,
        height: float = 5.0,
    ) -> None:
        """Text in a place of that width and height, upright in its middle."""
        self.pdf.set_font(fonts.NAME, size=size)
        self.pdf.set_text_color(*colour)
        self.pdf.set_xy(x, y)
        if text:
            self.pdf.cell(width or None, height, self._known(text), align=align)

    def wrapped(self, text: str, width: float, size: float = BODY) -> list[str]:
        """Lines of at most that width; Chinese breaks anywhere."""
        lines, rest = [""], width
        for char in text:
            taken = self.breadth(char, size)
            if char == "\n" or taken > rest:
                lines.append("")
                rest = width
            if char != "\n":
                lines[-1] += char
                rest -= taken
        return lines


def _runs(row: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Where dark modules begin in a row, and how many follow each other."""
    place = 0
    for dark, group in itertools.groupby(row):
        length = len(list(group))
        if dark:
            yield place, length
        place += length
