"""Making books: their parameters, subjects, groups and first period (S13.2, S13.4)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import InputError
from config.transactions import atomic
from kiscloud.books import charts, months
from kiscloud.books.models import Books, Period, Subject, TaxKind
from kiscloud.books.services.people import add_person, make_groups, note
from kiscloud.models import AccountSet


@dataclass(frozen=True, slots=True)
class Parameters:
    """What is decided when a set is made."""

    company: str
    start_month: int
    tax_kind: str = TaxKind.GENERAL
    chart: charts.Chart = charts.Chart.USUAL
    code_lengths: Sequence[int] = charts.LENGTHS


@atomic
def create_books(
    *, actor: Actor, account_set: AccountSet, parameters: Parameters, now: datetime | None = None
) -> Books:
    """The set has books: parameters, the chart's subjects, groups, its first period, and its users in them.

    Part of the caller's transaction, which has locked the set and decided that the actor may. Raises InputError.
    """
    check_parameters(parameters=parameters)
    books = Books.objects.create(
        account_set=account_set,
        company=parameters.company,
        tax_kind=parameters.tax_kind,
        template=parameters.chart,
        code_lengths=list(parameters.code_lengths),
        start_month=parameters.start_month,
        month=parameters.start_month,
    )
    Period.objects.create(account_set=account_set, month=parameters.start_month)
    _make_subjects(account_set, parameters)
    make_groups(account_set=account_set)
    for set_user in account_set.users.order_by("pk"):
        add_person(actor=actor, set_user=set_user, now=now)
    note(what="books.created", actor=actor, account_set=account_set, at=now)
    return books


def check_parameters(*, parameters: Parameters) -> None:
    """Raises InputError: a month of no calendar, or a structure of codes that nobody could use."""
    if not months.is_month(parameters.start_month):
        raise InputError("start_month", _("This is no month."))
    lengths = list(parameters.code_lengths)
    if not lengths or lengths[0] != charts.LENGTHS[0]:
        raise InputError("code_lengths", _("Codes of the first level have four digits."))
    if any(not 2 <= length <= 4 for length in lengths[1:]) or sum(lengths) > charts.DIGITS_MAX:
        raise InputError(
            "code_lengths",
            _("Each lower level has two to four digits, and a code at most %(most)s."),
            most=charts.DIGITS_MAX,
        )


def _make_subjects(account_set: AccountSet, parameters: Parameters) -> None:
    """Level by level, since those above must be there first."""
    entries = charts.entries_of(parameters.chart)
    made: dict[str, Subject] = {}
    above = {entry.parent for entry in entries}
    for level in sorted({entry.level for entry in entries if entry.level <= len(parameters.code_lengths)}):
        layer = [_subject(account_set, entry, made, above, parameters) for entry in entries if entry.level == level]
        Subject.objects.bulk_create(layer)
        made |= {entry.code: one for entry, one in zip(_level(entries, level), layer, strict=True)}


def _level(entries: Sequence[charts.Entry], level: int) -> list[charts.Entry]:
    return [entry for entry in entries if entry.level == level]


def _subject(
    account_set: AccountSet,
    entry: charts.Entry,
    made: dict[str, Subject],
    above: set[str],
    parameters: Parameters,
) -> Subject:
    parent = made.get(entry.parent)
    deepest = len(parameters.code_lengths)
    code = entry.code
    if parent is not None:
        code = parent.code + entry.code[len(entry.parent) :].zfill(parameters.code_lengths[entry.level - 1])
    return Subject(
        account_set=account_set,
        code=code,
        name=entry.name,
        parent=parent,
        level=entry.level,
        category=int(entry.code[0]),
        side=entry.side,
        is_leaf=entry.code not in above or entry.level == deepest,
        is_cash=entry.is_cash,
        cash_in=entry.cash_in,
        cash_out=entry.cash_out,
    )
