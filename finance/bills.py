"""Bill lines that an account may see, narrowed, grouped and summed by the database (K1.1, K1.2, K7.4, K7.5, A2.6).

An account sees what it pays, members that it pays for included, and what members pay that let it see their bills. A
trusteed member sees nothing of what its manager pays (A2.10). Lines are found by the statement they stand in: a payer
has one a month, so its index leads to them, and writing lines needs no further one.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, Func, Q, QuerySet, Sum

from accounts.models import Account, Relationship
from accounts.permissions import Point
from config.errors import NotFound
from finance.folders import owned_in, placed, with_path
from finance.models import BillLine, Spend, Statement
from finance.money import ZERO

Asked = Mapping[str, Any]
Rows = QuerySet[Any]  # of lines, or of what they add up to: both have the same columns
GROUP = "group"  # the scope: members' own bills as well
NUMBER_DIGITS = 10
PARTS = (
    "gross",
    "covered",
    "discount",
    "rounding",
    "coupon",
    "payable",
    "voucher",
    "cash",
    "credit",
    "outstanding",
)
PAID = {name: ~Q(**{name: 0}) for name in ("voucher", "cash", "credit", "outstanding")}
# Only the lines themselves know these.
OF_LINES = ("instance", "paid")
FEW = 100


@dataclass(frozen=True, slots=True)
class Sums:
    """Of a set of lines, every step of the price and every part of the payment, in yuan."""

    lines: int = 0
    gross: Decimal = ZERO
    covered: Decimal = ZERO
    discount: Decimal = ZERO
    rounding: Decimal = ZERO
    coupon: Decimal = ZERO
    payable: Decimal = ZERO
    voucher: Decimal = ZERO
    cash: Decimal = ZERO
    credit: Decimal = ZERO
    outstanding: Decimal = ZERO

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> "Sums":
        """From a row with `sum_columns`."""
        return cls(row["sum_lines"] or 0, *(row[f"sum_{name}"] or ZERO for name in PARTS))

    @property
    def off(self) -> Decimal:
        """By how much it is less than the list price."""
        return self.gross - self.payable


def members_shown(account: Account) -> "QuerySet[Relationship]":
    """The members that let this account see their bills (K1.2)."""
    links = Relationship.objects.in_force().filter(manager=account)
    return links.filter(points__contains=[Point.VIEW_BILLS])


def payers_seen(account: Account) -> list[int]:
    """Whose bills the account may read: its own, and those of `members_shown`. One query."""
    return [account.pk, *members_shown(account).order_by("member_id").values_list("member_id", flat=True).distinct()]


def lines_of(account: Account, asked: Asked) -> "QuerySet[BillLine]":
    """The lines that were asked for, with the day each counts on.

    What is asked of somebody else's statement, member or folder finds nothing.
    """
    day = Func(
        "category", "cycle_start", "billed_at", "statement__month", function="bill_day", output_field=DateField()
    )
    return _narrowed(account, BillLine.objects.annotate(day=day), asked)


def lines_with_folders(account: Account, asked: Asked) -> "QuerySet[BillLine]":
    """The same, each with the `path` of the folder in which whoever used it stands now."""
    return with_path(account, lines_of(account, asked))


def totals_of(account: Account, asked: Asked) -> Rows:
    """The same, to be added up: from sums by day where they are kept, and can answer."""
    if any(asked.get(name) for name in OF_LINES):
        return lines_of(account, asked)
    return _narrowed(account, Spend.objects.all(), asked)


def _narrowed(account: Account, found: Rows, asked: Asked) -> Rows:
    found = _in_statements(found, _statements(account, asked))
    for name, narrow in _NARROWINGS.items():
        if value := asked.get(name):
            found = narrow(account, found, value)
    return owned_in(account, found, asked)


def _statements(account: Account, asked: Asked) -> "QuerySet[Statement]":
    """Those in which the lines stand: by scope, statement, month, first and last month, and days."""
    wide = asked.get("scope") == GROUP or asked.get("statement")
    found = Statement.objects.filter(account__in=payers_seen(account)) if wide else Statement.objects.of(account)
    if pk := asked.get("statement"):
        found = found.filter(pk=pk)
    if month := asked.get("month"):
        found = found.filter(month=month)
    if first := asked.get("first") or asked.get("since"):
        found = found.filter(month__gte=first.replace(day=1))
    if last := asked.get("last") or asked.get("until"):
        found = found.filter(month__lte=last)
    return found


def _in_statements(found: Rows, statements: "QuerySet[Statement]") -> Rows:
    """Named where they are few, so that the database knows how many lines to expect. One query."""
    few = list(statements.order_by().values_list("pk", flat=True)[: FEW + 1])
    return found.filter(statement__in=few if len(few) <= FEW else statements.order_by().values("pk"))


def _since(_account: Account, found: Rows, day: date) -> Rows:
    return found.filter(day__gte=day)


def _until(_account: Account, found: Rows, day: date) -> Rows:
    return found.filter(day__lte=day)


def _by(column: str) -> Callable[[Account, Rows, Any], Rows]:
    return lambda _account, found, value: found.filter(**{column: value})


def _member(_account: Account, found: Rows, words: str) -> Rows:
    """A whole number is that account; anything else a part of a name, or a user name."""
    return found.filter(owner__in=Account.objects.filter(_named(words)))


def _named(words: str, at: str = "") -> Q:
    if is_number(words):
        return Q(**{f"{at}number": words})
    return Q(**{f"{at}name__icontains": words}) | Q(**{f"{at}username": words.lower()})


def is_number(words: str) -> bool:
    """Whether this is a whole account number."""
    return words.isdecimal() and len(words) == NUMBER_DIGITS


def _paid(_account: Account, found: Rows, part: str) -> Rows:
    return found.filter(PAID[part])


_NARROWINGS: dict[str, Callable[[Account, Rows, Any], Rows]] = {
    "since": _since,
    "until": _until,
    "product": _by("product__code"),
    "category": _by("product__category__code"),
    "member": _member,
    "kind": _by("category"),
    "instance": _by("instance"),
    "paid": _paid,
}


def sum_columns(rows: Rows) -> dict[str, Any]:
    """What totals of these rows are made of."""
    lines = Count("pk") if rows.model is BillLine else Sum("lines")
    return {"sum_lines": lines} | {f"sum_{name}": Sum(name) for name in PARTS}


def sums_of(rows: Rows) -> Sums:
    """One query."""
    return Sums.of(rows.order_by().aggregate(**sum_columns(rows)))


def line_seen(account: Account, line_id: int) -> tuple[BillLine, Relationship | None]:
    """One line with what it stands on, and the relationship by which the account sees it, if it does not pay itself.

    Raises NotFound, also for a member whose manager pays (A2.10).
    """
    rows = BillLine.objects.select_related("statement", "payer", "owner", "product__category", "order")
    line = rows.filter(pk=line_id).first()
    if line is None:
        raise NotFound()
    if line.payer_id == account.pk:
        return line, None
    link = members_shown(account).select_related("manager", "member").filter(member=line.payer_id).first()
    if link is None:
        raise NotFound()
    return line, link


def members_looked_at(account: Account, asked: Asked) -> list[Relationship]:
    """All members whose own bills are part of what is shown by this, so that each can read it. Two queries."""
    if (one := looked_at(account, asked)) is not None:
        return [one]
    if asked.get("scope") != GROUP:
        return []
    billed = _statements(account, asked).order_by().values("account")
    links = members_shown(account).select_related("manager", "member").filter(member__in=billed)
    if words := asked.get("member"):
        links = links.filter(_named(words, "member__"))
    if (fits := placed(account, asked)) is not None:
        links = links.filter(fits)
    return list(links.order_by("pk"))


def looked_at(account: Account, asked: Asked) -> Relationship | None:
    """The member whose own bill is opened by this, so that it is noted (beyond C5)."""
    links = members_shown(account).select_related("manager", "member")
    if statement := asked.get("statement"):
        return links.filter(member__statements=statement).first()
    words = str(asked.get("member", ""))
    return links.filter(member__number=words).first() if asked.get("scope") == GROUP and is_number(words) else None
