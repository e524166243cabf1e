"""Reading the fields of a body: what is wrong is collected, each by its name in the contract, and told at once."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final, TypeVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from invoicing.open_api.envelope import Faults

T = TypeVar("T")
NUMBER: Final = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,13})?", re.ASCII)  # as long as any field of an invoice
DAY: Final = re.compile(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})", re.ASCII)
SERIAL: Final = re.compile(r"[\x21-\x7e]{1,50}")
TEXT_MOST: Final = 300
EMPTY: Final = _("This must not be empty.")


class Reading:
    """One object of a body. `raise_faults` ends the reading of the whole body."""

    def __init__(self, values: Mapping[str, Any], *, place: str = "", faults: list[tuple[str, str]] | None = None):
        self.values, self.place = values, place
        self.faults: list[tuple[str, str]] = [] if faults is None else faults

    def fault(self, name: str, sentence: str | Promise, **facts: Any) -> None:
        """Something is wrong with this field."""
        self.faults.append((f"{self.place}{name}", str(sentence) % facts if facts else str(sentence)))

    def raise_faults(self) -> None:
        """Raises Faults where anything was wrong."""
        if self.faults:
            raise Faults(self.faults)

    def text(self, name: str, *, needed: bool = False, most: int = TEXT_MOST) -> str:
        """The text, without spaces around it; a whole number is one, too."""
        value = self.values.get(name)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        text = value.strip() if isinstance(value, str) else ""
        if value is not None and not isinstance(value, str):
            self.fault(name, _("Send this as text."))
        elif len(text) > most:
            self.fault(name, _("At most %(most)s characters fit here."), most=most)
            text = text[:most]
        elif needed and not text:
            self.fault(name, EMPTY)
        return text

    def serial(self, name: str) -> str:
        """A serial of the caller's."""
        text = self.text(name, needed=True)
        if text and not SERIAL.fullmatch(text):
            self.fault(name, _("A serial has at most 50 letters, digits and signs, no spaces."))
        return text

    def number(self, name: str, *, needed: bool = False) -> Decimal | None:
        """The number, exactly as it was written; as text or as JSON number."""
        value = self.values.get(name)
        if value is None or value == "":
            if needed:
                self.fault(name, EMPTY)
            return None
        text = _digits(value)
        if NUMBER.fullmatch(text) is None:
            self.fault(name, _("Write a number in digits, such as 1234.50."))
            return None
        return Decimal(text)

    def day(self, name: str) -> date | None:
        """A day as 2026-01-31 or 20260131."""
        match = DAY.fullmatch(self.text(name))
        try:
            if match:
                return date(*map(int, match.groups()))
        except ValueError:
            pass
        self.fault(name, _("Write the day as 2026-01-31."))
        return None

    def choice(self, name: str, choices: Mapping[str, T], default: T | None = None) -> T | None:
        """What one of the codes stands for."""
        value = self.text(name)
        if value in choices:
            return choices[value]
        if value or default is None:
            self.fault(name, _("This is one of %(codes)s."), codes=", ".join(filter(None, choices)))
        return default

    def items(self, name: str, *, most: int) -> Iterator["Reading"]:
        """Each object of a list."""
        values = self.values.get(name)
        if not isinstance(values, list) or not values:
            self.fault(name, _("Send a list with at least one entry."))
            return
        if len(values) > most:
            self.fault(name, _("At most %(most)s entries fit into one call."), most=most)
            return
        for place, value in enumerate(values):
            inner = f"{self.place}{name}.{place}"
            if isinstance(value, dict):
                yield Reading(value, place=f"{inner}.", faults=self.faults)
            else:
                self.faults.append((inner, str(_("Send an object here."))))


def _digits(value: Any) -> str:
    """A number's digits; nothing for what is none, or would have too many."""
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() and abs(value.adjusted()) < 30 else ""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**20 else ""
    return value.strip() if isinstance(value, str) else ""
