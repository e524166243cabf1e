"""The unified social credit code (统一社会信用代码, GB 32100-2015): 18 characters that name one legal entity.

Position 1 is the registering authority, 2 the class of entity, 3-8 the region, 9-17 the organisation code and 18 a
check character modulo 31. Everything that is stored, compared or unique uses the form that `parse` returns.
"""

import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError, ascii_upper, without_unseen

LENGTH: Final = 18
ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I, O, S, V, Z: too easily taken for digits and others
WEIGHTS: Final = tuple(pow(3, place, 31) for place in range(17))
ORGANISATION_ALPHABET: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"  # all letters: K counts 20 here, 19 above
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

# Who registers (position 1), and which classes of entity that authority knows (position 2).
CLASSES: Final = {
    "1": "1239",
    "2": "19",
    "3": "123459",
    "4": "19",
    "5": "1239",
    "6": "129",
    "7": "12",
    "8": "19",
    "9": "123",
    "A": "19",
    "N": "1239",
    "Y": "1",
}
LOOK_ALIKES: Final = {"I": "1", "O": "0", "S": "5", "Z": "2", "V": "U"}
HYPHENS: Final = frozenset("-\N{HYPHEN}\N{NON-BREAKING HYPHEN}\N{FIGURE DASH}\N{EN DASH}\N{EM DASH}\N{MINUS SIGN}")


class Fault(StrEnum):
    """What can be wrong with a credit code."""

    EMPTY = "credit_code_empty"
    LENGTH = "credit_code_length"
    OLD_NUMBER = "credit_code_old_number"
    LETTER = "credit_code_letter"
    AUTHORITY = "credit_code_authority"
    ENTITY_CLASS = "credit_code_class"
    REGION = "credit_code_region"
    ORGANISATION = "credit_code_organisation"
    CHECK = "credit_code_check"


SENTENCES: Final[dict[Fault, str | Promise]] = {
    Fault.EMPTY: _("Enter the unified social credit code, 18 characters."),
    Fault.LENGTH: _("A unified social credit code has 18 characters; this one has %(count)s."),
    Fault.OLD_NUMBER: _(
        "This looks like an old 15 character number. Enter the unified social credit code of 18 characters; "
        "it stands on the business licence."
    ),
    Fault.LETTER: _("Character %(position)s is “%(char)s”, which never stands in a credit code."),
    Fault.AUTHORITY: _("Character 1 is “%(char)s”; no registering authority has that sign."),
    Fault.ENTITY_CLASS: _("Character 2 is “%(char)s”; no kind of entity has that sign after “%(authority)s”."),
    Fault.REGION: _("Character %(position)s is “%(char)s”; characters 3 to 8 name the region and are digits."),
    Fault.ORGANISATION: _("Character 17 is “%(char)s”; only a digit or X can stand there."),
    Fault.CHECK: _(
        "The check character does not fit: one character is mistyped or two are exchanged. "
        "Please compare with the business licence."
    ),
}
LOOK_ALIKE_SENTENCE: Final = _(
    "Character %(position)s is the letter “%(char)s”, which never stands in a credit code; perhaps it is “%(instead)s”."
)


class CreditCodeError(WrongInputError):
    """Why a text is no credit code; `fault` is the kind, `position` counts from 1 where one character is to blame."""

    def __init__(self, fault: Fault, **facts: Any) -> None:
        self.fault = fault
        self.position: int | None = facts.get("position")
        super().__init__(LOOK_ALIKE_SENTENCE if "instead" in facts else SENTENCES[fault], fault.value, **facts)


@dataclass(frozen=True, slots=True)
class CreditCode:
    """A credit code whose form and check character are right."""

    code: str

    @property
    def organisation_fits(self) -> bool:
        """Whether the inner check of the organisation code holds; a reviewer is warned when not, nobody is refused."""
        return organisation_check(self.code[8:16]) == self.code[16]

    def __str__(self) -> str:
        return self.code


def normalise(text: str) -> str:
    """The text in the stored form: half-width, without spaces and hyphens, upper case. It may still be wrong."""
    return ascii_upper("".join(char for char in without_unseen(text) if char not in HYPHENS))


def check_character(first17: str) -> str:
    """The 18th character for the first seventeen. A sum divisible by 31 gives 0, so the outer modulo is needed."""
    total = sum(ALPHABET.index(char) * weight for char, weight in zip(first17, WEIGHTS, strict=True))
    return ALPHABET[-total % 31]


def organisation_check(first8: str) -> str:
    """The 9th character of an organisation code (GB 11714) for the first eight."""
    pairs = zip(first8, ORGANISATION_WEIGHTS, strict=True)
    rest = 11 - sum(ORGANISATION_ALPHABET.index(char) * weight for char, weight in pairs) % 11
    return {10: "X", 11: "0"}.get(rest, str(rest))


def parse(text: str) -> CreditCode:
    """The credit code that the text means; raises `CreditCodeError` with the first thing that is wrong."""
    code = normalise(text)
    _check_length(code)
    _check_letters(code)
    _check_places(code)
    if check_character(code[:17]) != code[17]:
        raise CreditCodeError(Fault.CHECK)
    return CreditCode(code)


def near(one: str, other: str) -> bool:
    """Whether two codes differ by one slip of the hand: a character changed, lost or added, or two exchanged."""
    a, b = normalise(one), normalise(other)
    if a == b or abs(len(a) - len(b)) > 1:
        return False
    if len(a) != len(b):
        longer, shorter = (a, b) if len(a) > len(b) else (b, a)
        return any(longer[:place] + longer[place + 1 :] == shorter for place in range(len(longer)))
    places = [place for place in range(len(a)) if a[place] != b[place]]
    if len(places) == 1:
        return True
    first, second = places[0], places[-1]
    return len(places) == 2 and second - first == 1 and a[first] == b[second] and a[second] == b[first]


def _check_length(code: str) -> None:
    if not code:
        raise CreditCodeError(Fault.EMPTY)
    if len(code) == 15 and code.isascii() and code.isalnum():
        raise CreditCodeError(Fault.OLD_NUMBER)
    if len(code) != LENGTH:
        raise CreditCodeError(Fault.LENGTH, count=len(code))


def _check_letters(code: str) -> None:
    for position, char in enumerate(code, 1):
        if char in LOOK_ALIKES:
            raise CreditCodeError(Fault.LETTER, position=position, char=char, instead=LOOK_ALIKES[char])
        if char not in ALPHABET:
            raise CreditCodeError(Fault.LETTER, position=position, char=_shown(char))


def _check_places(code: str) -> None:
    if code[0] not in CLASSES:
        raise CreditCodeError(Fault.AUTHORITY, position=1, char=code[0])
    if code[1] not in CLASSES[code[0]]:
        raise CreditCodeError(Fault.ENTITY_CLASS, position=2, char=code[1], authority=code[0])
    for position, char in enumerate(code[2:8], 3):
        if not char.isdigit():
            raise CreditCodeError(Fault.REGION, position=position, char=char)
    if code[16] not in "0123456789X":
        raise CreditCodeError(Fault.ORGANISATION, position=17, char=code[16])


def _shown(char: str) -> str:
    """The character, or its code point where it would not be seen or could bend the sentence around it."""
    return char if unicodedata.category(char)[0] in "LNPS" else f"U+{ord(char):04X}"
