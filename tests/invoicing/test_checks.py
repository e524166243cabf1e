from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils.translation import override

from accounts.citizen_id import CHECKS
from invoicing import policy
from invoicing.amounts import discounted
from invoicing.checks import Fault, check_face
from invoicing.faces import DISCOUNT, DISCOUNTED, Face, Party
from tests.invoicing.facing import BUYER, D, counted_line, make_face, make_line

RED = {"reverses": "26112000000000000001", "red_letter": "R1", "red_reason": "01"}
PERSON = Party("张三")


def places(face: Face) -> list[tuple[str, str]]:
    return [(fault.place, fault.code) for fault in check_face(face)]


def red_line(**more):
    line = make_line()
    return replace(line, amount=-line.amount, tax=-line.tax, reverses=1, **more)


@pytest.mark.parametrize(
    "face",
    [
        make_face(),
        make_face(kind="special"),
        make_face(buyer=PERSON),
        make_face(*discounted(make_line(), D("10.00"))),
        make_face(make_line(rate="0", zero_rate="1")),
        make_face(make_line(rate="0", zero_rate="3"), kind="special"),
        make_face(counted_line("3", "33.3333333333333")),
        make_face(red_line(), **RED),
        make_face(*[make_line()] * policy.LINES_MAX),
        make_face(remark="第一行\n第二行"),
    ],
)
def test_what_may_be_issued_has_no_faults(face):
    assert check_face(face) == []


@pytest.mark.parametrize(
    ("more", "place", "code"),
    [
        ({"kind": "third"}, "kind", "kind_unknown"),
        ({"drawer": " "}, "drawer", "empty"),
        ({"drawer": "明" * 41}, "drawer", "too_long"),
        ({"remark": "注" * 231}, "remark", "too_long"),
        ({"remark": "a\x00b"}, "remark", "unseen"),
        ({"buyer": replace(BUYER, name="")}, "buyer.name", "empty"),
        ({"buyer": replace(BUYER, name="长" * 101)}, "buyer.name", "too_long"),
        ({"buyer": replace(BUYER, name="断\n行")}, "buyer.name", "unseen"),
        ({"buyer": replace(BUYER, phone="1" * 21)}, "buyer.phone", "too_long"),
        ({"buyer": replace(BUYER, tax_number=BUYER.tax_number.lower())}, "buyer.tax_number", "form"),
        ({"buyer": replace(BUYER, tax_number="123")}, "buyer.tax_number", "tax_number_length"),
        ({"buyer": PERSON, "kind": "special"}, "buyer.tax_number", "tax_number_empty"),
        ({"seller": replace(BUYER, tax_number="110105123456789")}, "seller.tax_number", "credit_code_old_number"),
        ({"lines": ()}, "lines", "lines_count"),
        ({"lines": (make_line(),) * (policy.LINES_MAX + 1)}, "lines", "lines_count"),
    ],
)
def test_each_fault_of_the_head_stands_at_its_place(more, place, code):
    assert places(replace(make_face(), **more)) == [(place, code)]


@pytest.mark.parametrize(
    ("line", "field", "code"),
    [
        (make_line(name=" "), "name", "empty"),
        (make_line(name="名" * 101), "name", "too_long"),
        (make_line(spec="格" * 41), "spec", "too_long"),
        (make_line(unit="月" * 21), "unit", "too_long"),
        (make_line(class_name=""), "class_name", "empty"),
        (make_line(class_code="304020101000000000"), "class_code", "class_form"),
        (make_line(class_code="7040201010000000000"), "class_code", "class_form"),
        (make_line(class_code="３040201010000000000"), "class_code", "class_form"),
        (make_line(nature="gift"), "nature", "nature_unknown"),
        (make_line(nature=DISCOUNTED), "nature", "discount_missing"),
        (make_line(zero_rate="1"), "zero_rate", "rate_and_zero"),
        (make_line(rate="0"), "zero_rate", "zero_reason_missing"),
        (make_line(rate="0", zero_rate="1", tax=D("0.01")), "tax", "tax_without_rate"),
        (make_line(rate="0.07"), "rate", "rate_unknown"),
        (make_line(amount=D("100.001")), "amount", "number_form"),
        (make_line(amount=D("NaN")), "amount", "number_form"),
        (make_line(tax=D("1e99999")), "tax", "number_form"),
        (make_line(tax=D("6.07")), "tax", "tax_off"),
        (make_line(tax=D("5.93")), "tax", "tax_off"),
        (counted_line("2", "50", price=None), "price", "price_without_quantity"),
        (counted_line("2", "50", quantity=None), "quantity", "price_without_quantity"),
        (counted_line("2", "50", amount=D("100.02"), tax=D("6.00")), "amount", "amount_off"),
        (counted_line("1.23456789012345", "100"), "quantity", "factor_form"),
        (counted_line("1", "12345678901234567"), "price", "factor_form"),
        (counted_line("1", "100", quantity=D("NaN")), "quantity", "factor_form"),
    ],
)
def test_each_fault_of_a_line_stands_at_its_field(line, field, code):
    assert (f"lines.1.{field}", code) in places(make_face(make_line(), line))


@pytest.mark.parametrize(("tax", "fits"), [("6.06", True), ("5.94", True), ("6.07", False)])
def test_the_tax_of_a_line_has_a_tolerance(tax, fits):
    assert (check_face(make_face(make_line(tax=D(tax)))) == []) is fits


def test_the_taxes_of_all_lines_have_one_too():
    off = make_line(tax=D("6.06"))

    assert places(make_face(*[off] * 21)) == []
    assert places(make_face(*[off] * 22)) == [("lines", "taxes_off")]


@pytest.mark.parametrize("zero_rate", ["1", "2"])
def test_a_special_invoice_has_no_exempt_lines(zero_rate):
    face = make_face(make_line(rate="0", zero_rate=zero_rate), kind="special")

    assert places(face) == [("lines.0.zero_rate", "special_exempt")]


def test_a_discount_follows_its_line_directly_with_its_rate_and_class():
    line, off = discounted(make_line(), D("10.00"))
    other = replace(off, rate=D("0.13"), tax=D("-1.30"))

    assert ("lines.1.nature", "discount_alone") in places(make_face(make_line(), off))
    assert ("lines.0.nature", "discount_missing") in places(make_face(line, make_line(), off))
    assert places(make_face(line, other)) == [("lines.1.rate", "discount_differs")]
    assert places(make_face(make_line("1000"), line, replace(off, amount=D("-200.00"), tax=D("-12.00")))) == [
        ("lines.2.amount", "discount_too_large")
    ]
    assert ("lines.1.quantity", "discount_counted") in places(
        make_face(line, replace(off, quantity=D(1), price=D("10.00")))
    )
    assert off.nature == DISCOUNT


def test_an_invoice_over_nothing_is_refused():
    assert places(make_face(*discounted(make_line(), D("100.00")))) == [("lines", "total_not_positive")]


def test_an_invoice_has_an_amount_that_can_be_written_in_words():
    assert places(make_face(make_line("1000000000000.00"))) == [("lines", "total_too_large")]


def test_red_lines_are_below_zero_and_name_their_blue_ones():
    assert ("lines.0.amount", "sign") in places(make_face(make_line(reverses=1), **RED))
    assert places(make_face(replace(red_line(), reverses=None), **RED)) == [("lines.0.reverses", "empty")]
    assert places(make_face(red_line(), red_line(), **RED)) == [("lines.1.reverses", "twice")]
    assert ("lines.0.nature", "red_discount") in places(make_face(red_line(nature=DISCOUNT), **RED))
    assert places(make_face(red_line(), **{**RED, "red_reason": "09"})) == [("red_reason", "reason_unknown")]
    assert places(make_face(red_line(), **{**RED, "red_letter": ""})) == [("red_letter", "empty")]
    assert places(make_face(red_line(), **{**RED, "reverses": "1"})) == [("reverses", "invoice_number_form")]
    assert ("lines.0.amount", "sign") in places(make_face(red_line()))


def test_a_seller_may_have_fewer_rates():
    assert [fault.code for fault in check_face(make_face(), rates={Decimal("0.01")})] == ["rate_unknown"]


def test_a_sentence_names_the_line_and_the_numbers():
    fault = check_face(make_face(make_line(), make_line(tax=D("6.07"))))[0]

    assert fault.line == 2
    with override("en"):
        assert fault.sentence == "Line 2: The tax 6.07 differs from amount × rate = 6.00 by more than 0.06 yuan."
    assert "%" not in Fault("lines.0.rate", "x", "%(percent)s%%", {"percent": "7"}).sentence.replace("7%", "")


def test_a_citizens_number_is_never_repeated_in_a_sentence():
    number = "11010519491231002" + next(char for char in CHECKS if char != "X")
    (fault,) = check_face(make_face(buyer=Party("张三", number)))

    assert number not in fault.sentence
