import pytest

from accounts.email_address import EmailError, mask_email, normalise_email


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        (" Ada@Example.COM ", "ada@example.com"),
        ("ada＠example．com", "ada@example.com"),
        ("a.d+a@mail.example.cn", "a.d+a@mail.example.cn"),
        ("ada@xn--fiqs8s.example", "ada@xn--fiqs8s.example"),
    ],
)
def test_an_address_has_one_stored_form(typed, stored):
    assert normalise_email(typed) == stored


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "email_empty"),
        ("ada", "email_form"),
        ("ada@", "email_form"),
        ("@example.com", "email_form"),
        ("ada@example", "email_form"),
        ("ada@@example.com", "email_form"),
        ("ada\r\nbcc: x@example.com", "email_form"),
        ("ada\u200b@example.com", "email_letters"),
        ("艾达@example.com", "email_letters"),
        ("ada@例子.中国", "email_domain"),
        ("ada@ex\u0430mple.com", "email_domain"),
        ("a" * 65 + "@example.com", "email_length"),
        ("ada@" + "a." * 130 + "com", "email_length"),
    ],
)
def test_each_kind_of_fault_has_its_own_sentence(typed, code):
    with pytest.raises(EmailError) as caught:
        normalise_email(typed)

    assert caught.value.code == code


@pytest.mark.parametrize(
    ("address", "masked"), [("ada@example.com", "a***@example.com"), ("a@b.cn", "a***@b.cn"), ("x", "***"), ("", "***")]
)
def test_others_see_only_the_first_letter(address, masked):
    assert mask_email(address) == masked
