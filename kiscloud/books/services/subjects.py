"""Subjects: added below others, renamed, disabled, deleted while nothing stands on them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.names import clean_name
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from kiscloud.books import policy
from kiscloud.books.charts import YEAR_PROFIT, retained
from kiscloud.books.models import Balance, ItemKind, Line, Subject
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, locked_place, note
from kiscloud.models import AccountSet


class SubjectUsed(DomainError):
    """Something stands on it, so it cannot go."""

    code = "subject_used"
    sentence = _("“%(subject)s” has entries, a balance or subjects below it, so it cannot be deleted.")
    hint = _("Disable it instead: then nothing new is entered on it.")


class SubjectNeeded(DomainError):
    """Closing a period needs it."""

    code = "subject_needed"
    sentence = _("Profit is carried over to “%(subject)s”, so it stays as it is.")


@atomic
def add_subject(
    *,
    actor: Actor,
    account_set: AccountSet,
    parent_id: int,
    code: str,
    name: str,
    unit: str = "",
    item_kind: str = "",
    now: datetime | None = None,
) -> Subject:
    """A subject stands below another; category, side and cash flow come from there.

    The first one below a used subject takes over its entries and balances, so that nothing is lost. Locks the books.
    Raises InputError, NotFound, NotGranted, SubjectNeeded.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    parent = _locked(account_set, parent_id)
    if parent.code == YEAR_PROFIT:
        raise SubjectNeeded(subject=str(parent))
    shown = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    _check_code(place, parent, code)
    _check_kind(item_kind)
    first = parent.is_leaf and _is_used(parent)
    made = Subject.objects.create(
        account_set=account_set,
        code=code,
        name=shown,
        parent=parent,
        level=parent.level + 1,
        category=parent.category,
        side=parent.side,
        is_cash=parent.is_cash,
        unit=unit.strip()[:12] or parent.unit,
        item_kind=parent.item_kind if first else item_kind,  # what moves here keeps its items
        cash_in=parent.cash_in,
        cash_out=parent.cash_out,
    )
    if parent.is_leaf:
        Line.objects.filter(subject=parent).update(subject=made)
        Balance.objects.filter(subject=parent).update(subject=made)
        parent.is_leaf = False
        parent.save(update_fields=["is_leaf"])
    note(what="books.subject_added", actor=actor, account_set=account_set, at=now, chosen=str(made))
    return made


def _check_code(place: Place, parent: Subject, code: str) -> None:
    lengths = place.books.code_lengths
    if parent.level >= len(lengths):
        raise InputError(
            "code", _("These books have %(levels)s levels; nothing stands below this one."), levels=len(lengths)
        )
    wanted = sum(lengths[: parent.level + 1])
    if not (code.isascii() and code.isdigit() and code.startswith(parent.code) and len(code) == wanted):
        raise InputError(
            "code", _("The code has %(digits)s digits and begins with %(above)s."), digits=wanted, above=parent.code
        )
    found = Subject.objects.filter(account_set=place.account_set)
    if found.filter(code=code).exists():
        raise InputError("code", _("There is a subject with this code."))
    if found.count() >= policy.SUBJECTS_MAX:
        raise InputError("code", _("A set has at most %(most)s subjects."), most=policy.SUBJECTS_MAX)


@atomic
def change_subject(
    *,
    actor: Actor,
    account_set: AccountSet,
    subject_id: int,
    name: str,
    unit: str = "",
    item_kind: str | None = None,
    now: datetime | None = None,
) -> Subject:
    """It has another name or unit; the code stays. Items break it down from now on, if nothing stands on it yet.

    Locks the books. Raises InputError, NotFound, NotGranted, SubjectNeeded.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    subject = _locked(account_set, subject_id)
    subject.name = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    subject.unit = unit.strip()[:12]
    if item_kind is not None and item_kind != subject.item_kind:
        _break_down(place, subject, item_kind)
    subject.save(update_fields=["name", "unit", "item_kind"])
    note(what="books.subject_changed", actor=actor, account_set=account_set, at=now, chosen=str(subject))
    return subject


def _break_down(place: Place, subject: Subject, kind: str) -> None:
    _refuse_needed(place, subject)
    _check_kind(kind)
    if not subject.is_leaf or _is_used(subject):
        raise InputError(
            "item_kind", _("Only a subject without entries, balance and subjects below it is broken down anew.")
        )
    subject.item_kind = kind


def _check_kind(kind: str) -> None:
    if kind and kind not in ItemKind.values:
        raise InputError("item_kind", _("Choose a kind."))


def _is_used(subject: Subject) -> bool:
    return Line.objects.filter(subject=subject).exists() or Balance.objects.filter(subject=subject).exists()


@atomic
def set_disabled(
    *, actor: Actor, account_set: AccountSet, subject_id: int, disabled: bool, now: datetime | None = None
) -> Subject:
    """Nothing new is entered on it, or again; what stands there stays. Locks the books.

    Raises NotFound, NotGranted, SubjectNeeded.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    subject = _locked(account_set, subject_id)
    if disabled:
        _refuse_needed(place, subject)
    subject.disabled = disabled
    subject.save(update_fields=["disabled"])
    what = "books.subject_disabled" if disabled else "books.subject_enabled"
    note(what=what, actor=actor, account_set=account_set, at=now, chosen=str(subject))
    return subject


@atomic
def delete_subject(*, actor: Actor, account_set: AccountSet, subject_id: int, now: datetime | None = None) -> None:
    """It is gone; the one above takes entries again if it was the last below it. Locks the books.

    Raises NotFound, NotGranted, SubjectUsed, SubjectNeeded.
    """
    place = locked_place(actor=actor, account_set=account_set, right=Right.SET_UP)
    subject = _locked(account_set, subject_id)
    _refuse_needed(place, subject)
    if subject.parent_id is None or subject.children.exists() or _is_used(subject):
        raise SubjectUsed(subject=str(subject))
    parent = subject.parent
    subject.delete()
    if parent is not None and not parent.children.exists():
        parent.is_leaf = True
        parent.save(update_fields=["is_leaf"])
    note(what="books.subject_deleted", actor=actor, account_set=account_set, at=now, chosen=str(subject))


def next_code(*, place: Place, parent: Subject) -> str:
    """The first free code below a subject; empty where there is no level or none is free."""
    lengths = place.books.code_lengths
    if parent.level >= len(lengths):
        return ""
    digits = lengths[parent.level]
    taken = set(Subject.objects.filter(parent=parent).values_list("code", flat=True))
    free = (f"{parent.code}{number:0{digits}d}" for number in range(1, 10**digits))
    return next((code for code in free if code not in taken), "")


def _refuse_needed(place: Place, subject: Subject) -> None:
    if subject.code in (YEAR_PROFIT, retained(place.books.code_lengths)):
        raise SubjectNeeded(subject=str(subject))


def _locked(account_set: AccountSet, subject_id: int) -> Subject:
    rows = Subject.objects.select_for_update(of=("self",)).select_related("parent")
    found = rows.filter(account_set=account_set, pk=subject_id).first()
    if found is None:
        raise NotFound()
    return found
