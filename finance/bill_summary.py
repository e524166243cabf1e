"""What the overview says about bills: how the month goes, which statements wait for somebody, what is unpaid."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Q, Sum
from django.utils import timezone

from accounts.models import Account, Relationship
from accounts.permissions import Point
from finance.cycles import month_of
from finance.models import Statement
from finance.money import ZERO
from finance.reports import Have
from finance.spending import months_back

State = Statement.State


@dataclass(frozen=True, slots=True)
class BillSummary:
    """Of the account's own statements, in yuan; `of_members` are those of members that it may confirm."""

    month: date
    now: Decimal
    before: Decimal
    to_confirm: int
    to_repay: int
    overdue: int
    due: Decimal
    of_members: int
    arrears: Decimal

    @property
    def waiting(self) -> int:
        """Statements that wait for somebody of this account."""
        return self.to_confirm + self.to_repay + self.of_members

    @property
    def began(self) -> bool:
        """There is anything to say."""
        return bool(self.now or self.before or self.waiting or self.arrears)


def bill_summary(account: Account, have: Have, *, now: datetime | None = None) -> BillSummary:
    """By two queries, from statements alone: they know what their lines add up to."""
    at = now or timezone.now()
    month, today = month_of(at), timezone.localdate(at)
    repayable = Q(state__in=Statement.REPAYABLE)
    left = F("credit") + F("outstanding") - F("repaid") - F("waived")
    found: dict[str, Any] = Statement.objects.of(account).aggregate(
        now=Sum("payable", filter=Q(month=month), default=ZERO),
        before=Sum("payable", filter=Q(month=months_back(month, 1)), default=ZERO),
        to_confirm=Count("pk", filter=Q(state__in=[State.TO_CONFIRM, State.DISPUTED])),
        to_repay=Count("pk", filter=repayable),
        overdue=Count("pk", filter=repayable & Q(due_on__lt=today)),
        due=Sum(left, filter=repayable, default=ZERO),
    )
    links = Relationship.objects.in_force().filter(manager=account, points__contains=[Point.CONFIRM_STATEMENT])
    members = Statement.objects.filter(state=State.TO_CONFIRM, account__in=links.values("member"))
    return BillSummary(month=month, of_members=members.count(), arrears=have.arrears, **found)
