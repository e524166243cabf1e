from datetime import date

import pytest

from invoicing.invoice_numbers import REGIONS, InvoiceNumberError, build_number, parse_number, region_of
from tests.factories import credit_code

TODAY = date(2026, 11, 29)


def test_a_number_is_made_of_year_region_channel_and_sequence():
    assert build_number(year=2026, region="95", sequence=7) == "26952000000000000007"


@pytest.mark.parametrize("number", ["24952000000028787793", "24942000000012660383", "26117000000000000001"])
def test_published_numbers_and_any_channel_are_taken(number):
    assert str(parse_number(f" {number} ", today=TODAY)) == number


def test_a_number_is_taken_apart():
    found = parse_number("24952000000028787793", today=TODAY)

    assert (found.year, found.region, found.channel, found.sequence) == (2024, "95", "2", 28787793)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("2495200000002878779", "invoice_number_form"),
        ("2495200000002878779X", "invoice_number_form"),
        ("", "invoice_number_form"),
        ("27112000000000000001", "invoice_number_year"),
        ("20112000000000000001", "invoice_number_year"),
        ("26162000000000000001", "invoice_number_region"),
        ("26902000000000000001", "invoice_number_region"),
    ],
)
def test_what_is_no_number_says_why(text, code):
    with pytest.raises(InvoiceNumberError) as refused:
        parse_number(text, today=TODAY)
    assert refused.value.code == code
    assert "%" not in refused.value.sentence


@pytest.mark.parametrize("wrong", [{"region": "16"}, {"year": 2020}, {"sequence": 0}, {"sequence": 10**15}])
def test_there_is_no_number_outside_the_series(wrong):
    with pytest.raises(ValueError, match="series"):
        build_number(**{"year": 2026, "region": "11", "sequence": 1, **wrong})


def test_regions_are_31_provinces_and_5_cities():
    assert len(REGIONS) == 36
    assert region_of(credit_code(1)) == "11"
    assert region_of("914403001922038216") == "95"
    assert region_of("914401011922038216") == "44"
    with pytest.raises(ValueError, match="region"):
        region_of("918100001922038216")
