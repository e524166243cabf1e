"""Numbers of the banking world, as people type or paste them: one stored form, one masked form."""

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError, ascii_upper, without_unseen

_PAYMENT: Final = re.compile(r"[A-Z0-9][A-Z0-9._/-]{3,63}")
_ACCOUNT: Final = re.compile(r"[0-9]{8,30}")
_BETWEEN: Final = str.maketrans("", "", "-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}")


class BankNumberError(WrongInputError):
    """Why a text is no number of a payment or an account."""


def clean_payment_number(text: str) -> str:
    """The bank's own number of one payment, in capitals and without spaces; raises `BankNumberError`."""
    number = ascii_upper(without_unseen(text))
    if not number:
        raise BankNumberError(_("Enter the bank's number of this payment."), "payment_number_empty")
    if not _PAYMENT.fullmatch(number):
        raise BankNumberError(
            _("The bank's number of a payment has 4 to 64 letters, digits, “-”, “.”, “_” or “/”."), "payment_number"
        )
    return number


def clean_bank_account(text: str) -> str:
    """The bare digits of a bank account, whatever spaces and hyphens were typed; raises `BankNumberError`."""
    number = without_unseen(text).translate(_BETWEEN)
    if not number:
        raise BankNumberError(_("Enter the number of the bank account."), "bank_account_empty")
    if not _ACCOUNT.fullmatch(number):
        raise BankNumberError(_("A bank account number has 8 to 30 digits."), "bank_account")
    return number


def mask_bank_account(number: str) -> str:
    """The number as it may be seen in lists: its last four digits."""
    return f"**** {number[-4:]}"
