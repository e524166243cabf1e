import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.mobile import MobileError, is_mobile, mask_mobile, normalise_mobile


@pytest.mark.parametrize(
    "typed",
    [
        "13812345678",
        "+8613812345678",
        "8613812345678",
        "008613812345678",
        "+86 138-1234-5678",
        "(+86) 138 1234 5678",
        "１３８１２３４５６７８",
        "\u202d13812345678\u202c",
        " 138\u00a01234\u30005678\n",
    ],
)
def test_every_way_of_writing_gives_the_bare_digits(typed):
    assert normalise_mobile(typed) == "13812345678"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "mobile_empty"),
        ("1381234567", "mobile_length"),
        ("138123456789", "mobile_length"),
        ("23812345678", "mobile_length"),
        ("12012345678", "mobile_range"),
        ("8612012345678", "mobile_range"),
        ("+1 202 555 0100", "mobile_foreign"),
        ("0085291234567", "mobile_foreign"),
        ("1381234567a", "mobile_letter"),
        ("١٣٨١٢٣٤٥٦٧٨", "mobile_letter"),
        ("138+12345678", "mobile_letter"),
    ],
)
def test_each_kind_of_fault_has_its_own_sentence(typed, code):
    with pytest.raises(MobileError) as caught:
        normalise_mobile(typed)

    assert caught.value.code == code
    assert "%(" not in caught.value.sentence
    assert not is_mobile(typed)


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_a_stored_number_stays_as_it_is_and_masks_its_middle(mobile):
    assert normalise_mobile(mobile) == mobile
    assert mask_mobile(mobile) == f"{mobile[:3]}****{mobile[7:]}"


def test_what_is_no_number_is_hidden_whole():
    assert mask_mobile("ada@example.com") == "****"
