"""Where a month stands, and what comes next: enter, audit, post, carry over, close. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kiscloud.books.models import Books, Voucher
from kiscloud.books.months import last_day, worded

State = Voucher.State


@dataclass(frozen=True, slots=True)
class Step:
    """A step with how many wait there (or went through, where nothing can wait), and where one does it."""

    label: str | Promise
    count: int | None
    waits: bool
    page: str
    query: str = ""


@dataclass(frozen=True, slots=True)
class Next:
    """What to do now, in a sentence, and where."""

    sentence: str
    label: str | Promise
    page: str
    query: str = ""


def steps_of(books: Books, counts: Mapping[str, int], missing: Mapping[str, str]) -> list[Step]:
    """The way of the month's vouchers; `missing` are the checks of closing that do not hold yet."""
    entered = sum(counts[state] for state in State.values if state != State.VOID)
    postable = sum(counts[state] for state in books.postable)
    steps = [Step(_("Entered vouchers"), entered, bool(counts[State.DRAFT]), "voucher-list", _of(books))]
    if books.audit_first:
        saved = counts[State.SAVED]
        steps.append(Step(State.SAVED.label, saved, bool(saved), "voucher-list", _of(books, State.SAVED)))
    steps += [
        Step(_("To be posted"), postable, bool(postable), "voucher-list", _of(books, books.postable[0])),
        Step(State.POSTED.label, counts[State.POSTED], False, "voucher-list", _of(books, State.POSTED)),
        Step(_("Carry over and close"), None, set(missing) <= {"carried", "year"}, "closing"),
    ]
    return steps


def next_of(books: Books, counts: Mapping[str, int], missing: Mapping[str, str], *, today: date) -> Next:
    """The first thing that is still to be done."""
    return next(_still_to_do(books, counts, missing, today))


def _still_to_do(books: Books, counts: Mapping[str, int], missing: Mapping[str, str], today: date) -> Iterator[Next]:
    facts: dict[str, Any] = {"month": worded(books.month)}
    look, close = _("Look at them"), _("Closing a period")
    if "opened" in missing:
        sentence = _("Finish the opening balances, so that vouchers can be posted.")
        yield Next(str(sentence), _("Opening balances"), "openings")
    if not any(counts.values()):
        yield Next(_("Enter or import the vouchers of %(month)s.") % facts, _("Enter a voucher"), "voucher-new")
    if count := counts[State.DRAFT]:
        sentence = _("Drafts that are still to be finished: %(count)s.")
        yield Next(sentence % {"count": count}, look, "voucher-list", _of(books, State.DRAFT))
    if books.audit_first and (count := counts[State.SAVED]):
        sentence = _("Vouchers that wait to be audited: %(count)s.")
        yield Next(sentence % {"count": count}, look, "voucher-list", _of(books, State.SAVED))
    if count := sum(counts[state] for state in books.postable):
        sentence = _("Vouchers that can be posted: %(count)s.")
        yield Next(sentence % {"count": count}, look, "voucher-list", _of(books, books.postable[0]))
    if "numbers" in missing:
        yield Next(missing["numbers"], close, "closing")
    if today <= last_day(books.month):
        sentence = _("Everything is posted. When %(month)s is over, carry over profit and loss and close it.")
        yield Next(sentence % facts, _("Enter a voucher"), "voucher-new")
    if missing:
        yield Next(next(iter(missing.values())), close, "closing")
    yield Next(_("Everything is done. Close %(month)s, and the next period begins.") % facts, close, "closing")


def _of(books: Books, state: str = "") -> str:
    """The list narrowed to the month, and to a state."""
    return f"?month={books.month}" + (f"&state={state}" if state else "")
