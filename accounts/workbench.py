"""What apps above this one put onto the workbench, before what is open in an account (S2.3)."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from accounts.http import ConsoleRequest


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of the page: `read` answers what its template gets as `part`, or nothing where it stays away."""

    template: str
    read: Callable[[ConsoleRequest], Any]


_parts: list[Part] = []


def add_part(template: str, read: Callable[[ConsoleRequest], Any]) -> None:
    """From now on the piece is on the workbench of everybody for whom it reads something."""
    if all(part.template != template for part in _parts):
        _parts.append(Part(template, read))


def parts_for(request: ConsoleRequest) -> list[tuple[str, Any]]:
    """Each piece that the person has, with what it shows. They belong to the person, whatever account is chosen."""
    found = [(part.template, part.read(request)) for part in _parts]
    return [(template, shown) for template, shown in found if shown]
