"""An uploaded list turned into the lines of a batch: who is meant by each row, and what is wrong with it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from accounts.cleaning import cleaned
from accounts.models import Account, Relationship
from accounts.names import clean_remark
from config.errors import InputError
from finance.models import Allotment
from finance.money import parse_amount
from finance.services.allotments import check_amount
from finance.spreadsheets import Row

TEXT_LENGTH = 60
Lines = list[dict[str, Any]]


def lines_of(
    account: Account, direction: str, rows: Sequence[Row]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The good rows as lines, and the others with their number in the file and a sentence each; one query."""
    members = _members(account, rows)
    lines: Lines = []
    left_out: Lines = []
    taken: dict[int, int] = {}
    for row in rows:
        try:
            pk = _meant(row, members, taken)
            lines.append({"relationship": pk, "amount": str(_amount(row, direction)), "note": _note(row)})
            taken[pk] = row.number
        except InputError as error:
            left_out.append({"row": row.number, "text": _shown(row), "sentence": str(error)})
    return lines, left_out


def _members(account: Account, rows: Sequence[Row]) -> dict[str, int]:
    """Members in force by user name and by number."""
    names = {row.account.lower().replace("\x00", "") for row in rows}
    found = Relationship.objects.in_force().filter(manager=account)
    found = found.filter(Q(member__username__in=names) | Q(member__number__in=names))
    members: dict[str, int] = {}
    for pk, username, number in found.values_list("pk", "member__username", "member__number"):
        members |= {username: pk, number: pk}
    return members


def _meant(row: Row, members: dict[str, int], taken: dict[int, int]) -> int:
    if row.formula:
        raise InputError("account", _("This row holds a formula. Put its value there instead."))
    if not row.account:
        raise InputError("account", _("The account is missing."))
    pk = members.get(row.account.lower())
    if pk is None:
        raise InputError("account", _("None of your linked accounts has this user name or number."))
    if pk in taken:
        raise InputError("account", _("This account stands in row %(row)s already."), row=taken[pk])
    return pk


def _amount(row: Row, direction: str) -> Any:
    amount = parse_amount(row.amount)
    if direction == Allotment.Direction.ALLOT:
        check_amount(amount=amount)
    return amount


def _note(row: Row) -> str:
    return cleaned("note", clean_remark, row.note)


def _shown(row: Row) -> str:
    """What stands in the row, so that it is found again."""
    return " · ".join(part for part in (row.account, row.amount) if part).replace("\x00", "")[:TEXT_LENGTH]
