"""Charts of subjects with which books begin. Pure: read from `data/`, one line a subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from kiscloud.set_parameters import Template

DETAIL_DIGITS: Final = 2  # of each lower level in the data; a set may have more
YEAR_PROFIT: Final = "3103"  # where profit and loss is carried over to
_RETAINED: Final = "310415"
_FILE: Final = Path(__file__).parent / "data" / "small_enterprise.txt"


@dataclass(frozen=True, slots=True)
class Entry:
    """A subject of a chart; `parent` is its place in the list, counted before it."""

    code: str
    name: str
    parent: str
    level: int
    side: int
    is_cash: bool
    cash_in: int | None
    cash_out: int | None


@cache
def entries_of(template: str) -> tuple[Entry, ...]:
    """The subjects of the chart, each after the one above it; detail levels have two digits."""
    found: dict[str, Entry] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        usual = line.startswith("+ ")
        words = line.removeprefix("+ ").split()
        if words and words[0].isdigit() and not (usual and template == Template.SMALL_BUSINESS_BARE):
            entry = _entry(words, found)
            found[entry.code] = entry
    return tuple(found.values())


def _entry(words: list[str], above: dict[str, Entry]) -> Entry:
    code, name, *rest = words
    parent = above.get(code[:-2])
    side = {"D": 1, "C": -1}.get(rest[0] if rest else "-") or (parent.side if parent else 1)
    is_cash = rest[1:2] == ["cash"]
    flows = [int(word) for word in rest[1:] if word.isdigit()]
    if not flows and parent is not None:
        came, went = parent.cash_in, parent.cash_out
    else:
        came, went = (flows[0], flows[1]) if flows else (None, None)
    level = 1 if parent is None else parent.level + 1
    return Entry(code, name, parent.code if parent else "", level, side, is_cash, came, went)


def depth_of(lengths: Sequence[int]) -> int:
    """How many levels of the data fit into codes of these lengths."""
    fitting = 1
    while fitting < len(lengths) and lengths[fitting] >= DETAIL_DIGITS:
        fitting += 1
    return fitting


def fitted(code: str, lengths: Sequence[int]) -> str:
    """A code of the data with the digits that a set's levels have: `310415` is `3104015` where they have three."""
    first, rest = code[: lengths[0]], code[lengths[0] :]
    parts = [rest[place : place + DETAIL_DIGITS] for place in range(0, len(rest), DETAIL_DIGITS)]
    return first + "".join(part.zfill(digits) for part, digits in zip(parts, lengths[1:], strict=False))


def retained(lengths: Sequence[int]) -> str:
    """The code of the subject where the year's profit goes in the end (未分配利润)."""
    return fitted(_RETAINED, lengths) if depth_of(lengths) > 1 else _RETAINED[:4]
