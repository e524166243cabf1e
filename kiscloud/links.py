"""The consoles of KIS cloud: management centre and workbench."""

from typing import Final

MANAGE: Final = "manage"


def register() -> None:
    """They are there from now on."""
