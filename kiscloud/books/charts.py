"""Charts of subjects with which books begin. Pure: read from `data/`, one line a subject."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

LENGTHS: Final = (4, 2, 2, 2)  # digits of each level, where nothing else was chosen
DIGITS_MAX: Final = 15
YEAR_PROFIT: Final = "3103"  # where profit and loss is carried over to
_FILE: Final = Path(__file__).parent / "data" / "small_enterprise.txt"


class Chart(models.TextChoices):
    """Which subjects there are from the beginning."""

    USUAL = "small", _("Accounting Standards for Small Enterprises, with the usual details")
    BARE = "small_bare", _("Accounting Standards for Small Enterprises, first level and taxes only")


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
def entries_of(chart: Chart) -> tuple[Entry, ...]:
    """The subjects of the chart, each after the one above it; detail levels have two digits."""
    found: dict[str, Entry] = {}
    for line in _FILE.read_text(encoding="utf-8").splitlines():
        usual = line.startswith("+ ")
        words = line.removeprefix("+ ").split()
        if words and words[0].isdigit() and not (usual and chart == Chart.BARE):
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


def retained(lengths: Sequence[int]) -> str:
    """The code of the subject where the year's profit goes in the end (未分配利润)."""
    return "3104" if len(lengths) == 1 else "3104" + "15".zfill(lengths[1])
