"""Which data of earlier products a set of the cloud takes (S26.2). A version is compared by its numbers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from kiscloud.editions import Edition


@dataclass(frozen=True, slots=True)
class Path:
    """Data of this version or an older one comes directly into a set of that version."""

    newest_from: str
    to: str


_FORM: Final = re.compile(r"[Vv]?[0-9]+(\.[0-9]+)*")
PATHS: Final[Mapping[str, Path]] = {Edition.TRADE: Path("8.0", "9.0")}


def is_direct(edition: str, version: str) -> bool:
    """Whether data of an earlier product's version comes over in one step; never for an edition without a path."""
    path = PATHS.get(edition)
    return path is not None and _FORM.fullmatch(version) is not None and not is_newer(version, path.newest_from)


def is_newer(version: str, than: str) -> bool:
    """Whether the one version, of the form of the other, came after it."""
    return _numbers(version) > _numbers(than)


def _numbers(version: str) -> tuple[int, ...]:
    """`V8.0` and `8` are the same."""
    numbers = [int(part) for part in version.lstrip("Vv").split(".")]
    while numbers and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
