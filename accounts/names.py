"""Texts that other people read or that name somebody: one clean form, and no character that plays tricks.

What is typed here shows up in other companies' consoles, letters and text messages, so nothing invisible, nothing that
turns the reading direction and no look-alike may pass.
"""

import re
import unicodedata
from itertools import groupby
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError, ascii_lower

NAME: Final = _("the name")
NAME_LENGTH: Final = 60
REMARK_LENGTH: Final = 200
USERNAME_LENGTHS: Final = (3, 32)
MARKS_IN_A_ROW: Final = 2  # accents on one letter; more of them is a picture, not a name

# Shown as nothing although Unicode does not class them as format characters.
_BLANKS: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
_USERNAME: Final = re.compile(r"[a-z][a-z0-9._-]*")


class NameFaultError(WrongInputError):
    """Why a text cannot be shown to others as a name or a remark."""


def clean_name(text: str, *, max_length: int = NAME_LENGTH, what: str | Promise = NAME) -> str:
    """One line that holds at least a letter or a digit, trimmed, with single spaces and half-width letters."""
    name = re.sub(" +", " ", _folded(text)).strip()
    if not name:
        raise NameFaultError(_("Enter %(what)s."), "name_empty", what=what)
    _refuse_tricks(name, allowed="")
    _refuse_length(name, max_length)
    if not any(char.isalnum() for char in name):
        raise NameFaultError(_("Use at least one letter or digit."), "name_without_letters")
    return name


def clean_remark(text: str, *, max_length: int = REMARK_LENGTH) -> str:
    """Free text of several lines, trimmed; may be empty."""
    lines = (_folded(line).rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))
    remark = "\n".join(lines).strip()
    _refuse_tricks(remark, allowed="\n")
    _refuse_length(remark, max_length)
    return remark


def name_key(text: str) -> str:
    """What two writings of one name have in common: for comparing and searching, never for showing."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(char for char in folded if char.isalnum())


def normalise_username(text: str) -> str:
    """The stored form of a username, in lower case; raises `NameFaultError`."""
    name = ascii_lower(unicodedata.normalize("NFKC", text.strip()))
    shortest, longest = USERNAME_LENGTHS
    if not shortest <= len(name) <= longest:
        raise NameFaultError(
            _("A username has %(shortest)s to %(longest)s characters."),
            "username_length",
            shortest=shortest,
            longest=longest,
        )
    if not _USERNAME.fullmatch(name):
        raise NameFaultError(
            _("A username begins with a letter and consists of the letters a to z, digits, “-”, “_” and “.”."),
            "username_letters",
        )
    return name


def _folded(text: str) -> str:
    """Letters, digits and spaces in their plain form; punctuation as typed, since （） belongs to company names."""
    composed = unicodedata.normalize("NFC", text)
    return unicodedata.normalize("NFC", "".join(_plain(char) for char in composed))


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Zs" or char == "\t":
        return " "
    return char if category[0] in "PS" else unicodedata.normalize("NFKC", char)


def _refuse_length(text: str, max_length: int) -> None:
    if len(text) > max_length:
        raise NameFaultError(
            _("At most %(limit)s characters; these are %(count)s."), "name_length", limit=max_length, count=len(text)
        )


def _refuse_tricks(text: str, *, allowed: str) -> None:
    for position, char in enumerate(text, 1):
        if char not in allowed and _is_unseen(char):
            raise NameFaultError(
                _("Character %(position)s is an invisible or control character (%(char)s). Please type it anew."),
                "name_invisible",
                position=position,
                char=f"U+{ord(char):04X}",
            )
    runs = (sum(1 for _char in run) for mark, run in groupby(text, _is_mark) if mark)
    if max(runs, default=0) > MARKS_IN_A_ROW:
        raise NameFaultError(_("There are too many accents on one letter."), "name_marks")
    for word in re.split(r"[\W_]+", text):
        if len(_scripts(word)) > 1:
            raise NameFaultError(
                _("“%(word)s” mixes letters of different alphabets that look alike."), "name_mixed", word=word
            )


def _is_unseen(char: str) -> bool:
    variation = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"} or char in _BLANKS or variation


def _is_mark(char: str) -> bool:
    return unicodedata.category(char)[0] == "M"


def _scripts(word: str) -> set[str]:
    """The alphabets in one word that can be mistaken for each other."""
    first_words = (unicodedata.name(char, "").split(" ")[0] for char in word if char != "μ")  # a unit, as in μm
    return {script for script in first_words if script in {"LATIN", "GREEK", "CYRILLIC"}}
