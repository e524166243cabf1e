import contextlib

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.credit_code import (
    ALPHABET,
    CLASSES,
    WEIGHTS,
    CreditCodeError,
    Fault,
    check_character,
    near,
    normalise,
    organisation_check,
    parse,
)

PUBLISHED = [
    "91110108551385082Q",
    "914403001922038216",
    "9144030071526726XG",
    "91440300708461136T",
    "91440300MA5G9GK78Y",
    "91440300358768292H",
    "91350100M000100Y43",
    "91110000600037341L",
    "91330100799655058B",
    "91310104324439343T",
    "91320100057974252U",
    "91330100716105852F",
    "91110000802100433B",
    "91110302562134916R",
    "91110000100010310K",
    "91110000710926094P",
]
SYNTHETIC = [
    "91110108MA0000015T",
    "91310115MA1K00015K",
    "91440300MA5F000181",
    "91330106MA2H00014Q",
    "92440300MA5E000178",
    "12100000400000018N",
    "51110000500000015U",
    "93370200MA3C00011H",
    "91440300MA00000820",  # the sum is divisible by 31: the check character wraps to 0
    "91440300MA0000269Y",  # the sum leaves 1
    "91440300MA000004XF",  # the organisation check is X
    "91440300MA0000090T",  # the organisation check is 0
]
WRONG = [
    ("91110108551385082A", Fault.CHECK, None),
    ("91110108551385028Q", Fault.CHECK, None),
    ("911101085513850820", Fault.CHECK, None),
    ("91350100M000100Y4Z", Fault.LETTER, 18),
    ("9111010855138508Q", Fault.LENGTH, None),
    ("91110108551385082QQ", Fault.LENGTH, None),
    ("9I110108551385082Q", Fault.LETTER, 2),
    ("", Fault.EMPTY, None),
    (" - ", Fault.EMPTY, None),
    ("110108012345678", Fault.OLD_NUMBER, None),
    ("小米科技有限责任公司", Fault.LENGTH, None),
    ("9111010855138508２O", Fault.LETTER, 18),
    ("B1110108551385082Q", Fault.AUTHORITY, 1),
    ("94110108551385082Q", Fault.ENTITY_CLASS, 2),
    ("911A0108551385082Q", Fault.REGION, 4),
    ("9111010855138508AQ", Fault.ORGANISATION, 17),
]


def any_code() -> st.SearchStrategy[str]:
    """Every form of valid code, whether anybody holds it or not."""
    heads = st.sampled_from([authority + kind for authority, kinds in CLASSES.items() for kind in kinds])
    region = st.text("0123456789", min_size=6, max_size=6)
    body = st.text(ALPHABET, min_size=8, max_size=8)
    first17 = st.builds(lambda head, place, own: head + place + own + organisation_check(own), heads, region, body)
    return first17.map(lambda first: first + check_character(first))


def is_code(text: str) -> bool:
    try:
        parse(text)
    except CreditCodeError:
        return False
    return True


@pytest.mark.parametrize("code", [*PUBLISHED, *SYNTHETIC])
def test_a_right_code_is_taken_as_it_stands(code):
    parsed = parse(code)

    assert (parsed.code, str(parsed)) == (code, code)


# The standard's own example is right by modulo 31 although its inner organisation code is made up.
@pytest.mark.parametrize("code", [code for code in [*PUBLISHED, *SYNTHETIC] if code != "91350100M000100Y43"])
def test_the_inner_organisation_code_of_real_codes_fits(code):
    assert parse(code).organisation_fits


def test_an_inner_organisation_code_that_does_not_fit_is_only_noted():
    first = "91440300MA0000091"

    assert not parse(first + check_character(first)).organisation_fits


@pytest.mark.parametrize(("text", "fault", "position"), WRONG)
def test_each_kind_of_fault_has_its_own_sentence(text, fault, position):
    with pytest.raises(CreditCodeError) as caught:
        parse(text)

    assert (caught.value.fault, caught.value.position, caught.value.code) == (fault, position, fault.value)
    assert "%(" not in caught.value.sentence


def test_a_wrong_letter_is_named_with_its_place_and_what_it_may_be():
    with pytest.raises(CreditCodeError) as caught:
        parse("9I110108551385082Q")

    assert caught.value.facts == {"position": 2, "char": "I", "instead": "1"}
    assert all(word in caught.value.sentence for word in ("2", "“I”", "“1”"))


def test_the_sentence_shows_no_character_that_hides():
    with pytest.raises(CreditCodeError) as caught:
        parse("91110108551385082\ue000")

    assert "U+E000" in caught.value.sentence


@pytest.mark.parametrize(
    "typed",
    [
        " 9111 0108 5513 8508 2q ",
        "91110108-55138508-2Q",
        "91110108–55138508—2Q",
        "９１１１０１０８５５１３８５０８２Ｑ",
        "91110108551385082Q\n",
        "\u202a91110108551385082Q\u202c",
        "9111\u200b0108551385082\ufeffQ",
        "91110108\u3000551385082q",
    ],
)
def test_what_people_type_and_paste_becomes_the_stored_form(typed):
    assert parse(typed).code == "91110108551385082Q"


@pytest.mark.parametrize("char", ["\u0131", "\u0410", "\u0391", "\u0661", "\u00df", "\u03a7"])
def test_a_look_alike_of_another_alphabet_is_not_turned_into_ours(char):
    with pytest.raises(CreditCodeError) as caught:
        parse("9144030071526726" + char + "G")

    assert caught.value.fault == Fault.LETTER


def test_it_raises_what_forms_understand():
    with pytest.raises(ValidationError) as caught:
        parse("91110108551385082A")

    assert caught.value.code == "credit_code_check"


def test_weights_and_organisation_checks_are_those_of_the_standard():
    assert WEIGHTS == (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
    assert [organisation_check(body) for body in ("D2143569", "MA5G9GK7", "55138508", "71526726")] == [*"X82X"]


@given(any_code(), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_every_single_wrong_character_is_found(code, place, char):
    wrong = code[:place] + char + code[place + 1 :]

    assert is_code(wrong) == (wrong == code)


@given(any_code(), st.integers(0, 16))
def test_every_exchange_of_neighbours_is_found(code, place):
    swapped = code[:place] + code[place + 1] + code[place] + code[place + 2 :]

    assert is_code(swapped) == (swapped == code)


@given(st.text(max_size=40))
def test_any_text_gets_a_code_or_a_sentence(text):
    with contextlib.suppress(CreditCodeError):
        assert parse(text).code == normalise(text)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("91110108551385082Q", "91110108551385082q", False),
        ("91110108551385082Q", "91110108551385083Q", True),
        ("91110108551385082Q", "91110108551385028Q", True),
        ("91110108551385082Q", "9111010855138508Q", True),
        ("91110108551385082Q", "911101085513850822Q", True),
        ("91110108551385082Q", "91110108551835082Q", True),
        ("91110108551385082Q", "91110108551385128Q", False),
        ("91110108551385082Q", "914403001922038216", False),
        ("", "", False),
    ],
)
def test_near_codes_differ_by_one_slip(one, other, expected):
    assert near(one, other) is expected
    assert near(other, one) is expected
