"""Opening balances: typed for each subject before anything is posted, finished when they balance."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import F, Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from config.errors import DomainError, InputError
from config.transactions import atomic
from kiscloud.books.models import Balance, Books, Category, Item, Subject, Voucher
from kiscloud.books.rights import Right
from kiscloud.books.services.people import locked_place, note
from kiscloud.models import AccountSet

ZERO = Decimal("0.00")


class OpeningsFinished(DomainError):
    """They are the ground on which everything stands."""

    code = "openings_finished"
    sentence = _("The opening balances are finished and stay as they are.")
    hint = _("Correct a mistake by a voucher.")


class OpeningsUnbalanced(DomainError):
    """Debit and credit must be equal before anything is posted."""

    code = "openings_unbalanced"
    sentence = _("The opening balances differ: debit %(debit)s, credit %(credit)s.")
    hint = _("Check the subjects, then try again.")


class YearUnbalanced(OpeningsUnbalanced):
    """The same of what the year moved before the first period."""

    code = "openings_year_unbalanced"
    sentence = _("What the year moved before the first period differs: debit %(debit)s, credit %(credit)s.")


class ProfitInOpening(InputError):
    """Profit and loss begins at nought; what the year brought so far stands beside it."""

    sentence = _("%(subject)s is carried over each month, so it has no opening balance.")


@dataclass(frozen=True, slots=True)
class Opening:
    """How a subject begins: its balance on its own side, and what moved in the year before the first period."""

    balance: Decimal = ZERO
    year_debit: Decimal = ZERO
    year_credit: Decimal = ZERO
    quantity: Decimal = ZERO


# A subject's code, with that of the item where the subject is broken down.
Key = str | tuple[str, str]


@atomic
def enter_openings(
    *, actor: Actor, account_set: AccountSet, openings: Mapping[Key, Opening], now: datetime | None = None
) -> None:
    """These are the opening balances, by code; subjects not named begin at nought. They need not balance yet.

    Locks the books. Raises OpeningsFinished, InputError, NotGranted.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    if place.books.is_open:
        raise OpeningsFinished()
    subjects = {one.code: one for one in Subject.objects.filter(account_set=account_set, is_leaf=True)}
    items = {(one.kind, one.code): one for one in Item.objects.filter(account_set=account_set)}
    month = place.books.start_month
    rows = [_row(*_found(key, subjects, items), opening, month) for key, opening in openings.items()]
    Balance.objects.filter(account_set=account_set).delete()
    Balance.objects.bulk_create(row for row in rows if row is not None)
    note(what="books.opening_entered", actor=actor, account_set=account_set, at=now)


def _found(
    key: Key, subjects: Mapping[str, Subject], items: Mapping[tuple[str, str], Item]
) -> tuple[Subject, Item | None]:
    code, chosen = (key, "") if isinstance(key, str) else key
    subject = subjects.get(code)
    if subject is None:
        raise InputError("openings", _("%(code)s is no subject that takes entries."), code=code)
    item = items.get((subject.item_kind, chosen))
    if (item is None) != (not subject.item_kind):
        raise InputError("openings", _("%(subject)s begins with balances of its items."), subject=str(subject))
    return subject, item


def _row(subject: Subject, item: Item | None, opening: Opening, month: int) -> Balance | None:
    if opening == Opening():
        return None
    moved = opening.year_debit - opening.year_credit
    carried = ZERO
    if subject.category == Category.PROFIT:
        if opening.balance:
            raise ProfitInOpening("openings", subject=str(subject))
        carried = -moved  # earlier months were carried over
    return Balance(
        account_set_id=subject.account_set_id,
        month=month,
        subject=subject,
        item=item,
        opening=opening.balance * subject.side,
        year_debit=opening.year_debit + max(carried, ZERO),
        year_credit=opening.year_credit + max(-carried, ZERO),
        year_carried=carried,
        quantity=opening.quantity,
    )


@atomic
def finish_openings(*, actor: Actor, account_set: AccountSet, now: datetime | None = None) -> None:
    """The books are open: vouchers can be posted from now on. Locks the books.

    Raises OpeningsFinished, OpeningsUnbalanced, NotGranted.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    if place.books.is_open:
        raise OpeningsFinished()
    debit, credit = opening_sums(account_set=account_set)
    if debit != credit:
        raise OpeningsUnbalanced(debit=debit, credit=credit)
    found = Balance.objects.filter(account_set=account_set).aggregate(
        debit=Sum("year_debit"), credit=Sum("year_credit")
    )
    if found["debit"] != found["credit"]:
        raise YearUnbalanced(debit=found["debit"], credit=found["credit"])
    place.books.opened_at = now or timezone.now()
    place.books.save(update_fields=["opened_at"])
    note(what="books.opened", actor=actor, account_set=account_set, at=now)


@atomic
def resume_openings(*, actor: Actor, account_set: AccountSet, now: datetime | None = None) -> None:
    """Opening balances can be typed again, as long as nothing was posted. Locks the books.

    Raises OpeningsFinished, NotGranted.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    posted = Voucher.objects.of(account_set).filter(state=Voucher.State.POSTED).exists()
    if posted or place.books.month != place.books.start_month:
        raise OpeningsFinished()
    place.books.opened_at = None
    place.books.save(update_fields=["opened_at"])
    note(what="books.opening_entered", actor=actor, account_set=account_set, at=now)


@dataclass(frozen=True, slots=True)
class Stored:
    """What was entered for a subject, or for an item of it."""

    subject: Subject
    item: Item | None
    opening: Opening


def stored_openings(*, books: Books) -> list[Stored]:
    """What was entered, by code."""
    rows = Balance.objects.filter(account_set=books.account_set_id, month=books.start_month)
    rows = rows.select_related("subject", "item").order_by("subject__code", "item__code")
    found = [Stored(row.subject, row.item, _entered(row)) for row in rows]
    return [one for one in found if one.opening != Opening()]


def _entered(row: Balance) -> Opening:
    carried = row.year_carried  # what was typed does not hold it
    return Opening(
        balance=row.opening * row.subject.side,
        year_debit=row.year_debit - max(carried, ZERO),
        year_credit=row.year_credit - max(-carried, ZERO),
        quantity=row.quantity,
    )


def opening_sums(*, account_set: AccountSet) -> tuple[Decimal, Decimal]:
    """The sums of both sides of what was entered."""
    found = Balance.objects.filter(account_set=account_set, month=F("account_set__books__start_month"))
    debit = found.filter(opening__gt=0).aggregate(sum=Sum("opening"))["sum"] or ZERO
    credit = found.filter(opening__lt=0).aggregate(sum=Sum("opening"))["sum"] or ZERO
    return debit, -credit
