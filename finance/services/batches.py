"""Many allotments or recalls at once: put together, looked over, sent, and what became of each (K10.4)."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.actors import Actor, require
from accounts.cleaning import cleaned
from accounts.models import Account, Relationship
from accounts.names import clean_remark
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance import foresight, policy
from finance.models import Allotment, Batch
from finance.money import ZERO, parse_amount
from finance.services.batch_moves import Line, move_batch
from finance.services.ledger import Funds, funds_of_all
from finance.services.trusts import paid_for
from finance.standings import recallable_by_member


@dataclass(frozen=True, slots=True)
class Checked:
    """One line before it is sent: as it was typed, what it may take at most, and why it would be refused."""

    place: int
    relationship: Relationship
    typed: str
    note: str
    amount: Decimal | None
    recallable: Decimal
    most: Decimal  # of a recall: neither more than is left of the allotments nor more than the free balance
    problem: DomainError | None


@dataclass(frozen=True, slots=True)
class Review:
    """The whole batch before it is sent; it can be, when nothing stands in the way."""

    rows: Sequence[Checked]
    total: Decimal
    available: Decimal
    problem: DomainError | None  # with the sum
    needs_code: bool

    @property
    def can_be_sent(self) -> bool:
        """Every line and the sum are good."""
        return bool(self.rows) and self.problem is None and not any(row.problem for row in self.rows)

    @property
    def problems(self) -> int:
        """How many lines are wrong."""
        return sum(row.problem is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class Known:
    """What was asked of the database once for all lines."""

    relationships: Mapping[int, Relationship]
    recallable: Mapping[int, Decimal]
    funds: Mapping[int, Funds]
    trusteed: Collection[int] = ()  # ids of members for whom the account pays


@dataclass(frozen=True, slots=True)
class Outcome:
    """One line after it was sent: the record, or the reason."""

    relationship: Relationship
    amount: Decimal
    note: str
    allotment: Allotment | None
    reason: str
    rule: str


@atomic
def start_batch(
    *,
    actor: Actor,
    account: Account,
    direction: str,
    lines: Sequence[Mapping[str, Any]],
    left_out: Sequence[Mapping[str, Any]] = (),
) -> Batch:
    """A batch waits to be looked over; nothing has moved. Raises InputError for too many lines or foreign ones."""
    require(actor, Right.MOVE_FUNDS, account)
    if direction not in Allotment.Direction.values:
        raise InputError("direction", _("Choose whether to allot or to recall."))
    kept = _kept(account, lines)
    if not kept and not left_out:
        raise InputError("members", _("Tick at least one account."))
    return Batch.objects.create(
        account=account, direction=direction, lines=kept, left_out=list(left_out), created_by=actor.user
    )


@atomic
def change_batch(*, actor: Actor, batch_id: int, lines: Sequence[Mapping[str, Any]]) -> Batch:
    """The open batch has exactly these lines. Locks it. Refused once sending began."""
    batch = _locked(actor, batch_id)
    if not batch.is_open:
        raise DomainError(_("This batch has been sent and can no longer be changed."))
    batch.lines = _kept(batch.account, lines)
    batch.save(update_fields=["lines"])
    return batch


def _kept(account: Account, lines: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    if len(lines) > policy.ALLOTMENTS_PER_BATCH_MAX:
        most = policy.ALLOTMENTS_PER_BATCH_MAX
        raise InputError("members", _("At most %(most)s accounts can be chosen at once."), most=most)
    wanted = [int(line["relationship"]) for line in lines]
    own = set(Relationship.objects.filter(manager=account, pk__in=wanted).values_list("pk", flat=True))
    if len(set(wanted)) != len(wanted) or not own.issuperset(wanted):
        raise NotFound()
    return [
        {"relationship": pk, "amount": _text(line.get("amount"), 40), "note": _text(line.get("note"), 500)}
        for pk, line in zip(wanted, lines, strict=True)
    ]


def _text(typed: Any, most: int) -> str:
    """As typed, wrong or not; without the one sign that the database cannot keep."""
    return str(typed or "").replace("\x00", "").strip()[:most]


def review_batch(*, batch: Batch) -> Review:
    """What would be refused, line by line and for the sum; a fixed number of queries."""
    relationships = _relationships(batch)
    recallable = recallable_by_member(batch.account, list(relationships.values()))
    recalling = batch.direction == Allotment.Direction.RECALL
    funds = funds_of_all(accounts=[one.member for one in relationships.values()]) if recalling else {}
    trusteed = () if recalling else paid_for(manager=batch.account, at=timezone.now())
    known = Known(relationships, recallable, funds, trusteed)
    rows = [_checked(batch, place, line, known) for place, line in enumerate(batch.lines)]
    total = sum((row.amount for row in rows if row.amount is not None), ZERO)
    available = foresight.allottable_of(batch.account)
    problem = None if recalling else foresight.foresee_total(available, total)
    return Review(rows, total, available, problem, foresight.needs_code(batch.account, batch.direction, total))


def _checked(batch: Batch, place: int, line: Mapping[str, Any], known: Known) -> Checked:
    relationship = known.relationships[line["relationship"]]
    left = known.recallable.get(relationship.member_id, ZERO) if relationship.is_in_force else ZERO
    amount: Decimal | None = None
    problem: DomainError | None = None
    try:
        cleaned("note", clean_remark, line["note"])
        amount = parse_amount(line["amount"])
    except InputError as error:
        problem = error
    if amount is not None and batch.direction == Allotment.Direction.ALLOT:
        problem = foresight.foresee_allotment(relationship, amount, trusteed=known.trusteed)
    elif amount is not None:
        problem = foresight.foresee_recall(relationship, amount, recallable=left, funds=known.funds)
    free = known.funds[relationship.member_id].free if known.funds else left
    return Checked(
        place=place,
        relationship=relationship,
        typed=line["amount"],
        note=line["note"],
        amount=amount,
        recallable=left,
        most=max(ZERO, min(left, free)),
        problem=problem,
    )


@atomic
def send_batch(*, actor: Actor, batch_id: int, now: datetime | None = None) -> Batch:
    """Every line has been done or refused by itself; one that was sent is answered as it is.

    Locks the batch, then as `move_batch`; the lines, what became of them, and that it was sent stand in one
    transaction. Raises InputError while a line is wrong, CodeNeeded.
    """
    batch = _locked(actor, batch_id)
    if not batch.is_open:
        return batch
    if not review_batch(batch=batch).can_be_sent:
        raise InputError("lines", _("Some amounts have a problem. Look at the marked rows first."))
    lines = [Line(line["relationship"], parse_amount(line["amount"]), line["note"]) for line in batch.lines]
    results = move_batch(
        actor=actor, manager=batch.account, direction=batch.direction, lines=lines, key=batch.key, now=now
    )
    batch.refused = {
        str(place): {"sentence": str(result.refusal), "rule": result.refusal.rule}
        for place, result in enumerate(results)
        if result.refusal is not None
    }
    batch.sent_at = now or timezone.now()
    batch.save(update_fields=["refused", "sent_at"])
    return batch


def outcomes_of(*, batch: Batch) -> list[Outcome]:
    """What became of each line: done is what stands in the records, whatever was noted meanwhile. Two queries."""
    relationships = _relationships(batch)
    records = Allotment.objects.filter(manager_id=batch.account_id, batch=batch.key).select_related("transfer")
    done = {record.transfer.key.rpartition(":")[2]: record for record in records}
    return [
        _outcome(batch, str(place), line, relationships[line["relationship"]], done.get(str(place)))
        for place, line in enumerate(batch.lines)
    ]


def _outcome(
    batch: Batch, place: str, line: Mapping[str, Any], relationship: Relationship, record: Allotment | None
) -> Outcome:
    refusal = batch.refused.get(place, {}) if record is None else {}
    return Outcome(
        relationship=relationship,
        amount=parse_amount(line["amount"]),
        note=line["note"],
        allotment=record,
        reason=refusal.get("sentence", ""),
        rule=refusal.get("rule", ""),
    )


def forget_batches(*, now: datetime | None = None) -> int:
    """Batches that were begun and never sent are gone; answers how many."""
    before = (now or timezone.now()) - policy.BATCHES_OPEN_KEPT
    gone, _by_model = Batch.objects.filter(sent_at=None, created_at__lt=before).delete()
    return gone


def _relationships(batch: Batch) -> dict[int, Relationship]:
    wanted = [line["relationship"] for line in batch.lines]
    found = Relationship.objects.filter(manager_id=batch.account_id, pk__in=wanted)
    return {one.pk: one for one in found.select_related("manager", "member__enterprise")}


def _locked(actor: Actor, batch_id: int) -> Batch:
    rows = Batch.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    batch = rows.filter(pk=batch_id).first()
    if batch is None:
        raise NotFound()
    require(actor, Right.MOVE_FUNDS, batch.account)
    return batch
