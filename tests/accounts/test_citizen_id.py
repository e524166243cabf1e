from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.citizen_id import CHECKS, CitizenIdError, check_character, mask_citizen_id, parse_citizen_id

TODAY = date(2026, 11, 21)


def number(first17: str) -> str:
    return first17 + check_character(first17)


def test_the_example_of_the_standard_holds():
    citizen = parse_citizen_id("11010519491231002x", today=TODAY)

    assert (citizen.number, citizen.born_on) == ("11010519491231002X", date(1949, 12, 31))


def test_spaces_and_full_width_digits_are_taken():
    assert parse_citizen_id(" 440524 18800101 ００１4 ", today=TODAY).number == "440524188001010014"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "citizen_id_empty"),
        ("110105491231002", "citizen_id_length"),
        ("1101051949123100XX", "citizen_id_letter"),
        ("11010519491231002Y", "citizen_id_letter"),
        ("١1010519491231002X", "citizen_id_letter"),
        ("110105194912310021", "citizen_id_check"),
        (number("11010520230229002"), "citizen_id_birth"),
        (number("11010520261122002"), "citizen_id_birth"),
        (number("11010517991231002"), "citizen_id_birth"),
    ],
)
def test_each_kind_of_fault_has_its_own_sentence(typed, code):
    with pytest.raises(CitizenIdError) as caught:
        parse_citizen_id(typed, today=TODAY)

    assert caught.value.code == code
    assert typed == "" or typed not in caught.value.sentence


@given(st.dates(date(1900, 1, 1), TODAY), st.integers(0, 17), st.sampled_from(CHECKS))
def test_every_single_wrong_character_is_found(born, place, char):
    right = number(f"110105{born:%Y%m%d}123")
    wrong = right[:place] + char + right[place + 1 :]
    if wrong == right:
        return
    with pytest.raises(CitizenIdError):
        parse_citizen_id(wrong, today=TODAY)


def test_the_number_is_not_readable_in_lists_and_tracebacks():
    citizen = parse_citizen_id("11010519491231002X", today=TODAY)

    assert citizen.masked == mask_citizen_id(citizen.number) == "11************002X"
    assert citizen.number not in repr(citizen)
    assert mask_citizen_id("1234") == "****"
