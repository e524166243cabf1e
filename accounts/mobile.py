"""Chinese mobile numbers: eleven digits that begin with 1, stored bare, shown masked."""

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError, without_unseen

# Finer prefixes are left open on purpose: operators keep adding number ranges.
_NUMBER: Final = re.compile(r"1[3-9][0-9]{9}")
_WRITTEN: Final = re.compile(r"(?:\+86|0086|86)?(1[0-9]{10})")
_BETWEEN: Final = str.maketrans("", "", "-()\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}")


class MobileError(WrongInputError):
    """Why a text is no Chinese mobile number."""


def normalise_mobile(text: str) -> str:
    """The bare eleven digits, whatever country code, spaces or hyphens were typed; raises `MobileError`."""
    typed = without_unseen(text).translate(_BETWEEN)
    if not typed:
        raise MobileError(_("Enter a mobile number."), "mobile_empty")
    if typed.startswith(("+", "00")) and not typed.startswith(("+86", "0086")):
        raise MobileError(_("Only mobile numbers of mainland China (+86) can be used."), "mobile_foreign")
    if not re.fullmatch(r"\+?[0-9]+", typed):
        raise MobileError(_("A mobile number consists of digits only."), "mobile_letter")
    match = _WRITTEN.fullmatch(typed)
    if match is None:
        raise MobileError(_("A mobile number has 11 digits and begins with 1."), "mobile_length")
    if not _NUMBER.fullmatch(match[1]):
        raise MobileError(_("No mobile number begins with %(start)s."), "mobile_range", start=match[1][:2])
    return match[1]


def is_mobile(text: str) -> bool:
    """Whether the text means a Chinese mobile number."""
    try:
        normalise_mobile(text)
    except MobileError:
        return False
    return True


def mask_mobile(mobile: str) -> str:
    """The number as others may see it: 138****1234. Anything else is hidden whole."""
    return f"{mobile[:3]}****{mobile[-4:]}" if _NUMBER.fullmatch(mobile) else "****"
