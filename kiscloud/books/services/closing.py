"""The end of a period: profit and loss is carried over, numbers have no gaps, the month is closed, or opened again."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import DomainError, NotAllowed
from config.transactions import atomic
from kiscloud.books.charts import YEAR_PROFIT, retained
from kiscloud.books.entries import Entry, Header, sums
from kiscloud.books.gaps import close_gaps, gaps_of
from kiscloud.books.models import Balance, Books, CashFlow, Category, Period, Side, Subject, Voucher
from kiscloud.books.months import following, last_day, starts_year, worded, year_of
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, locked_place, note
from kiscloud.books.services.vouchers import add_lines, known_of, next_number
from kiscloud.models import AccountSet

ZERO = Decimal("0.00")
# What stands in books is Chinese, whatever language the bookkeeper reads.
CARRY_OVER: Final = "结转本期损益"
CARRY_OVER_YEAR: Final = "结转本年利润"


@dataclass(frozen=True, slots=True)
class Check:
    """Something that must hold before the period closes."""

    key: str
    holds: bool
    sentence: str


class NotYet(DomainError):
    """Something is still to be done before."""

    code = "period_not_ready"
    sentence = _("%(month)s cannot be closed yet: %(first)s")
    hint = _("The page lists everything that is still to be done.")


class NothingToCarry(DomainError):
    """No subject has a balance that would have to go."""

    code = "nothing_to_carry"
    sentence = _("There is nothing to carry over in %(month)s.")


class Unposted(DomainError):
    """Carrying over takes what is posted."""

    code = "vouchers_unposted"
    sentence = _("%(count)s vouchers of %(month)s are not posted yet.")
    hint = _("Post them first; make void what is not needed.")


class LaterPosted(DomainError):
    """A period is opened again only while nothing stands on its closing balances."""

    code = "period_in_use"
    sentence = _("Vouchers of %(month)s are posted already, so %(before)s stays closed.")


def checks_of(*, account_set: AccountSet, books: Books) -> list[Check]:
    """What must hold before the current period closes, in the order in which one does it."""
    month = books.month
    waiting = Voucher.objects.of(account_set).waiting().filter(month=month).count()
    gaps = gaps_of(account_set, month)
    open_profit = len(_left(account_set, month, category=Category.PROFIT))
    found = [
        Check("opened", books.is_open, _said(books.is_open, *OPENED)),
        Check("posted", not waiting, _said(not waiting, *POSTED, count=waiting)),
        Check("numbers", not gaps, _said(not gaps, *NUMBERS, count=len(gaps))),
        Check("carried", not open_profit, _said(not open_profit, *CARRIED, count=open_profit)),
    ]
    if month % 100 == 12:
        left = bool(_left(account_set, month, code=YEAR_PROFIT))
        found.append(Check("year", not left, _said(not left, *YEAR)))
    return found


# What is said where it holds, and where it does not.
OPENED = (_("The opening balances are finished."), _("The opening balances are not finished yet."))
POSTED = (_("All vouchers are posted."), _("%(count)s vouchers are not posted yet."))
NUMBERS = (_("Voucher numbers have no gaps."), _("Voucher numbers have %(count)s gaps."))
CARRIED = (_("Profit and loss is carried over."), _("%(count)s subjects of profit and loss have a balance."))
YEAR = (
    _("The year's profit is carried over to retained earnings."),
    _("The year's profit is not carried over to retained earnings yet."),
)


def _said(holds: bool, right: str | Promise, wrong: str | Promise, **facts: int) -> str:
    return str(right if holds else wrong) % facts


def _left(account_set: AccountSet, month: int, **subject: object) -> list[Balance]:
    """What has a balance at the month's end, in the order of codes."""
    rows = Balance.objects.filter(account_set=account_set, month=month).select_related("subject", "item")
    rows = rows.filter(**{f"subject__{name}": value for name, value in subject.items()})
    return [row for row in rows.order_by("subject__code", "item__code") if row.closing]


@atomic
def carry_over(
    *, actor: Actor, account_set: AccountSet, together: bool = False, now: datetime | None = None
) -> list[Voucher]:
    """Vouchers that bring profit and loss of the current period to nought wait to be posted (结转损益).

    One for income and one for costs, or one for both. Locks the books. Raises NotGranted, Unposted, NothingToCarry.
    """
    place = _ready(actor, account_set)
    left = _left(account_set, place.books.month, category=Category.PROFIT)
    income = [row for row in left if row.subject.side == Side.CREDIT]
    costs = [row for row in left if row.subject.side == Side.DEBIT]
    groups = [left] if together else [income, costs]
    target = Subject.objects.get(account_set=account_set, code=YEAR_PROFIT)
    made = [_carry(place, group, target, CARRY_OVER, now) for group in groups if group]
    if not made:
        raise NothingToCarry(month=worded(place.books.month))
    month = worded(place.books.month)
    note(what="books.carried_over", actor=actor, account_set=account_set, at=now, month=month)
    return made


@atomic
def carry_over_year(*, actor: Actor, account_set: AccountSet, now: datetime | None = None) -> Voucher:
    """In December: a voucher that brings the year's profit to retained earnings waits to be posted.

    Locks the books. Raises NotGranted, Unposted, NothingToCarry, NotYet.
    """
    place = _ready(actor, account_set)
    month = place.books.month
    if _left(account_set, month, category=Category.PROFIT):
        raise NotYet(month=worded(month), first=gettext("profit and loss must be carried over first."))
    left = _left(account_set, month, code=YEAR_PROFIT) if month % 100 == 12 else []
    if not left:
        raise NothingToCarry(month=worded(month))
    target = Subject.objects.get(account_set=account_set, code=retained(place.books.code_lengths))
    made = _carry(place, left, target, CARRY_OVER_YEAR, now)
    note(what="books.year_carried_over", actor=actor, account_set=account_set, at=now, year=year_of(month))
    return made


def _ready(actor: Actor, account_set: AccountSet) -> Place:
    place = locked_place(actor=actor, account_set=account_set, right=Right.CLOSE)
    waiting = Voucher.objects.of(account_set).waiting().filter(month=place.books.month).count()
    if waiting:
        raise Unposted(count=waiting, month=worded(place.books.month))
    return place


def _carry(place: Place, left: Sequence[Balance], target: Subject, summary: str, now: datetime | None) -> Voucher:
    """Each balance goes off on the side opposite to the subject's own, all of them onto the target."""
    lines = [_taken_off(row, summary) for row in left]
    net = sum((row.closing for row in left), ZERO)
    if net:
        lines.append(Entry(summary, target.code, debit=net) if net > 0 else Entry(summary, target.code, credit=-net))
    day = last_day(place.books.month)
    voucher = Voucher(
        account_set=place.account_set,
        maker=place.user,
        kind=Voucher.Kind.CARRY_OVER,
        month=place.books.month,
        day=day,
        word=Header(day).word,
        summary=summary,
        total=sums(lines)[0],
        saved_at=now or timezone.now(),
    )
    voucher.keep(number=next_number(voucher=voucher))
    voucher.save(force_insert=True)
    add_lines(voucher=voucher, lines=lines, known=known_of(account_set=place.account_set, lines=lines))
    return voucher


def _taken_off(row: Balance, summary: str) -> Entry:
    item = row.item.code if row.item else ""
    if row.subject.side == Side.CREDIT:
        return Entry(summary, row.subject.code, debit=-row.closing, item=item)
    return Entry(summary, row.subject.code, credit=row.closing, item=item)


@atomic
def renumber(*, actor: Actor, account_set: AccountSet, now: datetime | None = None) -> int:
    """The current period's voucher numbers have no gaps; the order stays, posted ones keep theirs (断号整理).

    Posting never leaves a gap below, so only later ones move. Locks the books. Answers how many changed.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.CLOSE)
    changed = close_gaps(account_set, place.books.month)
    month = worded(place.books.month)
    if changed:
        note(what="books.renumbered", actor=actor, account_set=account_set, at=now, month=month, count=changed)
    return changed


@atomic
def close_period(*, actor: Actor, account_set: AccountSet, now: datetime | None = None) -> int:
    """The current period is closed and the next one is current, beginning with its balances; answers the new month.

    Locks the books. Raises NotGranted, NotYet.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.CLOSE)
    books, month = place.books, place.books.month
    missing = [check for check in checks_of(account_set=account_set, books=books) if not check.holds]
    if missing:
        raise NotYet(month=worded(month), first=missing[0].sentence)
    period = Period.objects.select_for_update().get(account_set=account_set, month=month)
    period.close()
    period.save(update_fields=["state", "closed_at"])
    books.month = following(month)
    with connection.cursor() as cursor:
        cursor.execute(
            _CARRY_FORWARD,
            {"set": account_set.pk, "month": month, "next": books.month, "new_year": starts_year(books.month)},
        )
    Period.objects.create(account_set=account_set, month=books.month)
    books.save(update_fields=["month"])
    note(what="books.closed", actor=actor, account_set=account_set, at=now, month=worded(month))
    return books.month


@atomic
def reopen_period(*, actor: Actor, account_set: AccountSet, now: datetime | None = None) -> int:
    """The period before the current one is the current one again, exactly one step back; answers the month.

    Administrators only. Locks the books. Raises NotGranted, NotAllowed, LaterPosted.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.CLOSE)
    books, month = place.books, place.books.month
    if not place.is_admin:
        raise NotAllowed(_("Only administrators of the account set open a period again."))
    before = following(month, -1)
    period = Period.objects.select_for_update().filter(account_set=account_set, month=before).first()
    if period is None:
        raise NotAllowed(_("There is no earlier period."))
    if Voucher.objects.of(account_set).filter(month=month, state=Voucher.State.POSTED).exists():
        raise LaterPosted(month=worded(month), before=worded(before))
    period.reopen()
    period.save(update_fields=["state", "closed_at"])
    Balance.objects.filter(account_set=account_set, month=month).delete()
    CashFlow.objects.filter(account_set=account_set, month=month).delete()
    books.month = before
    books.save(update_fields=["month"])
    Period.objects.filter(account_set=account_set, month=month).delete()
    note(what="books.reopened", actor=actor, account_set=account_set, at=now, month=worded(before))
    return before


# Each subject begins the next month where it ended this one; in January the sums of the year begin again.
_CARRY_FORWARD = """
INSERT INTO books_balance (account_set_id, month, subject_id, item_id, opening, debit, credit, carried,
                           year_debit, year_credit, year_carried, quantity, quantity_moved)
SELECT account_set_id, %(next)s, subject_id, item_id, opening + debit - credit, 0, 0, 0,
       CASE WHEN %(new_year)s THEN 0 ELSE year_debit + debit END,
       CASE WHEN %(new_year)s THEN 0 ELSE year_credit + credit END,
       CASE WHEN %(new_year)s THEN 0 ELSE year_carried + carried END,
       quantity + quantity_moved, 0
FROM books_balance
WHERE account_set_id = %(set)s AND month = %(month)s
  AND (opening + debit - credit <> 0 OR quantity + quantity_moved <> 0
       OR NOT %(new_year)s AND (year_debit + debit <> 0 OR year_credit + credit <> 0))
ORDER BY subject_id, item_id
"""
