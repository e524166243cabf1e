import pytest

from accounts.citizen_id import check_character
from accounts.inputs import WrongInputError
from invoicing.tax_numbers import parse_buyer, parse_seller
from tests.factories import credit_code

CODE = credit_code(1)
CITIZEN = "11010519491231002X"


@pytest.mark.rule("I3.2")
def test_a_seller_has_a_credit_code():
    assert parse_seller(f" {CODE.lower()} ") == CODE
    for wrong in ("", "110105194912310", CITIZEN, CODE[:17], CODE[:17] + ("1" if CODE[17] != "1" else "2")):
        with pytest.raises(WrongInputError):
            parse_seller(wrong)


@pytest.mark.parametrize("number", [CODE, CITIZEN, "110105123456789", "11010512345678X", "11010519491231002X01"])
def test_buyers_have_one_of_four_forms(number):
    assert parse_buyer(number.lower()) == number


def test_a_person_may_have_none():
    assert parse_buyer(" ", required=False) == ""
    with pytest.raises(WrongInputError) as refused:
        parse_buyer("")
    assert refused.value.code == "tax_number_empty"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("9111010800000001", "tax_number_length"),
        ("11010512345678税", "tax_number_letter"),
        ("1101051234567890123é", "tax_number_letter"),
        (CODE[:17] + ("1" if CODE[17] != "1" else "2"), "credit_code_check"),
        ("110105194912310021", "citizen_id_check"),
        ("11010520230229002" + check_character("11010520230229002"), "citizen_id_birth"),
    ],
)
def test_each_fault_has_its_own_sentence(typed, code):
    with pytest.raises(WrongInputError) as refused:
        parse_buyer(typed)
    assert refused.value.code == code
    assert "%" not in refused.value.sentence
