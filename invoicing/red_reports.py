"""Reads for the pages of red letters: which an account may see, how each stands, and what can be done about it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final

from django.db.models import Q, QuerySet
from django.utils import timezone

from accounts.models import Account
from config.errors import NotFound
from invoicing.models import Invoice, IssueOrder, RedLetter, RedLine
from invoicing.models.red_letter import RedState

State, Side = RedLetter.State, RedLetter.Side
TO_ANSWER: Final = "to_answer"
UNDER_WAY: Final = "under_way"
TONES: Final = {
    State.NOT_NEEDED: "ok",
    State.WAITS_FOR_BUYER: "wait",
    State.WAITS_FOR_SELLER: "wait",
    State.CONFIRMED: "ok",
    State.LAPSED: "warn",
    State.REFUSED_BY_BUYER: "stop",
    State.REFUSED_BY_SELLER: "stop",
    State.ABNORMAL: "stop",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A letter as an account sees it at a moment. `side` is on which side of the invoice the account stands."""

    letter: RedLetter
    side: str
    at: datetime

    @property
    def state(self) -> RedState:
        """As it is read now, though no job has closed it."""
        return self.letter.state_at(at=self.at)

    @property
    def tone(self) -> str:
        """How it is drawn."""
        return TONES.get(self.state, "neutral")

    @property
    def total(self) -> Decimal:
        """Below zero, with tax."""
        return self.letter.amount + self.letter.tax

    @property
    def waits(self) -> bool:
        """Somebody has to answer it."""
        return self.state in RedLetter.WAITS

    @property
    def is_asked(self) -> bool:
        """This account has to answer it."""
        return {State.WAITS_FOR_BUYER: Side.BUYER, State.WAITS_FOR_SELLER: Side.SELLER}.get(self.state) == self.side

    @property
    def is_own(self) -> bool:
        """This account began it and can still take it back."""
        return self.letter.side == self.side and (self.waits or self._has_failed)

    @property
    def red(self) -> Invoice | None:
        """Its red invoice, once there is one."""
        order = self._order
        return getattr(order, "invoice", None) if order is not None else None

    @property
    def is_issuing(self) -> bool:
        """Both sides agree and the red invoice is not there yet."""
        return self.state in RedLetter.READY and self.red is None

    @property
    def _order(self) -> IssueOrder | None:
        return getattr(self.letter, "issue_order", None)

    @property
    def _has_failed(self) -> bool:
        order = self._order
        return self.state in RedLetter.READY and order is not None and order.state == IssueOrder.State.FAILED


@dataclass(frozen=True, slots=True)
class LineShown:
    """A line of it, in words."""

    row: RedLine

    @property
    def quantity(self) -> str:
        """Without needless noughts; a dash where only money goes back."""
        return "—" if self.row.quantity is None else f"{self.row.quantity.normalize():f}"

    @property
    def rate(self) -> str:
        """In percent."""
        return f"{(self.row.line.rate * 100).normalize():f}%"


def lines_of(letter: RedLetter, *, most: int) -> list[LineShown]:
    """What it takes back, line by line."""
    return [LineShown(row) for row in letter.lines.select_related("line").order_by("line__seq")[:most]]


def letters_of(account: Account) -> "QuerySet[RedLetter]":
    """Those over invoices for the account's spending, of its business systems, and collected by them."""
    return RedLetter.objects.filter(_bought(account) | _sold(account))


def _bought(account: Account) -> Q:
    return Q(invoice__account=account) | Q(invoice__in=Invoice.objects.collected_by(account))


def _sold(account: Account) -> Q:
    return Q(invoice__in=Invoice.objects.of_systems(account))


def narrowed(found: "QuerySet[RedLetter]", wanted: str, *, account: Account, at: datetime) -> "QuerySet[RedLetter]":
    """Those that the account has to answer, that are under way, or in that state."""
    if wanted == TO_ANSWER:
        asked = Q(state=State.WAITS_FOR_BUYER) & _bought(account) | Q(state=State.WAITS_FOR_SELLER) & _sold(account)
        return found.waiting_for(*RedLetter.WAITS, at=at).filter(asked)  # type: ignore[attr-defined, no-any-return]
    if wanted == UNDER_WAY:
        return found.filter(Q(state__in=RedLetter.READY, issue_order__invoice__isnull=True)) | found.waiting_for(  # type: ignore[attr-defined, no-any-return]
            *RedLetter.WAITS, at=at
        )
    if wanted == State.LAPSED:
        return found.filter(state=wanted) | found.lapsed(at=at)  # type: ignore[attr-defined, no-any-return]
    if wanted in RedLetter.WAITS:
        return found.waiting_for(wanted, at=at)  # type: ignore[attr-defined, no-any-return]
    return found.filter(state=wanted) if wanted else found


def joined(found: "QuerySet[RedLetter]") -> "QuerySet[RedLetter]":
    """With everything that a row shows."""
    return found.select_related("invoice__account", "invoice__tenant", "issue_order__invoice")


def shown(letters: Iterable[RedLetter], *, account: Account, at: datetime | None = None) -> list[Shown]:
    """As the account sees them: the seller of what its systems issued, else the buyer. A few queries for all."""
    listed, now = list(letters), at or timezone.now()
    of_tenants = [one.invoice_id for one in listed if one.invoice.tenant_id is not None]
    sold = set(Invoice.objects.of_systems(account).filter(pk__in=of_tenants).values_list("pk", flat=True))
    return [Shown(one, Side.SELLER if one.invoice_id in sold else Side.BUYER, now) for one in listed]


def seen_letter(account: Account, pk: int) -> Shown:
    """One of the account's, or 404."""
    letter = joined(letters_of(account)).filter(pk=pk).first()
    if letter is None:
        raise NotFound()
    return shown([letter], account=account)[0]


def to_answer(account: Account) -> int:
    """How many wait for this account."""
    return narrowed(letters_of(account), TO_ANSWER, account=account, at=timezone.now()).count()
