"""Spreadsheets that people upload: read strictly, row by row, and nothing in them is ever run."""

import io
import zipfile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from config.errors import InputError
from finance import policy
from finance.models import Batch
from finance.spreadsheets import Row, csv_line, harmless, read_rows
from tests.accounts.linking import dissolve
from tests.factories import make_account, make_relationship
from tests.finance.funds import D, funds, top_up
from tests.finance.pages import at, shows


def xlsx(*rows, **parts):
    """A workbook with these rows; `parts` are further files in it."""
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    with zipfile.ZipFile(file, "a") as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/"), content)
    return file.getvalue()


def plain(rows):
    return [(row.number, row.account, row.amount, row.note) for row in rows]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_file_is_read_in_the_encodings_of_chinese_offices(encoding):
    text = '账号,金额,备注\r\nanna,"1,234.50",十月预算\r\n\r\nben,5,"两行\n备注"\r\n'
    assert plain(read_rows("a.csv", text.encode(encoding))) == [
        (2, "anna", "1,234.50", "十月预算"),
        (5, "ben", "5", "两行\n备注"),
    ]


def test_an_excel_file_gives_numbers_as_they_stand_there():
    content = xlsx(["账号", "金额", "备注"], [1234567890, 12.5, None], ["ben", 7, " x "], [], ["c", 12.345, True])
    assert plain(read_rows("a.xlsx", content)) == [
        (2, "1234567890", "12.5", ""),
        (3, "ben", "7", "x"),
        (5, "c", "12.345", "True"),
    ]


def test_without_titles_the_first_row_is_a_row():
    assert plain(read_rows("a.csv", b"anna,5\n")) == [(1, "anna", "5", "")]


def test_a_formula_is_marked_wherever_it_stands():
    rows = read_rows("a.xlsx", xlsx(["a", "=1+1", ""], ["=A1", 5, ""], ["b", 5, ""]))
    assert [row.formula for row in rows] == [True, True, False]
    assert [row.formula for row in read_rows("a.csv", b"a,=1+1\n=A1,5\nb,5\n")] == [True, True, False]


def bomb():
    file = io.BytesIO(xlsx(["a", 1]))
    with zipfile.ZipFile(file, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/large.xml", b" " * (policy.UPLOAD_UNPACKED_BYTES_MAX + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"\n\n , ,\n"),
        ("a.csv", "账号,金额,备注\n".encode()),
        ("a.csv", b"a,5\x00\n"),
        ("a.csv", b'a,"5\n'),
        ("a.csv", b"a,5\n" * (policy.ALLOTMENTS_PER_BATCH_MAX + 1)),
        ("a.csv", b"x" * (policy.UPLOAD_BYTES_MAX + 1)),
        ("a.csv", b"\xff\xff\xff"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
        ("a.xlsx", b"a,5\n"),
        ("a.xlsx", b"PK\x03\x04" + b"rubbish" * 9),
        ("a.xlsx", xlsx(["a", 1])[:-40]),
        ("a.xlsx", xlsx(["a", 1], xl__vbaProject="x")),
        ("a.xlsx", xlsx(["a", 1], xl__externalLinks__externalLink1="x")),
        ("a.xlsx", xlsx(["a", 1], xl__embeddings__o="x")),
        ("a.xlsx", bomb()),
    ],
    ids=range(16),
)
def test_a_file_that_cannot_be_taken_is_refused_with_a_sentence(name, content):
    with pytest.raises(InputError) as refused:
        read_rows(name, content)
    assert refused.value.field == "file"
    assert str(refused.value)


def test_entities_of_a_document_are_never_unfolded():
    content = xlsx(["a", 1])
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.infolist():
            body = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                body = b'<!DOCTYPE x [<!ENTITY a "aaaa">]>' + body
            new.writestr(part, body)
    with pytest.raises(InputError):
        read_rows("a.xlsx", file.getvalue())


@given(st.binary(max_size=300), st.sampled_from(["a.csv", "a.xlsx"]), st.booleans())
def test_whatever_is_uploaded_gives_rows_or_a_refusal(content, name, zipped):
    try:
        rows = read_rows(name, b"PK\x03\x04" + content if zipped else content)
    except InputError:
        return
    assert all(isinstance(row, Row) and "\x00" not in row.account for row in rows)


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1"])
def test_a_cell_that_would_run_is_written_as_text(cell):
    assert harmless(cell) == f"'{cell}"
    assert csv_line([cell]).lstrip('"').startswith("'")


def test_numbers_and_plain_words_are_written_as_they_are():
    assert csv_line([D("-5.00"), "十月", 'a"b']) == '-5.00,十月,"a""b"\r\n'


pages = pytest.mark.usefixtures("cheap_hashes", "db")


@pytest.fixture
def console(browse, manager):
    return browse(manager)


def upload(console, name, content, direction="allot"):
    return console.post(at("batch-upload"), {"direction": direction, "file": SimpleUploadedFile(name, content)})


@pages
@pytest.mark.rule("K10.4")
def test_good_rows_go_on_and_the_others_are_listed_with_their_numbers(console, manager):
    top_up(manager, "1000.00")
    anna = make_relationship(manager, make_account(username="anna"), kind="partner")
    ben = make_relationship(manager, make_account(username="ben"), kind="partner")
    gone = make_relationship(manager, make_account(username="gone"), kind="partner")
    dissolve(gone)
    make_account(username="foreign")
    rows = [
        ["账号", "金额", "备注"],
        ["ANNA", "100.50", "十月"],
        [ben.member.number, 50, ""],
        ["anna", "1", ""],
        ["nobody", "1", ""],
        ["foreign", "1", ""],
        ["gone", "1", ""],
        ["", "1", ""],
        ["x", "", ""],
        ["=A1", "5", ""],
    ]
    answer = upload(console, "a.xlsx", xlsx(*rows))
    batch = Batch.objects.get()
    assert answer.headers["Location"] == at("batch-check", batch.pk)
    assert [(line["relationship"], line["amount"], line["note"]) for line in batch.lines] == [
        (anna.pk, "100.50", "十月"),
        (ben.pk, "50.00", ""),
    ]
    assert [row["row"] for row in batch.left_out] == [4, 5, 6, 7, 8, 9, 10]
    page = console.get(at("batch-check", batch.pk))
    assert shows(page, "This account stands in row %(row)s already.", row=2)
    assert shows(page, "None of your linked accounts has this user name or number.")
    assert funds(anna.member).balance == 0


@pages
@pytest.mark.rule("K10.6")
@pytest.mark.parametrize("amount", ["0.01", "0", "-5", "1.005", "NaN", "1e400", "１２", "", "=1", "9" * 30])
def test_an_amount_that_is_none_leaves_its_row_out(console, manager, member, amount):
    make_relationship(manager, member)
    upload(console, "a.csv", f"member,{amount}\nmember,5\n".encode())
    batch = Batch.objects.get()
    assert [row["row"] for row in batch.left_out] == [1]
    assert [line["amount"] for line in batch.lines] == ["5.00"]


@pages
def test_a_file_that_cannot_be_taken_shows_the_form_again(console, manager):
    for name, content in (("a.csv", b""), ("a.xlsx", b"PK\x03\x04x"), ("a.csv", b"x" * (policy.UPLOAD_BYTES_MAX + 1))):
        answer = upload(console, name, content)
        assert answer.status_code == 422
        assert answer.context["form"].errors.keys() == {"file"}
    assert console.post(at("batch-upload"), {"direction": "allot"}).status_code == 422
    assert not Batch.objects.exists()


@pages
def test_the_template_comes_back_as_it_went(console, manager, member):
    make_relationship(manager, member)
    empty = console.get(at("batch-template-xlsx"))
    book = load_workbook(io.BytesIO(empty.content))
    assert [cell.value for cell in next(book.active.iter_rows())][1]
    book.active.append(["member", 5, ""])
    file = io.BytesIO()
    book.save(file)
    upload(console, "a.xlsx", file.getvalue())
    titles = console.get(at("batch-template-csv")).content
    assert titles.startswith(b"\xef\xbb\xbf")
    upload(console, "a.csv", titles + b"member,7,\r\n")
    assert [batch.lines[0]["amount"] for batch in Batch.objects.order_by("pk")] == ["5.00", "7.00"]
    assert not any(batch.left_out for batch in Batch.objects.all())
