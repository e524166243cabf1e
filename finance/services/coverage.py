"""What commitments cover of the drafted lines, and what they cover no more after a correction."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Sum

from finance.deductions import commitments_in_order
from finance.models import Commitment, CommitmentUse, Product, Usage
from finance.models.product import PayMode
from finance.money import EIGHT, ZERO
from finance.services.drafted import Line, change_lines, lines_of, payers_with
from finance.services.rating import AT_LIST_PRICE, PRICE_FITS

# Of a line whose cycle was billed before, only what is new is covered.
_COVERED = """
UPDATE bill_draft d SET covered = d.covered + n.part, discount = d.discount - round(n.part * (1 - d.rate), 8),
    payable = round(d.gross - d.covered - n.part - d.discount + round(n.part * (1 - d.rate), 8) + d.carried, 2)
        - d.coupon
FROM unnest(%s::bigint[], %s::numeric[]) n(id, part) WHERE d.payer_id = %s AND d.id = n.id
"""
# What the commitments covered of the same cycles before, the last used first.
_COVERED_BEFORE = """
SELECT d.id, d.owner_id, d.cycle_start, -d.covered, u.commitment_id, sum(u.quantity), sum(u.amount)
FROM bill_draft d JOIN finance_billline b ON b.owner_id = d.owner_id AND b.product_id = d.product_id
    AND b.cycle_start = d.cycle_start AND b.instance = d.instance AND b.category = 'use'
JOIN finance_commitmentuse u ON u.line_id = b.id
WHERE d.id = ANY(%s) GROUP BY 1, 2, 3, 4, 5 ORDER BY d.id, max(u.id) DESC
"""
# What an account's own usage in these cycles comes to at list price.
_NEED = f"""
SELECT u.cycle_start, sum({AT_LIST_PRICE})
FROM (SELECT cycle_start, product_id, instance, sum(quantity) AS quantity FROM finance_usage
      WHERE owner_id = %s AND product_id = ANY(%s) AND cycle_start = ANY(%s) GROUP BY 1, 2, 3) u
JOIN bill_price c ON {PRICE_FITS}
GROUP BY 1
"""  # noqa: S608


def release_usage() -> None:
    """What a correction left less of to cover is free again in its cycle, for what comes later: the last used first.

    Nothing is locked: whoever covers meanwhile finds less free than there is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM bill_draft WHERE covered < 0")
        if not (lines := [row[0] for row in cursor.fetchall()]):
            return
        cursor.execute(_COVERED_BEFORE, [lines])
        rows = cursor.fetchall()
    done: dict[int, Decimal] = defaultdict(lambda: ZERO)
    uses = []
    for line, owner, cycle, uncovered, commitment, quantity, amount in rows:
        if (part := min(uncovered - done[line], amount)) > ZERO:
            done[line] += part
            freed = {"quantity": -(quantity * part / amount).quantize(EIGHT), "amount": -part}
            whose = {"commitment_id": commitment, "line_id": line, "consumer_id": owner, "cycle_start": cycle}
            uses.append(CommitmentUse(**whose, **freed))
    CommitmentUse.objects.bulk_create(uses)


def cover_usage() -> None:
    """Commitments have covered what they can of the draft (A2.2); who consumed what is stored.

    In the order of `finance.deductions`. In each cycle the owner's own usage comes first, then members' for whom it
    pays, in the order in which they are billed: whenever its own is billed, its share is kept free. What came late
    finds what its cycle has left. Locks the commitments.
    """
    for payer, commitments in _commitments().items():
        lines = lines_of(payer=payer)
        before = {line.id: line.uncovered for line in lines}
        uses: list[CommitmentUse] = []
        needs: dict[tuple[Any, ...], dict[datetime, Decimal]] = {}
        for commitment in commitments:
            uses += _cover(commitment, lines, needs)
        parts = [(line.id, before[line.id] - line.uncovered) for line in lines]
        change_lines(statement=_COVERED, payer=payer, amounts=[(pk, part) for pk, part in parts if part])
        CommitmentUse.objects.bulk_create(uses)


def _commitments() -> dict[int, list[Commitment]]:
    ids = payers_with(rows="finance_commitment")
    rows = Commitment.objects.filter(account__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    by_payer: dict[int, list[Commitment]] = defaultdict(list)
    for commitment in commitments_in_order(rows):
        by_payer[commitment.account_id].append(commitment)
    return by_payer


def _cover(
    commitment: Commitment, lines: Iterable[Line], needs: dict[tuple[Any, ...], dict[datetime, Decimal]]
) -> list[CommitmentUse]:
    """Covers what fits; answers the uses. `needs` is what the owner itself still needs in each cycle, by scope."""
    fitting = [line for line in lines if _fits(commitment, line)]
    cycles = {line.cycle_start for line in fitting}
    if not fitting:
        return []
    used = _used(commitment, cycles)
    need = needs.setdefault(_scope(commitment), _owners_need(commitment, cycles))
    uses: list[CommitmentUse] = []
    for line in fitting:
        cycle, own = line.cycle_start, line.owner == commitment.account_id
        taken_by_members = sum(used[cycle].values(), ZERO) - used[cycle][commitment.account_id]
        room = commitment.per_cycle - taken_by_members
        room -= used[cycle][commitment.account_id] if own else min(need[cycle], commitment.per_cycle)
        part = min(room, _measure(commitment, line))
        if part > ZERO:
            used[cycle][line.owner] += part
            uses.append(_use(commitment, line, part))
    for cycle in cycles:  # what a later commitment finds
        need[cycle] = max(ZERO, need[cycle] - commitment.per_cycle)
    return uses


def _scope(commitment: Commitment) -> tuple[Any, ...]:
    return commitment.product_id, commitment.category_id, commitment.cycle


def _fits(commitment: Commitment, line: Line) -> bool:
    if line.owner != commitment.account_id and not commitment.shared:
        return False
    if not commitment.valid_from <= line.cycle_start < commitment.valid_until or line.uncovered <= ZERO:
        return False
    if commitment.product_id is not None:
        return line.product == commitment.product_id
    return line.product in _products(commitment)


def _products(commitment: Commitment) -> frozenset[int]:
    """A savings plan covers yuan of each of its cycles, of products that are billed by the same."""
    known = vars(commitment).get("_products")
    if known is None:
        found = Product.objects.filter(cycle=commitment.cycle, pay_mode=PayMode.POSTPAID)
        if commitment.category_id is not None:
            found = found.filter(category=commitment.category_id)
        known = vars(commitment)["_products"] = frozenset(found.values_list("pk", flat=True))
    return known


def _measure(commitment: Commitment, line: Line) -> Decimal:
    """What of the line is uncovered, in what the commitment counts: units, or yuan at list price."""
    if commitment.kind == Commitment.Kind.SAVINGS:
        return line.uncovered
    return (line.quantity * line.uncovered / line.gross).quantize(EIGHT)


def _use(commitment: Commitment, line: Line, part: Decimal) -> CommitmentUse:
    savings = commitment.kind == Commitment.Kind.SAVINGS
    amount = part if savings else min(line.uncovered, (line.gross * part / line.quantity).quantize(EIGHT))
    line.uncovered -= amount
    return CommitmentUse(
        commitment=commitment,
        line_id=line.id,
        consumer_id=line.owner,
        cycle_start=line.cycle_start,
        quantity=ZERO if savings else part,
        amount=amount,
    )


def _used(commitment: Commitment, cycles: Iterable[datetime]) -> dict[datetime, dict[int, Decimal]]:
    """By earlier runs, by cycle and consumer."""
    what = "amount" if commitment.kind == Commitment.Kind.SAVINGS else "quantity"
    rows = CommitmentUse.objects.filter(commitment=commitment, cycle_start__in=cycles).order_by()
    found: dict[datetime, dict[int, Decimal]] = defaultdict(lambda: defaultdict(lambda: ZERO))
    for cycle, consumer, amount in rows.values_list("cycle_start", "consumer_id").annotate(sum=Sum(what)):
        found[cycle][consumer] = amount
    return found


def _owners_need(commitment: Commitment, cycles: Iterable[datetime]) -> dict[datetime, Decimal]:
    """What the owner itself used in these cycles, billed or not: it comes first."""
    own = Usage.objects.filter(owner_id=commitment.account_id, cycle_start__in=cycles).order_by()
    need: dict[datetime, Decimal] = defaultdict(lambda: ZERO)
    if commitment.product_id is not None:
        rows = own.filter(product_id=commitment.product_id).values_list("cycle_start").annotate(sum=Sum("quantity"))
        need.update(rows)
        return need
    with connection.cursor() as cursor:
        cursor.execute(_NEED, [commitment.account_id, list(_products(commitment)), list(cycles)])
        need.update(cursor.fetchall())
    return need
