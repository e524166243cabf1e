"""How much of each line a red letter takes back, and what then stands on the red invoice.

The rest decides: a part is what is left less what shall be left, whose tax is right to the fen. So however many parts
a line is taken back in, each of them and the last fit their rate. Amounts here are positive; on the invoice they are
negative.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from config.errors import InputError
from finance.money import FEN, ZERO
from invoicing import policy
from invoicing.amounts import line_tax, product, rounded, split_inclusive, unit_price
from invoicing.faces import Face, Line, Party
from invoicing.models import Invoice, RedLetter
from invoicing.reversals import LineLeft

PART_KEYS: Final = ("total", "amount", "quantity")


class NothingLeft(InputError):
    """All of it was taken back, or is held by letters that are under way."""

    code = "nothing_left"
    status = 409
    sentence = _("Nothing of this invoice is left to take back: red letters hold all of it.")


class PassesRemainder(InputError):
    """More than is left of a line."""

    code = "passes_remainder"
    sentence = _("Line %(line)s: only %(left)s is left to take back, not %(wanted)s.")


class WholeOnly(InputError):
    """An invoice with an error is taken back with all that is left of it."""

    code = "whole_only"
    sentence = _("An invoice that was issued with an error is taken back with all that is left of it.")
    hint = _("Choose another reason if only a part goes back.")


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a line: yuan with tax (`total`), or yuan without it, or a quantity; by none of them all that is left.

    With an amount its tax and quantity may be said, too; what is not said is worked out.
    """

    seq: int
    total: Decimal | None = None
    amount: Decimal | None = None
    quantity: Decimal | None = None
    tax: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What goes back of a line."""

    left: LineLeft
    amount: Decimal
    tax: Decimal
    quantity: Decimal | None

    @property
    def is_all(self) -> bool:
        """Nothing of the line is left then."""
        return (self.amount, self.tax) == (self.left.amount, self.left.tax)


def take(left: Sequence[LineLeft], parts: Sequence[Part] | None, *, reason: str) -> list[Taken]:
    """What these parts come to; without parts, all that is left. Raises NothingLeft, PassesRemainder, WholeOnly."""
    open_lines = {one.line.seq: one for one in left if one.amount > ZERO}
    if not open_lines:
        raise NothingLeft("lines")
    everything = [Taken(one, one.amount, one.tax, one.quantity) for one in open_lines.values()]
    if parts is None:
        return everything
    taken = list(_take_each(open_lines, parts))
    whole = {one.left.line.pk for one in taken if one.is_all} == {one.left.line.pk for one in everything}
    if reason == RedLetter.Reason.ERROR and not whole:
        raise WholeOnly("reason")
    return taken


def _take_each(open_lines: Mapping[int, LineLeft], parts: Sequence[Part]) -> Iterator[Taken]:
    if not parts:
        raise InputError("lines", _("Choose at least one line."))
    seen: set[int] = set()
    for part in parts:
        if part.seq in seen:
            raise InputError("lines", _("Line %(line)s is named twice."), line=part.seq)
        if part.seq not in open_lines:
            raise PassesRemainder("lines", line=part.seq, left=ZERO, wanted=_wanted(part))
        seen.add(part.seq)
        yield take_part(open_lines[part.seq], part)


def take_part(left: LineLeft, part: Part) -> Taken:
    """What the part comes to. Raises PassesRemainder, and InputError for what is no part."""
    if part.total is part.amount is part.quantity is None:
        return Taken(left, left.amount, left.tax, left.quantity)
    if part.total is not None:
        _check(left, part.total, left.amount + left.tax, FEN)
        rest, rest_tax = split_inclusive(left.amount + left.tax - part.total, left.line.rate)
        return _made(left, left.amount - rest, left.tax - rest_tax, None, total=part.total)
    amount = _amount(left, part)
    tax = left.tax - line_tax(left.amount - amount, left.line.rate)
    taken = _made(left, amount, tax, part.quantity)
    if part.tax is not None and part.tax != taken.tax:
        return _with_tax(taken, part.tax)
    return taken


def _amount(left: LineLeft, part: Part) -> Decimal:
    """Without tax: as it is said, or as much as the quantity is of what is left."""
    amount, wanted, most = part.amount or ZERO, part.quantity, left.quantity
    if wanted is not None:
        if most is None:
            raise InputError("lines", _("Line %(line)s has no quantity. Say how many yuan."), line=left.line.seq)
        _check(left, wanted, most, None)
        if part.amount is None:
            return left.amount - rounded(product(left.amount, most - wanted) / most)
    _check(left, amount, left.amount, FEN)
    return amount


def _with_tax(taken: Taken, tax: Decimal) -> Taken:
    """With the tax as it was said, as long as it and what it leaves are within the tolerance of a line."""
    left = taken.left
    rest = abs(left.tax - tax - product(left.amount - taken.amount, left.line.rate))
    off = max(abs(tax - product(taken.amount, left.line.rate)), rest)
    fits = tax == tax.quantize(FEN) and ZERO <= tax <= left.tax and off <= policy.LINE_TAX_TOLERANCE
    if not fits or taken.is_all:
        raise InputError(
            "lines", _("Line %(line)s: the tax of this part is %(tax)s yuan."), line=left.line.seq, tax=taken.tax
        )
    return replace(taken, tax=tax)


def _made(
    left: LineLeft, amount: Decimal, tax: Decimal, quantity: Decimal | None, *, total: Decimal | None = None
) -> Taken:
    """Within what is left and within the tolerance of a line; who takes all of the money takes all of the quantity."""
    exact = product(amount, left.line.rate)
    least, most = exact - policy.LINE_TAX_TOLERANCE, exact + policy.LINE_TAX_TOLERANCE
    tax = max(tax, ZERO, least.quantize(FEN, ROUND_CEILING))
    tax = min(tax, left.tax, most.quantize(FEN, ROUND_FLOOR))
    amount = amount if total is None else total - tax
    if amount == left.amount and total in {None, left.amount + left.tax}:
        return Taken(left, amount, left.tax, left.quantity)
    if not ZERO < amount < left.amount:
        raise InputError(
            "lines", _("Line %(line)s: this part cannot be divided into amount and tax."), line=left.line.seq
        )
    return Taken(left, amount, tax, quantity)


def _check(left: LineLeft, wanted: Decimal, most: Decimal, unit: Decimal | None) -> None:
    right = wanted.is_finite() and wanted > ZERO
    if not right or (unit is not None and wanted != wanted.quantize(unit)):
        raise InputError("lines", _("Line %(line)s: write an amount above zero."), line=left.line.seq)
    if wanted > most:
        raise PassesRemainder("lines", line=left.line.seq, left=_plain(most), wanted=_plain(wanted))


def _wanted(part: Part) -> Any:
    given = [value for name in PART_KEYS if (value := getattr(part, name)) is not None]
    return _plain(given[0]) if given else _("a part of it")


def _plain(value: Decimal) -> Decimal:
    """A quantity without its thirteen places, an amount with its two."""
    short = value.normalize()
    exponent = short.as_tuple().exponent
    return value.quantize(FEN) if isinstance(exponent, int) and exponent >= -2 else short


def red_face(invoice: Invoice, letter: RedLetter, taken: Iterable[Taken], *, drawer: str, whole: bool) -> Face:
    """What stands on the red invoice: the blue one's parties, and each line negative with the price positive."""
    remark = f"被红冲蓝字数电票号码：{invoice.number} 红字发票信息确认单编号：{letter.number}"
    return Face(
        kind=invoice.kind,
        seller=Party.read(invoice.parties["seller"]),
        buyer=Party.read(invoice.parties["buyer"]),
        lines=tuple(_red_line(one) for one in taken),
        drawer=drawer,
        remark=remark,
        reverses=invoice.number,
        red_letter=letter.number,
        red_reason=letter.reason,
        extra={"whole": whole},
    )


def _red_line(taken: Taken) -> Line:
    blue = taken.left.line
    line = Line(
        name=blue.name,
        class_code=blue.class_code,
        class_name=blue.class_name,
        amount=-taken.amount,
        rate=blue.rate,
        tax=-taken.tax,
        zero_rate=blue.zero_rate,
        reverses=blue.seq,
    )
    if taken.quantity is None or blue.price is None:
        return line
    fits = abs(taken.amount - product(taken.quantity, blue.price)) <= policy.LINE_AMOUNT_TOLERANCE
    price = blue.price if fits else unit_price(taken.amount, taken.quantity)
    return replace(line, quantity=-taken.quantity, price=price, spec=blue.spec, unit=blue.unit)
