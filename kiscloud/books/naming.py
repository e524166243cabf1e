"""How subjects are called where one is chosen: code, the names from the first level down, the initials of the sounds.

Initials come from the order of the common signs in GB 2312, which is that of their sounds; rare signs have none.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from kiscloud.books.models import Item, Subject
from kiscloud.models import AccountSet

_FIRST: Final = [sign.encode("gbk") for sign in "啊芭擦搭蛾发噶哈击喀垃妈拿哦啪期然撒塌挖昔压匝"]
_LETTERS: Final = "abcdefghjklmnopqrstwxyz"
_LAST: Final = "座".encode("gbk")
_OTHERWISE: Final = {"行": "h"}  # signs with two sounds, as books use them
BETWEEN: Final = "－"


@dataclass(frozen=True, slots=True)
class Choice:
    """A subject that takes entries, as it can be typed."""

    code: str
    name: str
    label: str  # the code and every name above
    initials: str
    unit: str = ""
    item_kind: str = ""


def initials_of(name: str) -> str:
    """`银行存款` is `yhck`; letters and digits stay."""
    return "".join(_initial(sign) for sign in name.lower())


def _initial(sign: str) -> str:
    if sign in _OTHERWISE:
        return _OTHERWISE[sign]
    if sign.isascii():
        return sign if sign.isalnum() else ""
    try:
        place = sign.encode("gbk")
    except UnicodeEncodeError:
        return ""
    if not _FIRST[0] <= place <= _LAST:
        return ""
    return _LETTERS[bisect_right(_FIRST, place) - 1]


def full_names(account_set: AccountSet) -> dict[int, str]:
    """Of every subject: its code, and the names from the first level down."""
    return {subject.pk: f"{subject.code} {name}" for subject, name in _named(account_set)}


def choices_of(account_set: AccountSet, *, every: bool = False) -> list[Choice]:
    """The subjects on which something can be entered, or every subject; by code."""
    return [
        Choice(one.code, one.name, f"{one.code} {name}", initials_of(one.name), one.unit, one.item_kind)
        for one, name in _named(account_set)
        if every or (one.is_leaf and not one.disabled)
    ]


def items_of(account_set: AccountSet) -> list[Item]:
    """The items that lines can name, by kind and code."""
    return list(Item.objects.filter(account_set=account_set, disabled=False).order_by("kind", "code"))


def _named(account_set: AccountSet) -> list[tuple[Subject, str]]:
    names: dict[int, str] = {}
    found = []
    for subject in Subject.objects.filter(account_set=account_set).order_by("code"):
        above = names.get(subject.parent_id or 0, "")
        names[subject.pk] = f"{above}{BETWEEN}{subject.name}" if above else subject.name
        found.append((subject, names[subject.pk]))
    return found


def meant(text: str, choices: Sequence[Choice]) -> str:
    """The label of the one subject whose name or initials were typed; the text itself where that is not clear."""
    typed = text.strip().lower()
    if not typed or typed[:4].isdecimal():
        return text
    exact = [one for one in choices if typed in (one.name.lower(), one.initials)]
    found = exact or [one for one in choices if typed in one.label.lower() or one.initials.startswith(typed)]
    return found[0].label if len(found) == 1 else text
