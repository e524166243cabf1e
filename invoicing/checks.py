"""Whether an invoice may be issued as it stands: everything that is wrong with it, each with its place. Pure."""

import unicodedata
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError
from config.errors import worded
from finance.money import ZERO
from invoicing import capitals, policy
from invoicing.amounts import taxes_fit
from invoicing.faces import Face, Party
from invoicing.invoice_numbers import InvoiceNumberError, parse_number
from invoicing.line_checks import Problem, line_problems, neighbour_problems
from invoicing.tax_numbers import parse_buyer, parse_seller

KINDS: Final = ("special", "ordinary")
SPECIAL: Final = "special"
RATES: Final = frozenset(map(Decimal, ("0.13", "0.09", "0.06", "0.05", "0.03", "0.01", "0")))
REASONS: Final = ("01", "02", "03", "04")
PARTY_LENGTHS: Final = {"name": 100, "address": 100, "phone": 20, "bank": 100, "bank_account": 100}
LENGTHS: Final = {"remark": 230, "drawer": 40}
EMPTY: Final = _("This must not be empty.")
TOO_LONG: Final = _("At most %(most)s characters fit here; these are %(count)s.")
UNSEEN: Final = _("There are characters in it that cannot be printed.")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. `place` is the way to it in the face's JSON form, such as `lines.0.tax`."""

    place: str
    code: str
    text: str | Promise
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def line(self) -> int | None:
        """Which line, counted from 1."""
        words = self.place.split(".")
        return int(words[1]) + 1 if words[0] == "lines" and len(words) > 1 else None

    @property
    def sentence(self) -> str:
        """For people, with the line in front where it is about one."""
        text = str(self.text) % worded(self.facts) if self.facts else str(self.text)
        return str(_("Line %(line)s: %(text)s")) % {"line": self.line, "text": text} if self.line else text


def check_face(face: Face, *, rates: Collection[Decimal] = RATES) -> list[Fault]:
    """Everything that is wrong, in the order of the face; nothing where it may be issued.

    `rates`: those that the seller may use. What the blue invoice still has to give is not looked at here.
    """
    faults = [*_head(face), *_party("seller", face.seller), *_numbers(face), *_party("buyer", face.buyer)]
    faults += [*_lines(face, rates), *_totals(face)]
    return [*faults, *_red(face)] if is_red(face) else faults


def is_red(face: Face) -> bool:
    """Whether it takes back another one."""
    return bool(face.reverses)


def _head(face: Face) -> Iterator[Fault]:
    if face.kind not in KINDS:
        yield Fault("kind", "kind_unknown", _("An invoice is a special or an ordinary one."))
    if not face.drawer.strip():
        yield Fault("drawer", "empty", EMPTY)
    for name, most in LENGTHS.items():
        yield from _text(name, getattr(face, name), most)


def _party(place: str, party: Party) -> Iterator[Fault]:
    if not party.name.strip():
        yield Fault(f"{place}.name", "empty", EMPTY)
    for name, most in PARTY_LENGTHS.items():
        yield from _text(f"{place}.{name}", getattr(party, name), most)


def _text(place: str, text: str, most: int) -> Iterator[Fault]:
    if len(text) > most:
        yield Fault(place, "too_long", TOO_LONG, {"most": most, "count": len(text)})
    if any(
        unicodedata.category(char) in ("Cc", "Cs", "Co", "Cn") for char in text if (place, char) != ("remark", "\n")
    ):
        yield Fault(place, "unseen", UNSEEN)


def _numbers(face: Face) -> Iterator[Fault]:
    try:
        if parse_seller(face.seller.tax_number) != face.seller.tax_number:
            yield Fault("seller.tax_number", "form", _("Write the number in capitals and without spaces."))
    except WrongInputError as error:
        yield Fault("seller.tax_number", str(error.code), error.sentence)
    try:
        if parse_buyer(face.buyer.tax_number, required=face.kind == SPECIAL) != face.buyer.tax_number:
            yield Fault("buyer.tax_number", "form", _("Write the number in capitals and without spaces."))
    except WrongInputError as error:
        yield Fault("buyer.tax_number", str(error.code), error.sentence)


def _lines(face: Face, rates: Collection[Decimal]) -> Iterator[Fault]:
    count = len(face.lines)
    if not 0 < count <= policy.LINES_MAX:
        text = _("An invoice has 1 to %(most)s lines; this one has %(count)s.")
        yield Fault("lines", "lines_count", text, {"most": policy.LINES_MAX, "count": count})
        return
    for place, line in enumerate(face.lines):
        for name, most in {"name": 100, "class_name": 40, "spec": 40, "unit": 20}.items():
            yield from _text(f"lines.{place}.{name}", getattr(line, name), most)
        found = line_problems(line, rates=rates, special=face.kind == SPECIAL, red=is_red(face))
        yield from (_of_line(place, problem) for problem in found)
    if not is_red(face):
        yield from (_of_line(place, problem) for place, problem in neighbour_problems(face.lines))


def _of_line(place: int, problem: Problem) -> Fault:
    return Fault(f"lines.{place}.{problem.place}", problem.code, problem.text, problem.facts)


def _totals(face: Face) -> Iterator[Fault]:
    if not face.lines or not all(line.amount.is_finite() and line.tax.is_finite() for line in face.lines):
        return
    if not taxes_fit(face.lines):
        text = _("The taxes of all lines together differ from their rates by more than %(most)s yuan.")
        yield Fault("lines", "taxes_off", text, {"most": policy.TOTAL_TAX_TOLERANCE})
    if not is_red(face) and face.total <= ZERO:
        yield Fault(
            "lines",
            "total_not_positive",
            _("An invoice is over more than zero; this is %(total)s yuan."),
            {"total": face.total},
        )
    if abs(face.total) >= capitals.LIMIT:
        yield Fault(
            "lines", "total_too_large", _("An invoice is over less than %(limit)s yuan."), {"limit": capitals.LIMIT}
        )


def _red(face: Face) -> Iterator[Fault]:
    try:
        parse_number(face.reverses)
    except InvoiceNumberError as error:
        yield Fault("reverses", str(error.code), error.sentence)
    if not face.red_letter:
        yield Fault("red_letter", "empty", _("A red invoice names its confirmation form."))
    if face.red_reason not in REASONS:
        yield Fault("red_reason", "reason_unknown", _("The reason is one of %(codes)s."), {"codes": ", ".join(REASONS)})
    seen: set[int] = set()
    for place, line in enumerate(face.lines):
        if line.reverses is None:
            yield Fault(f"lines.{place}.reverses", "empty", _("A line of a red invoice names the line it takes back."))
        elif line.reverses in seen:
            yield Fault(f"lines.{place}.reverses", "twice", _("Another line takes back the same one already."))
        else:
            seen.add(line.reverses)
