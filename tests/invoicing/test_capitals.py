from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing.capitals import DIGITS, LIMIT, UNITS, capitals, printed

D = Decimal
OFFICIAL = {  # the examples of the payment rules; they print no 整 after 角
    "1409.50": "壹仟肆佰零玖元伍角",
    "6007.14": "陆仟零柒元壹角肆分",
    "1680.32": "壹仟陆佰捌拾元叁角贰分",
    "107000.53": "壹拾万柒仟元伍角叁分",
    "16409.02": "壹万陆仟肆佰零玖元零贰分",
    "325.04": "叁佰贰拾伍元零肆分",
}
MORE = {
    "0": "零元整",
    "0.01": "壹分",
    "0.10": "壹角整",
    "0.50": "伍角整",
    "10": "壹拾元整",
    "10.01": "壹拾元零壹分",
    "10.10": "壹拾元壹角整",
    "101": "壹佰零壹元整",
    "110": "壹佰壹拾元整",
    "1010": "壹仟零壹拾元整",
    "10001": "壹万零壹元整",
    "10010": "壹万零壹拾元整",
    "10100": "壹万零壹佰元整",
    "11000": "壹万壹仟元整",
    "100100": "壹拾万零壹佰元整",
    "200000.20": "贰拾万元贰角整",
    "20000.03": "贰万元零叁分",
    "1000001": "壹佰万零壹元整",
    "10000001": "壹仟万零壹元整",
    "100000000": "壹亿元整",
    "100000001": "壹亿零壹元整",
    "100010001": "壹亿零壹万零壹元整",
    "101000000": "壹亿零壹佰万元整",
    "110000000": "壹亿壹仟万元整",
    "1000000000.01": "壹拾亿元零壹分",
    "123456789.12": "壹亿贰仟叁佰肆拾伍万陆仟柒佰捌拾玖元壹角贰分",
    "9.54": "玖元伍角肆分",
    "1060": "壹仟零陆拾元整",
    "-9.54": "负玖元伍角肆分",
}


@pytest.mark.parametrize(("amount", "words"), OFFICIAL.items())
def test_the_official_examples(amount, words):
    assert capitals(D(amount), jiao_zheng=False) == words


@pytest.mark.parametrize(("amount", "words"), MORE.items())
def test_more_examples(amount, words):
    assert capitals(D(amount)) == words


def test_invoices_print_yuan_their_way_and_red_amounts_with_a_word():
    assert printed(D("500.50")) == "伍佰圆伍角整"
    assert printed(D("-9.54")) == "(负数)玖圆伍角肆分"


def test_amounts_are_rounded_half_up_before_they_are_written():
    assert capitals(D("0.995")) == "壹元整"
    assert capitals(D("-0.004")) == "零元整"


def test_larger_amounts_are_refused():
    assert capitals(LIMIT - D("0.01")).startswith("玖仟玖佰玖拾玖亿")
    with pytest.raises(ValueError, match="below"):
        capitals(LIMIT - D("0.005"))


def read(words: str) -> Decimal:
    """The amount that a reader understands: written anew, without a look at how it was made."""
    value, part, digit = 0, 0, 0
    fen = 0
    for char in words.removesuffix("整"):
        if char in DIGITS:
            digit = DIGITS.index(char)
        elif char in UNITS:
            part, digit = part + digit * 10 ** UNITS.index(char), 0
        elif char in "万亿":
            value, part, digit = value + (part + digit) * {"万": 10**4, "亿": 10**8}[char], 0, 0
        elif char == "元":
            value, part, digit = value + part + digit, 0, 0
        else:
            fen, digit = fen + digit * {"角": 10, "分": 1}[char], 0
    return D(value) + D(fen) / 100


@given(st.decimals(0, LIMIT - D("0.01"), places=2))
def test_the_words_say_the_amount_and_no_zero_twice(amount: Decimal):
    words = capitals(amount)

    assert read(words) == amount
    assert "零零" not in words
    assert not any(silent in words for silent in ("零万", "零亿", "拾零元") if amount >= 1)
