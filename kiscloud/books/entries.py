"""What is typed into a voucher, and what is wrong with it. Pure but for the subjects that it is given."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.errors import InputError
from kiscloud.books import policy
from kiscloud.books.models import Item, ItemKind, Subject, Word

ZERO = Decimal("0.00")
FEN = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Header:
    """What stands above the lines."""

    day: date
    word: str = Word.GENERAL
    attachments: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One line as it was typed."""

    summary: str
    subject: str  # its code
    debit: Decimal = ZERO
    credit: Decimal = ZERO
    quantity: Decimal | None = None
    item: str = ""  # its code, where the subject is broken down

    @property
    def is_empty(self) -> bool:
        """Nothing was typed but perhaps a summary."""
        return not self.subject and not self.debit and not self.credit


@dataclass(frozen=True, slots=True)
class Known:
    """What the lines name: the set's subjects by code, and its items by kind and code."""

    subjects: Mapping[str, Subject]
    items: Mapping[tuple[str, str], Item]

    def item_of(self, entry: Entry) -> Item | None:
        """The one that the line names."""
        return self.items.get((self.subjects[entry.subject].item_kind, entry.item)) if entry.item else None


class WrongLines(InputError):
    """Lines that cannot stand in the books; `problems` are pairs of a row (0 for the whole) and a sentence."""

    code = "wrong_lines"
    sentence = "%(first)s"

    def __init__(self, problems: Sequence[tuple[int, str]]) -> None:
        self.problems = list(problems)
        row, sentence = self.problems[0]
        first = _("Row %(row)s: %(sentence)s") % {"row": row, "sentence": sentence} if row else sentence
        super().__init__("lines", first=first)


def filled(entries: Sequence[Entry]) -> list[Entry]:
    """The lines in which something stands; one without a summary says what the one above it says."""
    found: list[Entry] = []
    above = ""
    for entry in entries:
        above = entry.summary.strip() or above
        if not entry.is_empty:
            found.append(replace(entry, summary=above))
    return found


def check_lines(header: Header, entries: Sequence[Entry], known: Known) -> None:
    """Raises WrongLines unless the voucher may be saved: it balances, and each line is whole."""
    problems = [(row, str(what)) for row, entry in enumerate(entries, 1) if (what := _problem(entry, known))]
    if len(entries) < policy.LINES_LEAST:
        problems.append((0, str(_("A voucher has at least two lines."))))
    elif len(entries) > policy.LINES_MAX:
        problems.append((0, str(_("A voucher has at most %(most)s lines.") % {"most": policy.LINES_MAX})))
    debit, credit = sums(entries)
    if debit != credit:
        facts = {"debit": f"{debit:,f}", "credit": f"{credit:,f}", "difference": f"{abs(debit - credit):,f}"}
        out = _("Debit %(debit)s and credit %(credit)s differ by %(difference)s.")
        problems.append((0, str(out % facts)))
    elif entries and debit == 0 and not problems:
        problems.append((0, str(_("The amount of the voucher is nought."))))
    if not problems and (wrong := _wrong_word(header.word, entries, known.subjects)):
        problems.append((0, str(wrong)))
    if problems:
        raise WrongLines(problems)


def check_draft(entries: Sequence[Entry], known: Known) -> None:
    """Raises WrongLines unless the lines can be kept as they are: what is there is right, though not all is there."""
    problems = []
    for row, entry in enumerate(entries, 1):
        if not entry.subject or entry.subject not in known.subjects:
            problems.append((row, str(_("Choose a subject."))))
        elif what := _wrong_amount(entry, whole=False) or (_wrong_item(entry, known) if entry.item else None):
            problems.append((row, str(what)))
    if len(entries) > policy.LINES_MAX:
        problems.append((0, str(_("A voucher has at most %(most)s lines.") % {"most": policy.LINES_MAX})))
    if problems:
        raise WrongLines(problems)


def sums(entries: Sequence[Entry]) -> tuple[Decimal, Decimal]:
    """Of both sides."""
    return sum((one.debit for one in entries), ZERO), sum((one.credit for one in entries), ZERO)


def _problem(entry: Entry, known: Known) -> str | Promise | None:
    wrong = _wrong_subject(entry, known.subjects) or _wrong_item(entry, known)
    return wrong or _wrong_summary(entry) or _wrong_amount(entry, whole=True)


def _wrong_item(entry: Entry, known: Known) -> str | Promise | None:
    subject = known.subjects[entry.subject]
    if not subject.item_kind:
        return _("%(subject)s is not broken down by items.") % {"subject": subject} if entry.item else None
    facts = {"subject": subject, "kind": ItemKind(subject.item_kind).label, "code": entry.item}
    if not entry.item:
        return _("%(subject)s is broken down (%(kind)s); choose an item.") % facts
    item = known.item_of(entry)
    if item is None:
        return _("There is no item %(code)s (%(kind)s).") % facts
    return _("%(item)s is disabled.") % {"item": item} if item.disabled else None


def _wrong_subject(entry: Entry, subjects: Mapping[str, Subject]) -> str | Promise | None:
    if not entry.subject:
        return _("Choose a subject.")
    subject = subjects.get(entry.subject)
    if subject is None:
        return _("There is no subject %(code)s.") % {"code": entry.subject}
    if not subject.is_leaf:
        return _("%(subject)s has subjects below it; choose one of those.") % {"subject": subject}
    if subject.disabled:
        return _("%(subject)s is disabled.") % {"subject": subject}
    if entry.quantity is not None and not subject.unit:
        return _("No quantities are kept for %(subject)s.") % {"subject": subject}
    return None


def _wrong_summary(entry: Entry) -> str | Promise | None:
    if not entry.summary:
        return _("Write a summary.")
    if len(entry.summary) > policy.SUMMARY_LENGTH:
        return _("The summary is longer than %(most)s signs.") % {"most": policy.SUMMARY_LENGTH}
    return None


def _wrong_amount(entry: Entry, *, whole: bool) -> str | Promise | None:
    if entry.debit and entry.credit:
        return _("An amount stands on one side only.")
    if whole and not entry.debit and not entry.credit:
        return _("The amount is missing.")
    for amount in (entry.debit, entry.credit):
        if amount != amount.quantize(FEN) or abs(amount) > policy.AMOUNT_MAX:
            return _("The amount has more than two places or is too large.")
    return None


def _wrong_word(word: str, entries: Sequence[Entry], subjects: Mapping[str, Subject]) -> Any:
    """Receipts bring cash in, payments take it out, transfers leave it alone."""
    cash = [entry for entry in entries if subjects[entry.subject].is_cash]
    if word == Word.RECEIPT and not any(entry.debit for entry in cash):
        return _("A receipt voucher (收) has a cash or bank subject on its debit side.")
    if word == Word.PAYMENT and not any(entry.credit for entry in cash):
        return _("A payment voucher (付) has a cash or bank subject on its credit side.")
    if word == Word.TRANSFER and cash:
        return _("A transfer voucher (转) has no cash or bank subject.")
    return None
