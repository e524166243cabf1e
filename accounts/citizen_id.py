"""The citizen's number (居民身份证号, GB 11643): 18 characters with birth date and a check character modulo 11."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError, ascii_upper, without_unseen

LENGTH: Final = 18
WEIGHTS: Final = tuple(pow(2, 17 - place, 11) for place in range(17))
CHECKS: Final = "10X98765432"
OLDEST_BIRTH_YEAR: Final = 1880


class CitizenIdError(WrongInputError):
    """Why a text is no citizen's number. The number itself never stands in the sentence."""


@dataclass(frozen=True, slots=True)
class CitizenId:
    """A citizen's number whose form, date and check character are right."""

    number: str
    born_on: date

    @property
    def masked(self) -> str:
        return mask_citizen_id(self.number)

    def __repr__(self) -> str:
        return f"CitizenId({self.masked})"  # so that no traceback shows the number


def parse_citizen_id(text: str, *, today: date | None = None) -> CitizenId:
    """The citizen's number that the text means; raises `CitizenIdError` with the first thing that is wrong."""
    number = ascii_upper(without_unseen(text).replace("-", ""))
    if not number:
        raise CitizenIdError(_("Enter the identity card number."), "citizen_id_empty")
    if len(number) != LENGTH:
        raise CitizenIdError(
            _("An identity card number has 18 characters; this one has %(count)s."),
            "citizen_id_length",
            count=len(number),
        )
    if not (number.isascii() and number[:17].isdigit() and number[17] in CHECKS):
        raise CitizenIdError(_("An identity card number holds digits; only the last may be X."), "citizen_id_letter")
    born_on = _birth(number[6:14], today=today or timezone.localdate())
    if check_character(number[:17]) != number[17]:
        raise CitizenIdError(
            _("The last character does not fit the others. Please compare with the identity card."), "citizen_id_check"
        )
    return CitizenId(number, born_on)


def check_character(first17: str) -> str:
    """The 18th character for the first seventeen."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def mask_citizen_id(number: str) -> str:
    """The number as a reviewer's list may show it: the region's province and the last four."""
    return f"{number[:2]}************{number[-4:]}" if len(number) == LENGTH else "****"


def _birth(digits: str, *, today: date) -> date:
    born_on: date | None
    try:
        born_on = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        born_on = None
    if born_on is None or born_on.year < OLDEST_BIRTH_YEAR or born_on > today:
        raise CitizenIdError(_("Characters 7 to 14 are the date of birth; this is no such date."), "citizen_id_birth")
    return born_on
