from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invoicing import amounts
from invoicing.faces import DISCOUNT, DISCOUNTED
from tests.invoicing.facing import D, counted_line, make_face, make_line

FEN = st.decimals("0.01", "99999999.99", places=2)
RATES = st.sampled_from([D("0.13"), D("0.09"), D("0.06"), D("0.03"), D("0.01"), D(0)])


@pytest.mark.parametrize(
    ("total", "rate", "amount", "tax"),
    [
        ("100", "0.06", "94.34", "5.66"),
        ("100", "0.13", "88.50", "11.50"),
        ("100", "0.09", "91.74", "8.26"),
        ("100", "0.03", "97.09", "2.91"),
        ("100", "0.01", "99.01", "0.99"),
        ("1000", "0.13", "884.96", "115.04"),
        ("9.54", "0.06", "9.00", "0.54"),
        ("0.08", "0.06", "0.08", "0.00"),
        ("-100", "0.13", "-88.50", "-11.50"),
    ],
)
def test_an_amount_with_tax_is_split_without_loss(total, rate, amount, tax):
    assert amounts.split_inclusive(D(total), D(rate)) == (D(amount), D(tax))


@pytest.mark.parametrize(
    ("amount", "rate", "tax"),
    [
        ("999.99", "0.13", "130.00"),
        ("12.50", "0.13", "1.63"),
        ("0.09", "0.06", "0.01"),
        ("0.08", "0.06", "0.00"),
        ("88.50", "0.13", "11.51"),
        ("-12.50", "0.13", "-1.63"),
    ],
)
def test_the_tax_of_a_line_is_rounded_half_up(amount, rate, tax):
    assert amounts.line_tax(D(amount), D(rate)) == D(tax)


def test_the_header_sums_the_taxes_of_lines():
    face = make_face(*[counted_line("1", "0.25") for _ in range(10)])

    assert (face.amount, face.tax, face.total) == (D("2.50"), D("0.20"), D("2.70"))


def test_a_discount_takes_amount_and_tax_off():
    line, off = amounts.discounted(counted_line("1", "1000.00", rate="0.13"), D("100.00"))
    face = make_face(line, off)

    assert (line.nature, off.nature) == (DISCOUNTED, DISCOUNT)
    assert (off.amount, off.tax, off.rate, off.class_code) == (D("-100.00"), D("-13.00"), line.rate, line.class_code)
    assert (face.amount, face.tax) == (D("900.00"), D("117.00"))


def test_a_whole_discount_leaves_no_tax():
    line, off = amounts.discounted(make_line("100.00", rate="0.13"), D("88.50"))

    assert make_face(line, off).total == 0


@pytest.mark.parametrize("off", ["0.00", "-1.00", "100.01"])
def test_a_discount_is_a_part_of_its_line(off):
    with pytest.raises(ValueError, match="discount"):
        amounts.discounted(counted_line("1", "100"), D(off))


@given(FEN, RATES)
def test_a_split_adds_up_and_is_within_the_tolerance(total: Decimal, rate: Decimal):
    line = make_line(str(total), rate=str(rate))

    assert line.amount + line.tax == total
    assert abs(line.tax - amounts.line_tax(line.amount, rate)) <= D("0.01")
    assert amounts.tax_fits(line)


@given(FEN, st.decimals("0.0001", "999999", places=4))
def test_a_unit_price_leads_back_to_its_amount(amount: Decimal, quantity: Decimal):
    price = amounts.unit_price(amount, quantity)

    assert len(f"{price:f}") <= amounts.FACTOR_CHARS
    if quantity <= 9999 and price >= D("0.0001"):
        assert abs(amounts.line_amount(quantity, price) - amount) <= D("0.01")


def test_products_are_exact_whatever_their_places():
    quantity, price = D("99999999999.99999"), D("9999999999.000005")

    assert amounts.product(quantity, price) == D("999999999900000400000.00000999995")
