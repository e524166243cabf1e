"""What a file says of itself, and what is wrong with one that cannot be used."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.mobile import mask_mobile
from config.errors import DomainError

NAME: Final = "manifest.json"
FORMAT: Final = "tongzhang-set"
VERSION: Final = 1  # of the format; a change that older readers would misread raises it
EARLIER: Final = 0  # of the files of earlier products, which are converted (S26.2)
_NUMBER: Final = re.compile(r"[A-Za-z0-9_-]{1,16}")
_LARGEST: Final = 4 * 1024 * 1024  # bytes of a manifest; it names people, not entries


class Unfit(DomainError):
    """A file from which no set can be restored; `sentence` says why."""

    code = "unfit_file"
    status = 422
    sentence = _("This file is damaged or was not made by a backup.")
    hint = _("Choose another backup, or make a new one.")


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a set in the file."""

    name: str
    file: str
    columns: list[str]
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody inside a set: the name there, and what a restore wants to know of them (S17.12)."""

    name: str
    employee: str = ""
    mobile: str = ""

    @property
    def is_known(self) -> bool:
        """Linked to an employee, who has a mobile number."""
        return bool(self.employee and self.mobile)

    @property
    def hidden_mobile(self) -> str:
        """As pages show it."""
        return mask_mobile(self.mobile)


@dataclass(frozen=True, slots=True)
class SetPart:
    """One set in the file."""

    number: str
    name: str
    edition: str
    version: str
    tables: list[Table]
    people: list[Person]
    upgraded_from: str = ""  # the earlier version that it was converted from

    @property
    def bytes(self) -> int:
        """Unpacked."""
        return sum(table.bytes for table in self.tables)

    @property
    def without_mobile(self) -> list[str]:
        """Who has no employee, or an employee without a mobile number (S17.12)."""
        return [person.name for person in self.people if not person.is_known]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is in the file."""

    made_at: str
    sets: list[SetPart]
    format: str = FORMAT
    format_version: int = VERSION


def parsed(text: bytes, *, version: int = VERSION) -> Manifest:
    """The manifest in this text, of this version of the format. Raises Unfit with a sentence for people."""
    if len(text) > _LARGEST:
        raise Unfit()
    try:
        found = json.loads(text)
        if found["format"] != FORMAT:
            raise Unfit(_FOREIGN)
        if found["format_version"] != version:
            raise Unfit(_AGES.get((version, found["format_version"]), _NEWER))
        sets = [part_from(part) for part in found["sets"]]
        return Manifest(made_at=_text(found["made_at"]), sets=sets, format_version=version)
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise Unfit() from error


def part_from(part: Mapping[str, Any]) -> SetPart:
    """One set of a manifest, as it was written."""
    number, name = _text(part["number"], 16), _text(part["name"], 80)
    if not _NUMBER.fullmatch(number) or not name.isprintable() or not name.strip():
        raise ValueError
    return SetPart(
        number=number,
        name=name,
        edition=_text(part["edition"], 12),
        version=_text(part["version"], 12),
        tables=[_table(table) for table in part["tables"]],
        people=[Person(_text(one["name"]), _text(one["employee"]), _text(one["mobile"])) for one in part["people"]],
        upgraded_from=_text(part.get("upgraded_from", ""), 12),
    )


def _table(table: Mapping[str, Any]) -> Table:
    return Table(
        name=_text(table["name"]),
        file=_text(table["file"]),
        columns=[_text(column) for column in table["columns"]],
        rows=_count(table["rows"]),
        bytes=_count(table["bytes"]),
        sha256=_text(table["sha256"]),
    )


def _text(value: object, most: int = 200) -> str:
    """Text that every table and page takes."""
    if not isinstance(value, str) or len(value) > most or "\x00" in value:
        raise TypeError
    value.encode()  # a half of a pair of surrogates is no text
    return value


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise TypeError
    return value


_FOREIGN: str | Promise = _("This file was made by another program.")
_NEWER: str | Promise = _("This file was made by a newer version of this system.")
# What is wanted, and what is there instead.
_AGES: Mapping[tuple[int, Any], str | Promise] = {
    (VERSION, EARLIER): _("This file was made by an earlier product. Bring it over by “Upgrade an earlier set”."),
    (EARLIER, VERSION): _("This file needs no upgrade: it is a backup in the present form."),
}
