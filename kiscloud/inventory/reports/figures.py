"""What stands on the overview: stock, what is low, what the month brought, and the months before."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from django.db.models import Count, F, Q, QuerySet, Sum

from kiscloud.books.months import following
from kiscloud.inventory.costing import ZERO
from kiscloud.inventory.models import Document, DocumentLine, Good, Kind, Stock
from kiscloud.models import AccountSet

MONTHS: Final = 6
SIGNS: Final = {Kind.PURCHASE: 1, Kind.SALE: 1, Kind.PURCHASE_RETURN: -1, Kind.SALES_RETURN: -1}


@dataclass(frozen=True, slots=True)
class Month:
    """What was bought and sold in a month, returns taken off, without tax; and what the sold goods cost."""

    month: int
    bought: Decimal
    sold: Decimal
    cost: Decimal

    @property
    def profit(self) -> Decimal:
        """What sales brought beyond the cost of the goods."""
        return self.sold - self.cost


def months_until(account_set: AccountSet, last: int) -> list[Month]:
    """The latest months, in one query."""
    months = [following(last, -back) for back in range(MONTHS - 1, -1, -1)]
    rows = DocumentLine.objects.filter(document__in=Document.objects.of(account_set).counting())
    rows = rows.filter(document__month__gte=months[0], document__month__lte=last, document__kind__in=list(SIGNS))
    sums = rows.values_list("document__month", "document__kind").annotate(Sum("amount"), Sum("cost")).order_by()
    found = {(month, kind): (amount, cost) for month, kind, amount, cost in sums}

    def net(month: int, *kinds: Kind) -> Decimal:
        return sum((SIGNS[kind] * found.get((month, kind), (ZERO, ZERO))[0] for kind in kinds), ZERO)

    def cost(month: int) -> Decimal:
        return -sum((found.get((month, kind), (ZERO, ZERO))[1] for kind in (Kind.SALE, Kind.SALES_RETURN)), ZERO)

    return [
        Month(one, net(one, Kind.PURCHASE, Kind.PURCHASE_RETURN), net(one, Kind.SALE, Kind.SALES_RETURN), cost(one))
        for one in months
    ]


def stock_value(account_set: AccountSet) -> tuple[Decimal, int]:
    """What all goods on hand cost, and how many goods there are some of."""
    found = Stock.objects.filter(account_set=account_set, quantity__gt=0).aggregate(
        value=Sum("value"), count=Count("pk")
    )
    return found["value"] or ZERO, found["count"]


def low_goods(account_set: AccountSet) -> "QuerySet[Good]":
    """Goods of which there is less than there should be."""
    goods = Good.objects.filter(account_set=account_set, disabled=False, stock__quantity__lt=F("least"))
    return goods.select_related("stock")


def waiting(account_set: AccountSet, month: int) -> dict[str, int]:
    """Drafts, and confirmed documents without a voucher, up to the end of the month's period."""
    found: dict[str, int] = Document.objects.of(account_set).aggregate(
        drafts=Count("pk", filter=Q(state=Document.State.DRAFT)),
        unposted=Count("pk", filter=Q(state=Document.State.CONFIRMED, month__lte=month) & ~Q(kind=Kind.OPENING)),
    )
    return found


def highest(months: Sequence[Month]) -> Decimal:
    """A round amount that nothing in the picture reaches beyond: 1, 2, 4, 5 or 8 with noughts."""
    most = max(max(one.bought, one.sold, ZERO) for one in months)
    power = Decimal(1).scaleb(most.adjusted() if most else 0)
    return next(step * power for step in (1, 2, 4, 5, 8, 10) if step * power >= most)
