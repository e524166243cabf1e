"""The font of drawn invoices: Noto Serif SC (SIL Open Font License), which has every sign of the national list of
standard characters, rare ones in names included. What it lacks is taken from the fonts of the setting `INVOICE_FONTS`.
"""

from pathlib import Path
from typing import Final

import pylopdf_fonts_zh_cn
from django.conf import settings
from fontTools.ttLib import TTFont
from fpdf import FPDF
from fpdf.fonts import TTFFont

NAME: Final = "serif"
MISSING: Final = "〓"  # printers set it where they have no type


def load(pdf: FPDF, text: str) -> dict[int, str]:
    """The document writes with it from now on, and with other fonts where the text needs them. Answers what stands
    instead of signs that no font has.
    """
    pdf.add_font(NAME, fname=pylopdf_fonts_zh_cn.serif_path())
    lacking = {char for char in text if char.isprintable() and ord(char) not in _font(pdf).cmap}
    names = []
    for place, path in enumerate(settings.INVOICE_FONTS if lacking else ()):
        has = {char for char in lacking if ord(char) in _signs(Path(path))}
        if has:
            names.append(f"other{place}")
            pdf.add_font(names[-1], fname=path)
            lacking -= has
    pdf.set_fallback_fonts(names, exact_match=False)
    return dict.fromkeys(map(ord, lacking), MISSING)


def release(pdf: FPDF) -> None:
    """The tables of its fonts are forgotten at once: the document refers to itself, so that it lives on for a while."""
    for font in pdf.fonts.values():
        if isinstance(font, TTFFont):
            font.ttfont.close()
            font.ttfont.tables.clear()


def _font(pdf: FPDF) -> TTFFont:
    font = pdf.fonts[NAME]
    assert isinstance(font, TTFFont)  # noqa: S101
    return font


def _signs(path: Path) -> set[int]:
    with TTFont(path, lazy=True, fontNumber=0) as font:
        return set(font.getBestCmap())
