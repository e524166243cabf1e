"""Making books: their parameters, subjects, groups and first period (S13.2); what of it can be changed later."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import NotAllowed
from config.transactions import atomic
from kiscloud.books import charts
from kiscloud.books.models import Books, Period, Subject
from kiscloud.books.rights import Right
from kiscloud.books.services.people import locked_place, make_groups, note
from kiscloud.models import AccountSet
from kiscloud.set_parameters import read_parameters


def create_books(*, account_set: AccountSet) -> Books:
    """The set has books: parameters, the chart's subjects, user groups and its first period; its users come later.

    Part of the transaction that makes the set, which has locked it and checked the parameters.
    """
    chosen = read_parameters(account_set.parameters)
    books = Books.objects.create(
        account_set=account_set,
        company=chosen.company,
        tax_kind=chosen.tax_kind,
        template=chosen.template,
        code_lengths=list(chosen.code_lengths),
        audit_first=chosen.audit_first,
        start_month=chosen.start_month,
        month=chosen.start_month,
    )
    Period.objects.create(account_set=account_set, month=chosen.start_month)
    _make_subjects(books)
    make_groups(account_set=account_set)
    return books


def _make_subjects(books: Books) -> None:
    """Level by level, since those above must be there first."""
    depth = charts.depth_of(books.code_lengths)
    entries = [entry for entry in charts.entries_of(books.template) if entry.level <= depth]
    above = {entry.parent for entry in entries}
    made: dict[str, Subject] = {}
    for level in range(1, depth + 1):
        layer = [entry for entry in entries if entry.level == level]
        rows = [_subject(books, entry, made.get(entry.parent), is_leaf=entry.code not in above) for entry in layer]
        Subject.objects.bulk_create(rows)
        made |= {entry.code: row for entry, row in zip(layer, rows, strict=True)}


def _subject(books: Books, entry: charts.Entry, parent: Subject | None, *, is_leaf: bool) -> Subject:
    return Subject(
        account_set_id=books.account_set_id,
        code=charts.fitted(entry.code, books.code_lengths),
        name=entry.name,
        parent=parent,
        level=entry.level,
        category=int(entry.code[0]),
        side=entry.side,
        is_leaf=is_leaf,
        is_cash=entry.is_cash,
        cash_in=entry.cash_in,
        cash_out=entry.cash_out,
    )


@atomic
def require_audits(*, actor: Actor, account_set: AccountSet, audit_first: bool, now: datetime | None = None) -> Books:
    """From now on vouchers are audited before they are posted, or need not be; what is posted stays as it is.

    Administrators of the set decide it, and the log says so. Locks the books. Raises NotFound, NotGranted, NotAllowed.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    if not place.is_admin:
        raise NotAllowed(_("Only administrators of the account set change its parameters."))
    books = place.books
    if books.audit_first != audit_first:
        books.audit_first = audit_first
        books.save(update_fields=["audit_first"])
        note(
            what=f"books.audits_{'required' if audit_first else 'waived'}", actor=actor, account_set=account_set, at=now
        )
    return books
