"""What the rest of a resource's time is worth: by the day, of the money that was paid for it. Plain reads.

Vouchers and coupons are gone (A2.16), and what was paid before the payer changed is worth nothing (A2.21).
"""

from collections.abc import Iterable
from datetime import datetime
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from django.db.models import Q, Sum

from finance.models import BillLine, Dispute, Order, Resource
from finance.money import EIGHT, FEN, ZERO
from finance.months import begun_days_left, days_left
from finance.pricing import ONE, Json, Quote
from finance.services.trusts import payer_of


def give_back_quote(
    *, resource: Resource, at: datetime, share: Decimal = ONE, quantity: Decimal | None = None
) -> Quote:
    """What goes back if this share of the resource is given up now; below zero, whole fen rounded down, never above."""
    steps: list[Json] = []
    lines = valued_lines(resource=resource, at=at)
    credited = credited_of(lines=lines)
    for line in lines:
        whole = begun_days_left(line.cycle_start, line.cycle_end)
        left = min(days_left(at, line.cycle_end), whole)
        money = line.cash + line.credit + line.outstanding - credited.get(line.pk, ZERO)
        if left and money:
            back = (money * left / whole * share).quantize(EIGHT, ROUND_HALF_UP)
            kept = {"order": line.order_id, "paid": str(money), "left": left, "days": whole}
            portion = f"{share.quantize(EIGHT).normalize():f}"
            steps.append({"kind": "worth", **kept, "share": portion, "amount": str(-back)})
    gross = sum((Decimal(step["amount"]) for step in steps), Decimal(0)).quantize(FEN, ROUND_DOWN)
    return Quote(resource.quantity if quantity is None else quantity, Decimal(0), min(ZERO, gross), steps=steps)


def credited_of(*, lines: Iterable[BillLine]) -> dict[int, Decimal]:
    """What accepted disputes have given back of these lines already, by line, in yuan."""
    accepted = Dispute.objects.filter(line__in=lines, state=Dispute.State.ACCEPTED).order_by()
    return dict(accepted.values_list("line").annotate(sum=Sum("amount")))


def valued_lines(*, resource: Resource, at: datetime) -> list[BillLine]:
    """The bill lines of its paid orders that still have worth: since the last change of payer, of who pays now."""
    lines = BillLine.objects.filter(order__resource=resource, order__state=Order.State.PAID).exclude(
        order__kind=Order.Kind.REFUND
    )
    if resource.worthless_since is not None:
        lines = lines.filter(order__paid_at__gte=resource.worthless_since)
    payer = payer_of(account=resource.owner, at=at).account
    return list(lines.filter(Q(payer=payer)).order_by("pk"))
