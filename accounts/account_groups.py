"""Taking over the relations of the former account group (K12.9), line by line from the vendor's CSV file.

Columns: manager, member (user name or registration e-mail), console (yes or no), points (separated by blanks).
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM
from accounts.models import Account, Relationship
from accounts.permissions import ConsoleRole, Point
from accounts.services.directory import synchronise_directory
from accounts.services.relationships import migrate_member
from accounts.terms import Terms
from config.errors import DomainError, InputError

COLUMNS = ("manager", "member", "console", "points")
YES = frozenset({"yes", "y", "true", "1", "是"})
NO = frozenset({"no", "n", "false", "0", "否", ""})


@dataclass(frozen=True, slots=True)
class Line:
    """What became of one line: taken over now, there before, or refused with the reason."""

    number: int
    text: str
    outcome: str
    reason: str | Promise = ""


TAKEN, THERE, REFUSED = "taken", "there", "refused"


def take_over(lines: Iterable[str]) -> Iterator[Line]:
    """Takes each line over by itself, so that a wrong one holds up no other; repeating a file changes nothing.

    In the end every manager with console access to members has its resource directory open, with them in it.
    """
    reader = csv.DictReader(lines)
    missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
    if missing:
        raise InputError("file", _("The first line has to name the columns %(columns)s."), columns=", ".join(COLUMNS))
    managers: dict[int, Account] = {}
    for row in reader:
        values = {column: (row[column] or "").strip() for column in COLUMNS}
        text = f"{values['manager']} → {values['member']}"
        try:
            relationship, is_new = _take_line(values)
        except DomainError as error:
            yield Line(reader.line_num, text, REFUSED, str(error))
        else:
            managers[relationship.manager_id] = relationship.manager
            yield Line(reader.line_num, text, TAKEN if is_new else THERE)
    for manager in managers.values():
        synchronise_directory(actor=SYSTEM, account=manager)


def _take_line(values: dict[str, str]) -> tuple[Relationship, bool]:
    manager, member = _account("manager", values), _account("member", values)
    terms = Terms.asked(_points(values["points"]), console=_console(values["console"]))
    held = (
        Relationship.objects.in_force()
        .filter(manager=manager, member=member, kind=Relationship.Kind.GROUP)
        .select_related("manager")
        .first()
    )
    if held is not None:
        return held, False
    return migrate_member(actor=SYSTEM, manager=manager, member=member, terms=terms), True


def _account(column: str, values: dict[str, str]) -> Account:
    account = Account.objects.named(values[column]).first()
    if account is None:
        raise InputError(column, _("There is no account “%(name)s”."), name=values[column])
    return account


def _console(text: str) -> str:
    if text.lower() in YES:
        return ConsoleRole.FORMER
    if text.lower() in NO:
        return ConsoleRole.NONE
    raise InputError("console", _("Console access is “yes” or “no”, not “%(text)s”."), text=text)


def _points(text: str) -> list[str]:
    points = text.replace(";", " ").split()
    if unknown := [point for point in points if point not in Point.values]:
        raise InputError("points", _("There is no permission “%(point)s”."), point=unknown[0])
    return points
