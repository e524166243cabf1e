"""Excel files written row by row."""

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from finance.worksheet import Worksheet
from tests.finance.funds import D


def written(*rows, title="资金流动"):
    file = io.BytesIO()
    with Worksheet(file, title, widths=[20, 10]) as sheet:
        for row in rows:
            sheet.append(row)
    return load_workbook(file)


def values(book):
    return [list(row) for row in book.active.iter_rows(values_only=True)]


def test_what_was_written_is_read_again_numbers_as_numbers():
    rows = [["时间", "金额"], ["2026-11-01", D("-1234567890123.45")], [' 两  行\n<b>&amp;"', 7], ["=1+1", D("0.10")]]
    book = written(*rows)
    assert values(book) == [
        ["时间", "金额"],
        ["2026-11-01", -1234567890123.45],
        [' 两  行\n<b>&amp;"', 7],
        ["=1+1", 0.1],
    ]
    assert book.active["A4"].data_type != "f"
    assert book.active.freeze_panes == "A2"
    assert book.sheetnames == ["资金流动"]


@given(st.text())
def test_any_text_leaves_a_file_that_can_be_read(text):
    assert len(values(written(["first"], [text, D(1)]))) == 2


def test_amounts_never_get_an_exponent():
    file = io.BytesIO()
    with Worksheet(file, "x", widths=[1]) as sheet:
        sheet.append([D("1E+3"), D("0E-10")])
    body = zipfile.ZipFile(file).read("xl/worksheets/sheet1.xml").decode()
    assert "<v>1000</v>" in body
    assert "E" not in body.partition("<sheetData>")[2]


def test_a_file_that_broke_off_says_so():
    def broken():
        with Worksheet(file, "x", widths=[1]) as sheet:
            sheet.append(["a"])
            raise OSError("no room")

    file = io.BytesIO()
    with pytest.raises(OSError, match="no room"):
        broken()
    with pytest.raises(Exception, match=r".+"):
        load_workbook(file)
