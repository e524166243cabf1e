import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.names import NameFaultError, clean_name, clean_remark, name_key, normalise_username


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("  云岭科技集团有限公司 ", "云岭科技集团有限公司"),
        ("金桥（深圳）有限公司", "金桥（深圳）有限公司"),
        ("ＡＢＣ\u3000贸易　１号", "ABC 贸易 1号"),
        ("a\u00a0\u2003\tb", "a b"),
        ("阿依古丽·买买提", "阿依古丽·买买提"),
        ("Zoe\u0308", "Zoë"),
        ("5\u00b5m 工坊", "5μm 工坊"),
        ("𝐀𝐝𝐚", "Ada"),
    ],
)
def test_a_name_gets_one_clean_form(typed, shown):
    assert clean_name(typed) == shown


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "name_empty"),
        (" \u3000 ", "name_empty"),
        ("云岭\u202e科技", "name_invisible"),
        ("云岭\u200b科技", "name_invisible"),
        ("云岭\ufeff", "name_invisible"),
        ("云\x00岭", "name_invisible"),
        ("云\n岭", "name_invisible"),
        ("云\u2028岭", "name_invisible"),
        ("云\u3164岭", "name_invisible"),
        ("云\ufe0f岭", "name_invisible"),
        ("云\ud800岭", "name_invisible"),
        ("云\ue000岭", "name_invisible"),
        ("Z\u0351\u0351\u0351algo", "name_marks"),
        ("\u0430dmin", "name_mixed"),
        ("……！", "name_without_letters"),
        ("云" * 61, "name_length"),
    ],
)
def test_a_trick_is_refused_with_its_sentence(typed, code):
    with pytest.raises(NameFaultError) as caught:
        clean_name(typed)

    assert caught.value.code == code
    assert "%(" not in caught.value.sentence
    if code == "name_invisible":
        assert typed not in caught.value.sentence


@given(st.text(max_size=80))
def test_cleaning_again_changes_nothing(text):
    try:
        once = clean_name(text)
    except NameFaultError:
        return
    assert clean_name(once) == once


def test_a_remark_keeps_its_lines_and_may_be_empty():
    assert clean_remark(" \r\n第一行  \r\n\r\n第二行\t末\n ") == "第一行\n\n第二行 末"
    assert clean_remark("  ") == ""


@pytest.mark.parametrize("typed", ["第一行\u202e", "a\x1bb", "云" * 201])
def test_a_remark_refuses_tricks_too(typed):
    with pytest.raises(NameFaultError):
        clean_remark(typed)


def test_two_writings_of_one_company_have_one_key():
    assert name_key("金桥（深圳）有限公司") == name_key(" 金桥(深圳) 有限公司") == name_key("金桥深圳有限公司")


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Ada", "ada"), (" yun-ling_01.cw ", "yun-ling_01.cw"), ("ＹｕｎＬｉｎｇ", "yunling"), ("a" * 32, "a" * 32)],
)
def test_a_username_is_kept_in_lower_case(typed, stored):
    assert normalise_username(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("ab", "username_length"),
        ("a" * 33, "username_length"),
        ("", "username_length"),
        ("1ada", "username_letters"),
        ("13812345678", "username_letters"),
        ("ada@example.com", "username_letters"),
        ("\u0430dmin", "username_letters"),
        ("adm\u0131n", "username_letters"),
        ("云岭科技", "username_letters"),
        ("ada lovelace", "username_letters"),
        ("ada\u200b", "username_letters"),
    ],
)
def test_a_username_of_other_signs_is_refused(typed, code):
    with pytest.raises(NameFaultError) as caught:
        normalise_username(typed)

    assert caught.value.code == code
