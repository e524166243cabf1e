"""The PDF is opened, read and rendered to a picture, as a reader's program does it."""

from dataclasses import replace

import pylopdf_fonts_zh_cn
import pypdfium2
import pytest
import zxingcpp

from invoicing import fonts, pdf
from invoicing.amounts import discounted
from invoicing.printed import Printed
from tests.invoicing.facing import BUYER, D, counted_line, make_face, make_line, print_face


def read(printed: Printed) -> list[str]:
    """The text of each page, without spaces."""
    document = pypdfium2.PdfDocument(pdf.draw(printed))
    try:
        return ["".join(page.get_textpage().get_text_bounded().split()) for page in document]
    finally:
        document.close()


def picture(printed: Printed):
    document = pypdfium2.PdfDocument(pdf.draw(printed))
    try:
        return document[0].render(scale=3).to_pil()
    finally:
        document.close()


def test_it_says_what_stands_on_the_invoice():
    line = counted_line("12", "333.33", spec="标准版", unit="月")
    face = make_face(line, *discounted(make_line("1060"), D("100.00")), remark="合同编号：HT-01\n第二行")
    (text,) = read(print_face(face))

    for part in (
        "电子发票（普通发票）",
        "发票号码：26112000000000028787",
        "开票日期：2026年11月29日",
        f"名称：{face.buyer.name}",
        f"纳税人识别号：{face.buyer.tax_number}",
        f"名称：{face.seller.name}",
        "*信息技术服务*软件服务标准版月12333.333999.966%240.00",
        "-100.006%-6.00",
        "合计¥4899.96¥294.00",
        "伍仟壹佰玖拾叁圆玖角陆分",
        "¥5193.96",
        "合同编号：HT-01",
        "第二行",
        "开票人：李明",
    ):
        assert part in text
    assert "第1页" not in text


def test_its_qr_code_can_be_read_from_the_picture():
    printed = print_face(make_face(kind="special"))
    (code,) = zxingcpp.read_barcodes(picture(printed))

    assert code.text == printed.qr_text
    assert code.text.startswith("01,31,,26112000000000028787,106.00,20261129,,")


def test_a_red_one_says_so_and_what_it_takes_back():
    line = make_line()
    red = replace(line, amount=-line.amount, tax=-line.tax, reverses=1)
    face = make_face(red, reverses="26112000000000000001", red_letter="11012611000001", red_reason="01")
    (text,) = read(print_face(face))

    assert "(负数)壹佰零陆圆整" in text
    assert "¥-106.00" in text
    assert "被红冲蓝字数电发票号码：26112000000000000001红字发票信息确认单编号：11012611000001" in text


@pytest.mark.parametrize(("zero_rate", "word"), [("1", "免税"), ("2", "不征税")])
def test_untaxed_lines_say_why(zero_rate, word):
    (text,) = read(print_face(make_face(make_line("50", rate="0", zero_rate=zero_rate))))

    assert f"50.00{word}***" in text
    assert "合计¥50.00***" in text


def test_addresses_stand_in_the_remark_where_they_were_chosen():
    shown = make_face(extra={"show_seller_address": True, "show_buyer_bank": True})
    (text,) = read(print_face(shown))

    assert f"销方地址：{shown.seller.address}；电话：{shown.seller.phone}；" in text
    assert "银行" not in text
    assert "地址" not in read(print_face())[0]


def test_many_lines_need_pages_with_subtotals():
    pages = read(print_face(make_face(*[make_line(name=f"服务{place}号") for place in range(1, 101)])))

    assert [page.count("软件服务") for page in pages] == [0] * len(pages)
    assert all(f"共{len(pages)}页第{place}页" in page for place, page in enumerate(pages, 1))
    assert all(any(f"*服务{place}号" in page for page in pages) for place in range(1, 101))
    assert all("小计" in page for page in pages)
    assert ["合计¥10000.00¥600.00" in page for page in pages] == [False] * (len(pages) - 1) + [True]


def test_the_most_lines_can_be_drawn():
    assert len(read(print_face(make_face(*[make_line()] * 2000)))) > 30


def test_long_words_stay_inside_the_frame():
    long = make_face(
        counted_line("12345678901.12345", "1", name="很长的项目名称" * 14, spec="规格" * 20, unit="计量单位" * 5),
        buyer=replace(BUYER, name="很长的企业名称" * 14),
        remark="\n".join("注" * 115),
    )
    (text,) = read(print_face(long))
    shot = picture(print_face(long)).convert("L")
    right_of_frame = shot.crop((int(205 / 210 * shot.width), 0, shot.width, shot.height))
    below_remark = shot.crop((0, int(127.5 / 140 * shot.height), int(0.13 * shot.width), shot.height))

    assert long.buyer.name in text
    assert text.count("注") == 116
    assert right_of_frame.getextrema() == below_remark.getextrema() == (255, 255)


def test_rare_signs_of_names_are_there():
    names = "䶮㛃𬭎𬬭𫓧𨱑𣲗𫖮昇堃喆镕"
    (text,) = read(print_face(make_face(buyer=replace(BUYER, name=names))))

    assert names in text


def test_a_sign_that_the_font_lacks_is_taken_from_another_or_marked(settings):
    named = print_face(make_face(buyer=replace(BUYER, name="张𰻝")))
    assert f"名称：张{fonts.MISSING}" in read(named)[0]

    settings.INVOICE_FONTS = [str(pylopdf_fonts_zh_cn.sans_path())]
    assert "名称：张𰻝" in read(named)[0]


def test_the_file_is_the_same_whenever_it_is_drawn():
    printed = print_face()

    assert pdf.draw(printed) == pdf.draw(printed)
    assert pdf.draw(printed).startswith(b"%PDF-")


def test_only_the_used_part_of_the_font_is_inside():
    assert len(pdf.draw(print_face())) < 100_000
