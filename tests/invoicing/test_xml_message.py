"""The XML is read back, and is what its schema says."""

from dataclasses import replace
from decimal import Decimal
from xml.etree import ElementTree as Tree

import pytest
import xmlschema
from hypothesis import given
from hypothesis import strategies as st

from config.env import BASE_DIR
from invoicing import xml_message
from invoicing.amounts import discounted
from invoicing.faces import Face, Line, Party
from tests.invoicing.facing import BUYER, SELLER, D, counted_line, make_face, make_line, print_face

NS = {"": xml_message.NAMESPACE}
SCHEMA = xmlschema.XMLSchema(BASE_DIR / "docs" / "invoice.xsd")
RED = replace(make_line(), amount=D("-100.00"), tax=D("-6.00"), reverses=1)
FACES = [
    make_face(),
    make_face(kind="special", buyer=replace(SELLER, name="A&B <有限> 公司"), remark="第一行\n“第二行”"),
    make_face(counted_line("3", "33.3333333333333"), *discounted(make_line(), D("10.00")), buyer=Party("张三")),
    make_face(make_line(rate="0", zero_rate="1")),
    make_face(RED, reverses="26112000000000000001", red_letter="1101", red_reason="02"),
]


def read(message: bytes) -> Face:
    """The face that the message tells."""
    root = Tree.fromstring(message)

    def text(node, name: str) -> str:
        return str(node.findtext(name, "", NS))

    def party(name: str) -> Party:
        names = ("Name", "TaxNumber", "Address", "Phone", "Bank", "BankAccount")
        return Party(*[text(root.find(name, NS), one) for one in names])

    def line(node) -> Line:
        return Line(
            name=text(node, "Name"),
            class_code=text(node, "ClassCode"),
            class_name=text(node, "ClassName"),
            amount=D(text(node, "Amount")),
            rate=D(text(node, "Rate")),
            tax=D(text(node, "Tax")),
            spec=text(node, "Specification"),
            unit=text(node, "Unit"),
            quantity=D(text(node, "Quantity")) if text(node, "Quantity") else None,
            price=D(text(node, "Price")) if text(node, "Price") else None,
            zero_rate=text(node, "ZeroRate"),
            nature=node.get("nature"),
            reverses=int(node.get("reverses")) if node.get("reverses") else None,
        )

    return Face(
        kind=text(root, "Kind"),
        seller=party("Seller"),
        buyer=party("Buyer"),
        lines=tuple(line(node) for node in root.findall("Lines/Line", NS)),
        drawer=text(root, "Drawer"),
        remark=text(root, "Remark"),
        reverses=text(root, "Reverses/Number"),
        red_letter=text(root, "Reverses/ConfirmationForm"),
        red_reason=text(root, "Reverses/Reason"),
    )


@pytest.mark.parametrize("face", FACES)
def test_a_message_is_read_back_as_it_was(face):
    message = xml_message.write(print_face(face))

    assert read(message) == face
    SCHEMA.validate(message.decode())


def test_it_tells_number_time_and_totals():
    root = Tree.fromstring(xml_message.write(print_face()))

    assert root.findtext("Number", "", NS) == "26112000000000028787"
    assert root.findtext("IssuedAt", "", NS) == "2026-11-29T11:00:00+08:00"
    assert [root.findtext(f"Totals/{name}", "", NS) for name in ("Amount", "Tax", "Total", "TotalInWords")] == [
        "100.00",
        "6.00",
        "106.00",
        "壹佰零陆圆整",
    ]


def test_lines_are_counted_from_one():
    root = Tree.fromstring(xml_message.write(print_face(make_face(*[make_line()] * 2000))))

    assert [int(node.get("seq", "")) for node in root.findall("Lines/Line", NS)] == list(range(1, 2001))


PRINTABLE = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=30).map(str.strip).filter(bool)


@given(PRINTABLE, PRINTABLE, st.decimals("0.01", "99999999", places=2))
def test_any_words_and_amounts_come_through(name: str, remark: str, amount: Decimal):
    face = make_face(make_line(str(amount), name=name), buyer=replace(BUYER, name=name), remark=remark)

    assert read(xml_message.write(print_face(face))) == face
