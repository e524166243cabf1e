"""Vouchers taken from a file: all of them or none, with a reason for each row that cannot stand."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import InputError
from config.transactions import atomic
from kiscloud.books.entries import WrongLines
from kiscloud.books.rights import Right
from kiscloud.books.services.people import locked_place, note
from kiscloud.books.services.vouchers import save_voucher
from kiscloud.books.vouchers_in_files import Read
from kiscloud.models import AccountSet


class WrongRows(InputError):
    """Rows that cannot stand in the books; `problems` are pairs of a row of the file and a sentence."""

    code = "wrong_rows"

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = sorted(problems)
        super().__init__("file", _("%(count)s rows cannot be taken, so nothing was imported."), count=len(problems))


@atomic
def import_vouchers(
    *, actor: Actor, account_set: AccountSet, vouchers: Sequence[Read], now: datetime | None = None
) -> int:
    """Every voucher of the file waits to be audited, numbered anew; answers how many. Or none, with all the reasons.

    Locks the books. Raises WrongRows, NotGranted.
    """
    locked_place(actor=actor, account_set=account_set, right=Right.EXCHANGE)
    problems = [problem for one in vouchers for problem in one.problems]
    for one in vouchers:
        if one.header is None or one.problems:
            continue
        try:
            save_voucher(actor=actor, account_set=account_set, header=one.header, entries=one.entries, now=now)
        except WrongLines as error:
            problems += [(one.rows[max(place - 1, 0)], sentence) for place, sentence in error.problems]
        except InputError as error:
            problems.append((one.rows[0], str(error)))
    if problems:
        raise WrongRows(problems)
    note(what="books.imported", actor=actor, account_set=account_set, at=now, count=len(vouchers))
    return len(vouchers)
