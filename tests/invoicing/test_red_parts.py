"""How much of a line goes back: whatever the parts, they add up to the line and each fits its rate."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from config.errors import InputError
from invoicing import policy
from invoicing.amounts import line_tax, product, split_inclusive
from invoicing.models import InvoiceLine
from invoicing.red_parts import NothingLeft, Part, PassesRemainder, WholeOnly, take, take_part
from invoicing.reversals import LineLeft

D = Decimal


def left(amount="100.00", tax="6.00", rate="0.06", *, quantity=None, price=None, seq=1):
    line = InvoiceLine(pk=seq, seq=seq, rate=D(rate), quantity=quantity and D(quantity), price=price and D(price))
    return LineLeft(line, D(amount), D(tax), quantity and D(quantity))


def taken(one, **part):
    found = take_part(one, Part(1, **{name: D(value) for name, value in part.items()}))
    return str(found.amount), str(found.tax), found.quantity


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ({}, ("100.00", "6.00", None)),
        ({"amount": "100"}, ("100", "6.00", None)),
        ({"amount": "40.00"}, ("40.00", "2.40", None)),
        ({"amount": "0.08"}, ("0.08", "0.00", None)),
        ({"total": "106.00"}, ("100.00", "6.00", None)),
        ({"total": "40.00"}, ("37.74", "2.26", None)),
        ({"amount": "40.00", "tax": "2.38"}, ("40.00", "2.38", None)),
    ],
)
def test_a_part_of_a_line(part, expected):
    assert taken(left(), **part) == expected


def test_a_quantity_is_its_share_of_what_is_left():
    counted = left(quantity="3", price="33.333333")
    assert taken(counted, quantity="1") == ("33.33", "2.00", 1)
    assert taken(counted, quantity="3") == ("100.00", "6.00", 3)
    assert taken(counted, quantity="1", amount="30.00") == ("30.00", "1.80", 1)
    assert taken(counted, amount="30.00") == ("30.00", "1.80", None)


@pytest.mark.parametrize(
    "part",
    [
        {"amount": "100.01"},
        {"total": "106.01"},
        {"amount": "0.00"},
        {"amount": "-1.00"},
        {"amount": "1.001"},
        {"amount": "NaN"},
        {"quantity": "1"},
        {"amount": "40.00", "tax": "2.30"},
        {"amount": "40.00", "tax": "6.01"},
        {"amount": "100.00", "tax": "5.99"},
    ],
)
def test_what_is_no_part_is_refused(part):
    with pytest.raises(InputError):
        taken(left(), **part)


def test_more_than_is_left_is_refused_with_what_is_left(english):
    with pytest.raises(PassesRemainder) as refused:
        taken(left(), amount="100.01")
    assert str(refused.value) == "Line 1: only 100.00 is left to take back, not 100.01."
    with pytest.raises(PassesRemainder) as refused:
        taken(left(quantity="3.0000000000000", price="33.3333333"), quantity="4")
    assert "only 3.00 is left" in str(refused.value)


def test_lines_together():
    both = [left(), left("200.00", "26.00", "0.13", seq=2)]
    assert [one.amount for one in take(both, None, reason="01")] == [100, 200]
    assert [one.amount for one in take(both, [Part(2, amount=D(50))], reason="03")] == [50]
    assert len(take(both, [Part(1), Part(2, amount=D(200))], reason="01")) == 2
    for parts in ([Part(1)], [Part(1), Part(2, amount=D(1))]):
        with pytest.raises(WholeOnly):
            take(both, parts, reason="01")
    for parts in ([], [Part(1), Part(1)], [Part(3)]):
        with pytest.raises(InputError):
            take(both, parts, reason="03")


def test_of_what_was_taken_back_nothing_is_left():
    gone = left("0.00", "0.00")
    with pytest.raises(NothingLeft):
        take([gone], None, reason="03")
    with pytest.raises(PassesRemainder):
        take([gone, left(seq=2)], [Part(1)], reason="03")


@settings(max_examples=300, deadline=None)
@given(
    total=st.decimals("0.05", "5000", places=2),
    rate=st.sampled_from(["0.13", "0.09", "0.06", "0.03", "0.01"]),
    cuts=st.lists(st.tuples(st.sampled_from(["total", "amount"]), st.integers(1, 99)), max_size=12),
)
def test_parts_add_up_and_each_fits_its_rate(total, rate, cuts):
    """Whatever is cut off first, the last part is as right as the first."""
    amount, tax = split_inclusive(total, D(rate))
    one, parts = left(str(amount), str(tax), rate), []
    for by, percent in [*cuts, (None, 0)]:
        whole = {"total": one.amount + one.tax, "amount": one.amount, None: D(0)}[by]
        wanted = (whole * percent / 100).quantize(D("0.01"))
        if by and wanted <= 0:
            continue
        try:
            part = take_part(one, Part(1, **({by: wanted} if by else {})))
        except InputError:  # a part so small that it is tax alone
            continue
        assert by != "total" or part.amount + part.tax == wanted
        assert abs(part.tax - product(part.amount, D(rate))) <= policy.LINE_TAX_TOLERANCE
        parts.append(part)
        one = LineLeft(one.line, one.amount - part.amount, one.tax - part.tax, None)
        if part.is_all:
            break
    assert sum(part.amount for part in parts) == amount
    assert sum(part.tax for part in parts) == tax
    assert line_tax(one.amount, D(rate)) == one.tax == 0
