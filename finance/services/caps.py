"""The limit a month that a trusteeship may have: whatever passes it, the manager does not pay.

Orders and usage ask at one door and under one lock, the row of the month (`TrustMonth`). An order that would pass the
limit is refused. Usage has happened when it is billed, so what passes the limit is the member's own to pay: its cash,
then its arrears. Usage counts in the month in which it happened, an order in the month in which it is paid.
"""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection
from django.db.models import Case, DecimalField, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM
from accounts.models import Account
from config.errors import DomainError
from config.transactions import atomic
from finance.cycles import month_of
from finance.models import BillLine, Trust, TrustMonth
from finance.money import EIGHT, ZERO
from finance.services.charging import Draft
from finance.services.trust_effects import note_trust

Month = tuple[int, date]  # a trusteeship's id and a month


class AboveCap(DomainError):
    """The two agreed on how much a month may cost."""

    code = "above_cap"
    sentence = _(
        "%(manager)s pays at most %(cap)s yuan a month for this account. %(spent)s yuan are used, so %(amount)s yuan "
        "more are not possible."
    )
    hint = _("Order less, wait for the next month, or ask your manager to raise the limit.")


@atomic
def lock_months(*, wanted: Collection[Month]) -> dict[Month, TrustMonth]:
    """Of those trusteeships that have a limit, what these months have come to; locked, lowest id first.

    The one lock of both doors: who holds it may add up to `room`. After shards, accounts and orders, before vouchers,
    statements and books.
    """
    if not wanted:
        return {}
    trusts, months = zip(*sorted(wanted), strict=True)
    with connection.cursor() as cursor:
        cursor.execute(_MAKE, [list(trusts), list(months)])
    these = Q()
    for trust, month in wanted:
        these |= Q(trust=trust, month=month)
    rows = TrustMonth.objects.filter(these).order_by("pk").select_for_update(of=("self",), no_key=True)
    return {(row.trust_id, row.month): row for row in rows}


_MAKE = """
INSERT INTO finance_trustmonth (trust_id, month, cap, spent)
SELECT t.id, a.month, t.cap, 0 FROM unnest(%s::bigint[], %s::date[]) a(trust_id, month)
JOIN finance_trust t ON t.id = a.trust_id AND t.cap IS NOT NULL
WHERE NOT EXISTS (SELECT FROM finance_trustmonth m WHERE m.trust_id = a.trust_id AND m.month = a.month)
ORDER BY t.id, a.month ON CONFLICT DO NOTHING
"""


def count_order(*, trust: Trust, amount: Decimal, at: datetime) -> None:
    """An order paid at that moment, or what comes back of one, counts on its month. Raises AboveCap."""
    if trust.cap is None or amount == ZERO:
        return
    (row,) = lock_months(wanted={(trust.pk, month_of(at))}).values()
    if amount > ZERO and amount > row.room:
        raise AboveCap(manager=trust.manager.name, cap=row.cap, spent=row.spent, amount=amount)
    _add(row, amount)


def used_of_cap(*, trust: Trust | None, at: datetime) -> Decimal | None:
    """What counts on the limit of that moment's month, in yuan; None without a limit, or before it begins."""
    if trust is None or trust.cap is None or not trust.is_in_force(at=at):
        return None
    row = TrustMonth.objects.filter(trust=trust, month=month_of(at)).first()
    return row.spent if row is not None else ZERO


def with_used(*, rows: QuerySet[Trust], at: datetime) -> QuerySet[Trust]:
    """The same rows, each with it as `used`, by one query."""
    counted = TrustMonth.objects.filter(trust=OuterRef("pk"), month=month_of(at)).values("spent")
    amount: DecimalField[Decimal, Decimal] = DecimalField(max_digits=18, decimal_places=2)
    used = Coalesce(Subquery(counted), Value(ZERO), output_field=amount)
    return rows.annotate(used=Case(When(cap__isnull=False, then=used), default=None, output_field=amount))


def is_above_cap(*, line: BillLine) -> bool:
    """It is the member's own to pay because the manager paid as much as was agreed."""
    if line.category != BillLine.Category.USE or line.payer_id != line.owner_id:
        return False
    return Trust.objects.in_force(at=line.cycle_start).filter(member=line.owner_id, cap__isnull=False).exists()


def lock_drafted() -> dict[Month, TrustMonth]:
    """The months with a limit on which lines of the billing run's draft count."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT trust_id, month FROM bill_draft WHERE trust_id IS NOT NULL")
        return lock_months(wanted=cursor.fetchall())


def part_refund(*, draft: Draft, payer: Account, row: TrustMonth) -> list[tuple[Draft, Account]]:
    """What of a cycle is billed less goes first to the member, as far as it bore a part above the limit, then to the
    manager, for whom the month then counts less."""
    borne = draft.cycle.filter(payer=draft.owner).aggregate(sum=Sum("payable"))["sum"] or ZERO
    own = max(draft.payable, -max(ZERO, borne))
    _add(row, draft.payable - own)
    if own == ZERO:
        return [(draft, payer)]
    if own == draft.payable:
        return [(draft, draft.owner)]
    mine, rest = _parted(draft, own)
    return [(rest, payer), (mine, draft.owner)]


def _parted(draft: Draft, amount: Decimal) -> tuple[Draft, Draft]:
    """So much of it, as a later line of the same cycle, and the rest. What is covered stays with the rest."""
    quantity, gross, discount = (
        (size * amount / draft.payable).quantize(EIGHT, ROUND_HALF_UP)
        for size in (draft.quantity, draft.gross - draft.covered, draft.discount)
    )
    own = replace(draft, line=None, quantity=quantity, gross=gross, discount=discount, fixed=amount, covered=ZERO)
    rest = replace(
        draft,
        quantity=draft.quantity - quantity,
        gross=draft.gross - gross,
        discount=draft.discount - discount,
        fixed=draft.payable - amount,
    )
    return replace(own, revision=draft.revision + 1), rest


def _add(row: TrustMonth, amount: Decimal) -> None:
    row.spent += amount
    row.save(update_fields=["spent"])


# In the order of cycles, up to the limit to the fen. A line that passes it is parted: what is above is a line of its
# own, with the next revision, as is any other line of the same cycle.
_PART = """
WITH running AS (
    SELECT d.id, d.payable, m.cap - m.spent AS room,
        sum(d.payable) OVER (PARTITION BY d.trust_id, d.month ORDER BY d.cycle_start, d.id) AS up_to
    FROM bill_draft d JOIN finance_trustmonth m USING (trust_id, month) WHERE d.payable > 0
), above AS (
    SELECT id, least(payable, up_to - room) AS own, least(payable, up_to - room) / payable AS share,
        up_to - room >= payable AS whole
    FROM running WHERE up_to > room
), parted AS (
    INSERT INTO bill_draft (id, owner_id, product_id, category_id, instance, cycle_start, cycle_end, month, revision,
        quantity, gross, rate, discount, payable, payer_id, credit_only, shares)
    SELECT nextval('finance_billline_id_seq'), owner_id, product_id, category_id, instance, cycle_start, cycle_end,
        month, revision + 1, round(quantity * share, 8), round((gross - covered) * share, 8), rate,
        round(discount * share, 8), own, owner_id, false, false
    FROM above JOIN bill_draft USING (id) WHERE NOT whole
), kept AS (
    UPDATE bill_draft d SET quantity = quantity - round(quantity * share, 8),
        gross = gross - round((gross - covered) * share, 8), discount = discount - round(discount * share, 8),
        payable = payable - own
    FROM above a WHERE a.id = d.id AND NOT whole
), passed AS (
    UPDATE bill_draft d SET payer_id = owner_id, credit_only = false, shares = false, trust_id = NULL
    FROM above a WHERE a.id = d.id AND whole
)
SELECT DISTINCT trust_id, month FROM above JOIN bill_draft USING (id)
"""
_COUNT = """
UPDATE finance_trustmonth m SET spent = m.spent + n.spent
FROM (SELECT trust_id, month, sum(payable) AS spent FROM bill_draft WHERE trust_id IS NOT NULL GROUP BY 1, 2) n
WHERE m.trust_id = n.trust_id AND m.month = n.month
"""


def count_usage(*, rows: dict[Month, TrustMonth], now: datetime) -> None:
    """The draft's lines count on the locked months, up to their limits; whatever is above has the member as payer.

    The first time that a month's limit is reached, both sides hear of it.
    """
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(_PART)
        reached = cursor.fetchall()
        cursor.execute(_COUNT)
    for month in sorted(reached):
        if rows[month].reached_at is None:
            _note_reached(rows[month], now)


def _note_reached(row: TrustMonth, at: datetime) -> None:
    row.reached_at = at
    row.save(update_fields=["reached_at"])
    trust = Trust.objects.select_related("manager", "member", "relationship").get(pk=row.trust_id)
    note_trust(what="cap_reached", trust=trust, actor=SYSTEM, at=at, month=f"{row.month:%Y-%m}", amount=str(row.cap))
