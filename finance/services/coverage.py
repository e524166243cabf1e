"""What makes a drafted line cheaper, or pays it, in place of money: commitments and vouchers.

Few payers have any, so their lines, and only theirs, are looked at one by one, in the order of time.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, IntegerField, Q, Sum, When

from finance.models import Commitment, CommitmentUse, Product, Usage, Voucher, VoucherUse
from finance.money import ZERO
from finance.services.rating import AT_LIST_PRICE, PRICE_FITS

_EIGHT = Decimal("0.00000001")
_COVERED = """
UPDATE bill_draft d SET covered = n.covered, discount = round((d.gross - n.covered) * (1 - d.rate), 8),
    payable = round(d.gross - n.covered - round((d.gross - n.covered) * (1 - d.rate), 8), 2)
FROM unnest(%s::bigint[], %s::numeric[]) n(id, covered) WHERE d.payer_id = %s AND d.id = n.id
"""
_PAID = """
UPDATE bill_draft d SET voucher = n.amount
FROM unnest(%s::bigint[], %s::numeric[]) n(id, amount) WHERE d.payer_id = %s AND d.id = n.id
"""
_LINES = """
SELECT id, owner_id, product_id, category_id, cycle_start, cycle_end, revision, quantity, gross, payable, shares
FROM bill_draft WHERE payer_id = %s AND payable > 0 ORDER BY cycle_start, owner_id <> payer_id, id
"""
# What an account's own usage in these hours comes to at list price.
_NEED = f"""
SELECT u.cycle_start, sum({AT_LIST_PRICE})
FROM (SELECT cycle_start, product_id, instance, sum(quantity) AS quantity FROM finance_usage
      WHERE owner_id = %s AND product_id = ANY(%s) AND cycle_start = ANY(%s) GROUP BY 1, 2, 3) u
JOIN bill_price c ON {PRICE_FITS}
GROUP BY 1
"""  # noqa: S608


@dataclass(slots=True)
class Line:
    """A drafted line and what is left of it to cover and to pay."""

    id: int
    owner: int
    product: int
    category: int
    cycle_start: datetime
    cycle_end: datetime
    revision: int
    quantity: Decimal
    gross: Decimal
    payable: Decimal
    shares: bool
    uncovered: Decimal = ZERO  # at list price

    def __post_init__(self) -> None:
        """Nothing is covered yet."""
        self.uncovered = self.gross


def cover_usage() -> None:
    """Commitments have covered what they can of the draft's first billings (A2.2); who consumed what is stored.

    Resource-based ones before savings plans, then the one that ends, began, or was made first. In each cycle the
    owner's own usage comes first, then members' for whom it pays, in the order in which they are billed: whenever its
    own is billed, its share is kept free. Locks the commitments.
    """
    for payer, commitments in _commitments().items():
        lines = [line for line in _lines_of(payer) if line.revision == 0]
        uses: list[CommitmentUse] = []
        needs: dict[tuple[Any, ...], dict[datetime, Decimal]] = {}
        for commitment in commitments:
            uses += _cover(commitment, lines, needs)
        touched = [line for line in lines if line.uncovered != line.gross]
        _update(_COVERED, payer, [(line.id, line.gross - line.uncovered) for line in touched])
        CommitmentUse.objects.bulk_create(uses)


def _commitments() -> dict[int, list[Commitment]]:
    rank = Case(When(kind=Commitment.Kind.SAVINGS, then=1), default=0, output_field=IntegerField())
    ids = _payers("finance_commitment")
    found = Commitment.objects.filter(account__in=ids).order_by("pk").select_for_update(of=("self",), no_key=True)
    list(found)  # locked in one order, whatever the order of use
    by_payer: dict[int, list[Commitment]] = defaultdict(list)
    rows = Commitment.objects.filter(account__in=ids).select_related("product").annotate(rank=rank)
    for commitment in rows.order_by("rank", "valid_until", "valid_from", "pk"):
        by_payer[commitment.account_id].append(commitment)
    return by_payer


def _payers(table: str) -> list[int]:
    """Whoever pays for lines of the draft and has something in this table; then lines are quickly found by payer."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT a.account_id FROM {table} a JOIN bill_draft d ON d.payer_id = a.account_id")  # noqa: S608
        found = [row[0] for row in cursor.fetchall()]
        if found:
            cursor.execute("CREATE INDEX IF NOT EXISTS bill_draft_payer ON bill_draft (payer_id)")
    return found


def _lines_of(payer: int) -> list[Line]:
    with connection.cursor() as cursor:
        cursor.execute(_LINES, [payer])
        return [Line(*row) for row in cursor.fetchall()]


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
    return commitment.kind == Commitment.Kind.SAVINGS, commitment.product_id, commitment.category_id


def _fits(commitment: Commitment, line: Line) -> bool:
    if line.owner != commitment.account_id and not commitment.shared:
        return False
    if not commitment.valid_from <= line.cycle_start < commitment.valid_until or line.uncovered <= ZERO:
        return False
    if commitment.product_id is not None:
        return line.product == commitment.product_id
    return line.product in _hourly(commitment)


def _hourly(commitment: Commitment) -> frozenset[int]:
    """A savings plan covers yuan of each hour, of products billed hourly."""
    known = vars(commitment).get("_hourly_products")
    if known is None:
        found = Product.objects.filter(cycle="hour", pay_mode="postpaid")
        if commitment.category_id is not None:
            found = found.filter(category=commitment.category_id)
        known = vars(commitment)["_hourly_products"] = frozenset(found.values_list("pk", flat=True))
    return known


def _measure(commitment: Commitment, line: Line) -> Decimal:
    """What of the line is uncovered, in what the commitment counts: units, or yuan at list price."""
    if commitment.kind == Commitment.Kind.SAVINGS:
        return line.uncovered
    return (line.quantity * line.uncovered / line.gross).quantize(_EIGHT)


def _use(commitment: Commitment, line: Line, part: Decimal) -> CommitmentUse:
    savings = commitment.kind == Commitment.Kind.SAVINGS
    amount = part if savings else min(line.uncovered, (line.gross * part / line.quantity).quantize(_EIGHT))
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
        cursor.execute(_NEED, [commitment.account_id, list(_hourly(commitment)), list(cycles)])
        need.update(cursor.fetchall())
    return need


def use_vouchers(*, now: datetime) -> None:
    """Vouchers have paid what they can of the draft; what they have left is less, and each use is stored.

    A member's own while it pays for itself; a manager's general ones for members only where the trusteeship says so
    (A2.16, A4.6, Q-5). Valid at the end of the line's cycle. Locks the vouchers.
    """
    ids = _payers("finance_voucher")
    rows = Voucher.objects.filter(Q(pay_mode="") | Q(pay_mode="postpaid"), account__in=ids, balance__gt=0)
    by_payer: dict[int, list[Voucher]] = defaultdict(list)
    for voucher in rows.order_by("pk").select_for_update(of=("self",), no_key=True):
        by_payer[voucher.account_id].append(voucher)
    for payer, vouchers in by_payer.items():
        uses = [use for line in _lines_of(payer) for use in _pay(line, vouchers, now)]
        sums: dict[int, Decimal] = defaultdict(lambda: ZERO)
        for use in uses:
            sums[use.line_id] += use.amount
        _update(_PAID, payer, list(sums.items()))
        Voucher.objects.bulk_update(
            [one for one in vouchers if one.pk in {use.voucher_id for use in uses}], ["balance"]
        )
        VoucherUse.objects.bulk_create(uses)


def _pay(line: Line, vouchers: Iterable[Voucher], now: datetime) -> list[VoucherUse]:
    if not line.shares:
        return []
    left, uses = line.payable, []
    for voucher in sorted((one for one in vouchers if _may_pay(one, line)), key=lambda one: one.rank):
        part = min(left, voucher.balance)
        if part > ZERO:
            voucher.balance -= part
            left -= part
            uses.append(VoucherUse(voucher=voucher, line_id=line.id, amount=part, at=now))
    return uses


def _may_pay(voucher: Voucher, line: Line) -> bool:
    if voucher.balance <= ZERO or line.payable < voucher.least:
        return False
    if not voucher.valid_from <= line.cycle_end <= voucher.valid_until:
        return False
    if line.owner != voucher.account_id:
        return voucher.is_general
    return voucher.is_general or voucher.product_id == line.product or voucher.category_id == line.category


def _update(statement: str, payer: int, amounts: list[tuple[int, Decimal]]) -> None:
    if amounts:
        with connection.cursor() as cursor:
            cursor.execute(statement, [[pk for pk, _amount in amounts], [amount for _pk, amount in amounts], payer])
