"""Enterprises that may be meant instead: what is known beside what was typed, and where the two differ (C10).

A tax number carries a check character, so one slip of the hand never makes another valid number: a wrong but valid one
belongs to another company. It shows by its name. A number that is not valid is compared with those that are known.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.credit_code import near
from accounts.names import name_key


class Why(StrEnum):
    """What gives rise to the doubt."""

    NUMBER = "number"  # the same name has another number
    NAME = "name"  # the same number has another name
    SLIP = "slip"  # the numbers differ by one slip of the hand
    GONE = "gone"  # the register says that the company ended


WORDS: dict[Why, Promise] = {
    Why.NUMBER: _("An enterprise of this name is known with another tax number."),
    Why.NAME: _("This tax number is known under another name."),
    Why.SLIP: _("A known tax number differs from yours by a single slip."),
    Why.GONE: _("The company register says that this enterprise was deregistered."),
}


class Source(StrEnum):
    """From where an enterprise is known."""

    REGISTER = "register"
    VERIFIED = "verified"
    TENANT = "tenant"


SOURCES: dict[Source, Promise] = {
    Source.REGISTER: _("Company register"),
    Source.VERIFIED: _("Verified company of your account or of a linked one"),
    Source.TENANT: _("Enterprise of your tenant"),
}


@dataclass(frozen=True, slots=True)
class Known:
    """An enterprise that somebody has checked before."""

    name: str
    tax_number: str
    source: Source
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Sign:
    """One character of a number, and whether the other number has another one in this place."""

    char: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Alike:
    """A known enterprise beside the typed one."""

    known: Known
    why: Why
    name: str
    tax_number: str

    @property
    def words(self) -> str:
        """Why it is shown."""
        return str(WORDS[self.why])

    @property
    def source(self) -> str:
        """From where it is known."""
        return str(SOURCES[self.known.source])

    @property
    def typed_signs(self) -> list[Sign]:
        """The typed number, its differences marked."""
        return marked(self.tax_number, self.known.tax_number)

    @property
    def known_signs(self) -> list[Sign]:
        """The known number, its differences marked."""
        return marked(self.known.tax_number, self.tax_number)


def alike(name: str, tax_number: str, known: Iterable[Known]) -> list[Alike]:
    """Every known enterprise that raises a doubt about this name and number; none of them twice."""
    found: dict[tuple[str, str], Alike] = {}
    for each in known:
        if (why := _doubt(name, tax_number, each)) is not None:
            found.setdefault((name_key(each.name), each.tax_number), Alike(each, why, name, tax_number))
    return list(found.values())


def marked(number: str, other: str) -> list[Sign]:
    """The number, sign by sign, with those that stand otherwise in the other one."""
    return [Sign(char, place >= len(other) or other[place] != char) for place, char in enumerate(number)]


def _doubt(name: str, tax_number: str, known: Known) -> Why | None:
    same_name = bool(name) and name_key(name) == name_key(known.name)
    if known.tax_number == tax_number:
        if known.gone:
            return Why.GONE
        return None if same_name or not name else Why.NAME
    if same_name:
        return Why.NUMBER
    return Why.SLIP if near(tax_number, known.tax_number) else None
