"""Where a set's own chart of subjects takes what documents mean."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from config.errors import DomainError
from kiscloud.books import charts
from kiscloud.books.entries import Entry
from kiscloud.books.models import Books, Item, ItemKind, Subject
from kiscloud.inventory.bookings import Booking
from kiscloud.set_parameters import FIRST_LEVEL


class NoSubject(DomainError):
    """Where it belongs nobody can tell."""

    code = "no_subject_for_stock"
    sentence = _("“%(subject)s” has subjects below it, and none of them is called “%(name)s”.")
    hint = _("Add a subject of that name below it, then make the voucher again.")


class NoItem(DomainError):
    """For whom it stands nobody can tell."""

    code = "no_item_for_stock"
    sentence = _("“%(subject)s” is broken down (%(kind)s), and none of these items is called “%(name)s”.")
    hint = _("Add an item of that name in the books, then make the voucher again.")


class SubjectOff(DomainError):
    """It takes nothing."""

    code = "no_subject_for_stock"
    sentence = _("The subject “%(subject)s”, which the voucher needs, is missing or disabled.")
    hint = _("Look at the subjects of the books.")


class Chart:
    """The subjects of a set, read once for many documents."""

    def __init__(self, books: Books) -> None:
        self.lengths = books.code_lengths
        self.subjects = {one.code: one for one in Subject.objects.filter(account_set=books.account_set_id)}
        items = Item.objects.filter(account_set=books.account_set_id, disabled=False)
        self.items = {(one.kind, one.name): one.code for one in items.order_by("-code")}

    def entries(self, bookings: Iterable[Booking], summary: str) -> list[Entry]:
        """One line a subject, item and side, in the order in which they come; nought is left out.

        Raises NoSubject, NoItem, SubjectOff.
        """
        found: dict[tuple[str, str, bool], Entry] = {}
        for one in bookings:
            if not (one.debit or one.credit):
                continue
            subject = self.subject(one.subject, one.name)
            item = self._item(subject, one.name)
            key = subject.code, item, bool(one.debit)
            before = found.get(key, Entry(summary, subject.code, item=item))
            quantity = (before.quantity or 0) + one.quantity if subject.unit and one.quantity is not None else None
            debit, credit = before.debit + one.debit, before.credit + one.credit
            found[key] = Entry(summary, subject.code, debit, credit, quantity, item)
        return [entry for entry in found.values() if entry.debit or entry.credit]

    def subject(self, code: str, name: str) -> Subject:
        """The subject of this code of the chart, as detailed as these books are, or the one of this name below it."""
        found = self._as_detailed(code)
        if found is None or found.disabled:
            raise SubjectOff(subject=str(found or code))
        if found.is_leaf:
            return found
        named = [one for one in self.subjects.values() if one.code.startswith(found.code) and one.is_leaf]
        fitting = [one for one in named if one.name == name and not one.disabled]
        if not fitting:
            raise NoSubject(subject=str(found), name=name)
        return fitting[0]

    def _item(self, subject: Subject, name: str) -> str:
        """The code of the item of this name, where the subject is broken down."""
        if not subject.item_kind:
            return ""
        code = self.items.get((subject.item_kind, name))
        if code is None:
            raise NoItem(subject=str(subject), kind=str(ItemKind(subject.item_kind).label), name=name)
        return code

    def _as_detailed(self, code: str) -> Subject | None:
        """Books whose codes have fewer levels keep it further up."""
        depth = charts.depth_of(self.lengths)
        for level in range(depth, 0, -1):
            cut = code[: FIRST_LEVEL + charts.DETAIL_DIGITS * (level - 1)]
            if found := self.subjects.get(charts.fitted(cut, self.lengths)):
                return found
        return None
