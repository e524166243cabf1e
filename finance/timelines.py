"""Who pays for a member from when to when: the picture of some months, and the dates of each billing cycle (A2.15)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship
from finance.cycles import cycle_of, first_cycle_from, month_of, month_start, next_month
from finance.models import Trust
from finance.models.product import Cycle

MONTHS_PAST, MONTHS_AHEAD = 6, 2
State = Trust.State


class Tone(StrEnum):
    """How a span is drawn."""

    OWN = "own"
    PAID = "paid"
    COMING = "coming"


@dataclass(frozen=True, slots=True)
class Span:
    """One payer without a break. `ends_at` is None where no end is set; `trust` None where the member pays itself."""

    starts_at: datetime
    ends_at: datetime | None
    tone: Tone
    trust: Trust | None = None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The spans of some months, gapless, and where the present stands."""

    months: Sequence[date]
    spans: Sequence[Span]
    now: datetime

    def place(self, moment: datetime) -> float:
        """Where a moment stands: in months from the left, all drawn equally wide."""
        first = month_of(moment)
        begin, end = month_start(first), month_start(next_month(first))
        whole = (first.year - self.months[0].year) * 12 + first.month - self.months[0].month
        return min(max(whole + (moment - begin) / (end - begin), 0.0), float(len(self.months)))


def timeline_of(trusts: Iterable[Trust], *, now: datetime) -> Timeline:
    """The months around the moment, out of a member's agreed and ended trusteeships."""
    months = _months(now)
    since, until = month_start(months[0]), month_start(next_month(months[-1]))
    spans: list[Span] = []
    at = since
    for trust in sorted((one for one in trusts if _has_effect(one)), key=lambda one: one.starts_at or since):
        begin, end = max(trust.starts_at or since, at), trust.ends_at
        if begin >= until or (end is not None and end <= at):
            continue
        if begin > at:
            spans.append(Span(at, begin, Tone.OWN))
        spans.append(Span(begin, end, Tone.COMING if begin > now else Tone.PAID, trust))
        at = until if end is None else min(end, until)
    if at < until:
        spans.append(Span(at, None, Tone.OWN))
    return Timeline(months, spans, now)


def _has_effect(trust: Trust) -> bool:
    real = trust.ends_at is None or (trust.starts_at is not None and trust.starts_at < trust.ends_at)
    return trust.state in Trust.COUNTS and real


def _months(now: datetime) -> list[date]:
    here = month_of(now)
    count = here.year * 12 + here.month - 1 - MONTHS_PAST
    return [date((count + step) // 12, (count + step) % 12 + 1, 1) for step in range(MONTHS_PAST + 1 + MONTHS_AHEAD)]


@dataclass(frozen=True, slots=True)
class Turn:
    """A kind of billing period: until when the former payer pays, and from when on the new one."""

    label: str | Promise
    runs_since: datetime | None  # of the period that is running at the change; None for what counts at once
    counts_from: datetime


def turns(moment: datetime) -> list[Turn]:
    """From when on a change of payer at this moment counts: for orders, and for each kind of billing period (A2.15)."""
    found = [Turn(_("Orders, paid ahead"), None, moment)]
    for cycle in Cycle:
        start, _end = cycle_of(cycle.value, moment)
        first = first_cycle_from(cycle.value, moment)
        found.append(Turn(cycle.label, None if start == moment else start, first))
    return found


@dataclass(frozen=True, slots=True)
class Mode:
    """How a member pays now, in words, and what is open."""

    label: str | Promise
    tone: str
    trust: Trust | None  # proposed, agreed for later, or in force
    stage: str  # own, proposed, coming, running, ending


def mode_of(trusts: Iterable[Trust], *, now: datetime) -> Mode:
    """Judged now, whatever a sleeping worker has left undone."""
    for trust in trusts:
        if trust.is_open(at=now):
            return Mode(_("Trusteeship proposed"), "wait", trust, "proposed")
        if trust.is_coming(at=now):
            return Mode(_("Trusteeship agreed"), "info", trust, "coming")
        if trust.state == State.AGREED and trust.is_in_force(at=now):
            stage = "ending" if trust.ends_at else "running"
            return Mode(_("Trusteeship"), "ok", trust, stage)
    return Mode(_("Financial management"), "neutral", None, "own")


@dataclass(frozen=True, slots=True)
class Row:
    """A member as its manager's list shows it."""

    relationship: Relationship
    mode: Mode
    timeline: Timeline


def rows(relationships: Sequence[Relationship], *, now: datetime) -> list[Row]:
    """One for each relationship, by one query; only trusteeships with this very manager, for others are not its own."""
    by_link: dict[int, list[Trust]] = defaultdict(list)
    for trust in Trust.objects.filter(relationship__in=relationships).exclude(_without_effect()):
        by_link[trust.relationship_id].append(trust)
    return [Row(one, mode_of(by_link[one.pk], now=now), timeline_of(by_link[one.pk], now=now)) for one in relationships]


def row_of(relationship: Relationship, *, now: datetime) -> Row:
    """The same for one."""
    return rows([relationship], now=now)[0]


def own_trusts(account: Account) -> list[Trust]:
    """The account's trusteeships as a member, newest first, with the account that pays."""
    found = Trust.objects.filter(member=account).exclude(_without_effect())
    return list(found.select_related("manager__enterprise", "member__enterprise", "relationship"))


def _without_effect() -> Q:
    return Q(state__in=[State.REFUSED, State.EXPIRED, State.WITHDRAWN])
