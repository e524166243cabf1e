"""The one shape of "this input is wrong" for the pure rules: forms, models and services all understand it."""

import unicodedata
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.utils.functional import Promise


class WrongInputError(ValidationError):
    """One wrong input, with a stable code for machines and one sentence for people."""

    def __init__(self, message: str | Promise, code: str, **facts: Any) -> None:
        super().__init__(cast("str", message), code=code, params=facts or None)
        self.facts = facts

    @property
    def sentence(self) -> str:
        """The sentence in the reader's language, with the facts filled in."""
        return str(self.messages[0])


def without_unseen(text: str) -> str:
    """Compatible forms folded (full-width to half-width), format characters that a paste carries along dropped.

    Only for values that are checked against ASCII afterwards; a name must refuse such characters instead.
    """
    folded = unicodedata.normalize("NFKC", text)
    return "".join(char for char in folded if unicodedata.category(char) not in {"Cf", "Cc", "Zs", "Zl", "Zp"})


def ascii_upper(text: str) -> str:
    """Upper case for a to z only: Unicode's rules would turn a Turkish dotless i into a Latin I."""
    return "".join(char.upper() if char.isascii() else char for char in text)


def ascii_lower(text: str) -> str:
    """Lower case for A to Z only: Unicode's rules would turn a Kelvin sign into a Latin k."""
    return "".join(char.lower() if char.isascii() else char for char in text)
