"""What a set is created with, and which of it each edition asks for (S13.2)."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from config.errors import InputError
from kiscloud.editions import Edition

FIRST_LEVEL: Final = 4  # digits that the chart itself fixes
LEVELS_MAX: Final = 7
LEVEL_DIGITS_MAX: Final = 5
CODE_DIGITS_MAX: Final = 15
LENGTHS: Final = (4, 2, 2, 2)
YEARS: Final = (2000, 2199)
# Beside the set's name, the company and the taxpayer's kind and the first period, which all ask for.
ASKED: Final[Mapping[str, tuple[str, ...]]] = {
    Edition.TRADE: (),
    Edition.PROFESSIONAL: ("template", "code_lengths"),
    Edition.FLAGSHIP: ("template", "code_lengths", "address", "phone"),
}


class TaxKind(models.TextChoices):
    """The company's standing with the tax office."""

    GENERAL = "general", _("General taxpayer")
    SMALL = "small", _("Small-scale taxpayer")


class Template(models.TextChoices):
    """A chart of subjects to begin with."""

    SMALL_BUSINESS = "small_business", _("Accounting Standards for Small Businesses")
    SMALL_BUSINESS_BARE = "small_business_bare", _("The same, first level and taxes only")


@dataclass(frozen=True, slots=True)
class Parameters:
    """A month is a number like 202603; lengths are the digits that each level of a subject's code adds."""

    company: str
    start_month: int
    tax_kind: str = TaxKind.GENERAL
    template: str = Template.SMALL_BUSINESS
    code_lengths: tuple[int, ...] = LENGTHS
    address: str = ""
    phone: str = ""
    audit_first: bool = True  # vouchers are audited, by somebody else than their maker, before they are posted

    @property
    def stored(self) -> dict[str, Any]:
        """As the set keeps them."""
        return {**asdict(self), "code_lengths": list(self.code_lengths)}


def read_parameters(stored: Mapping[str, Any]) -> Parameters:
    """As they were when the set was created."""
    return Parameters(**{**stored, "code_lengths": tuple(stored["code_lengths"])})


def check_parameters(found: Parameters) -> None:
    """Raises InputError at the first that cannot be."""
    if not found.company.strip():
        raise InputError("company", _("Enter the name of the company whose books these are."))
    if found.tax_kind not in TaxKind.values:
        raise InputError("tax_kind", _("Choose the kind of taxpayer."))
    if found.template not in Template.values:
        raise InputError("template", _("Choose a chart of subjects."))
    year, month = divmod(found.start_month, 100)
    if not (YEARS[0] <= year <= YEARS[1] and 1 <= month <= 12):
        raise InputError("start_month", _("Enter the first period as year and month, like 2026-03."))
    check_lengths(found.code_lengths)


def check_lengths(lengths: tuple[int, ...]) -> None:
    """Raises InputError unless codes of these lengths can be."""
    if not lengths or lengths[0] != FIRST_LEVEL:
        raise InputError("code_lengths", _("The first level has %(digits)s digits."), digits=FIRST_LEVEL)
    if len(lengths) > LEVELS_MAX or not all(1 <= digits <= LEVEL_DIGITS_MAX for digits in lengths):
        raise InputError(
            "code_lengths",
            _("At most %(levels)s levels, and 1 to %(digits)s digits each."),
            levels=LEVELS_MAX,
            digits=LEVEL_DIGITS_MAX,
        )
    if sum(lengths) > CODE_DIGITS_MAX:
        raise InputError("code_lengths", _("A code has at most %(digits)s digits in all."), digits=CODE_DIGITS_MAX)


def lengths_from(text: str) -> tuple[int, ...]:
    """“4-2-2-2” as numbers; raises InputError."""
    parts = text.replace("－", "-").replace(" ", "").split("-")
    if not all(part.isascii() and part.isdigit() and len(part) < 3 for part in parts):
        raise InputError("code_lengths", _("Enter the digits of each level, like 4-2-2-2."))
    lengths = tuple(int(part) for part in parts)
    check_lengths(lengths)
    return lengths
