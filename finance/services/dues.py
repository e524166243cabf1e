"""What statements leave to be repaid, and writing on them what was repaid.

What an account owes is its arrears and its credit in use; its statements say month by month which bills that debt came
from. Whoever pays the debt books it here in the same transaction, so both stay equal (`Statement`). Locks: an account's
statements before its books, as whoever bills does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from django.db.models import Sum

from accounts.actors import SYSTEM, Actor
from accounts.events import record
from accounts.models import Account
from finance.models import Dispute, Statement
from finance.money import ZERO
from finance.services.statement_parts import count_in


@dataclass(slots=True)
class Dues:
    """An account's statements that are not settled, locked, oldest month first, and what is disputed of each."""

    account: Account
    statements: list[Statement]
    disputed: dict[int, Decimal]
    changed: dict[int, Statement] = field(default_factory=dict)

    def find(self, statement_id: int) -> Statement | None:
        """The one with this id, if it is not settled."""
        return next((one for one in self.statements if one.pk == statement_id), None)

    def read(self, statement_id: int) -> Statement:
        """The same, or the settled one as it is now; what was read before the lock may be old."""
        return self.find(statement_id) or Statement.objects.select_related("account").get(pk=statement_id)

    def undisputed(self, statement: Statement) -> Decimal:
        """What of it is to be repaid whatever becomes of open disputes, in yuan."""
        return max(ZERO, statement.due - self.disputed.get(statement.pk, ZERO))

    def total(self, statements: Iterable[Statement]) -> Decimal:
        """What these leave to be repaid, without what is disputed."""
        return sum((self.undisputed(one) for one in statements), ZERO)

    def book(self, amount: Decimal, first: Sequence[Statement] = ()) -> Decimal:
        """The amount is repaid: on these first, then on the oldest; what is disputed comes last. Answers what fitted.

        More than the statements leave can only have come from charges that no bill knows.
        """
        left = amount
        order = [*first, *self.statements]
        for most in (self.undisputed, lambda one: one.due):
            for statement in order:
                part = min(left, most(statement))
                if part > ZERO:
                    statement.repaid += part
                    self.changed[statement.pk] = statement
                    left -= part
        return amount - left

    def carry(self, first: int | None = None) -> None:
        """What came back onto credit or arrears in one month lowers what is left of the others, oldest first."""
        order = sorted(self.statements, key=lambda one: one.pk != first)
        for source in self.statements:
            for target in order if source.due < ZERO else ():
                self.move(source, target, min(-source.due, target.due))

    def move(self, source: Statement, target: Statement, amount: Decimal) -> None:
        """So much of what came back with the one counts on the other; the sum over both stays."""
        if amount > ZERO:
            source.waived -= amount
            target.waived += amount
            self.changed |= {source.pk: source, target.pk: target}


def lock_dues(*, account: Account, first: int | None = None, issuing: bool = False) -> Dues:
    """The account's dues, locked. What came back is carried, to this statement first and then to the oldest, so that
    none asks for more than is owed. `issuing` also waits for charges that share a draft (`open_statement`)."""
    rows = Statement.objects.filter(account=account).exclude(state=Statement.State.SETTLED).order_by("pk")
    locked = list(rows.select_for_update(no_key=not issuing).values_list("pk", flat=True))
    count_in(statements=locked)
    found = sorted(Statement.objects.filter(pk__in=locked), key=lambda one: one.month)
    for statement in found:
        statement.account = account
    dues = Dues(account, found, disputed_of(statements=found))
    dues.carry(first)
    return dues


def disputed_of(*, statements: Iterable[Statement]) -> dict[int, Decimal]:
    """What is disputed and not answered yet, by statement; those without are missing."""
    opened = Dispute.objects.filter(statement__in=list(statements), state=Dispute.State.OPEN).order_by()
    return dict(opened.values_list("statement").annotate(sum=Sum("amount")))


def save_dues(*, dues: Dues, at: datetime, actor: Actor = SYSTEM) -> list[Statement]:
    """What changed is written; of those confirmed, the ones without anything left are settled. Answers these."""
    settled = []
    for statement in dues.changed.values():
        fields = ["repaid", "waived"]
        if statement.state in Statement.REPAYABLE:
            settled += [statement] if settle_or_go_on(statement=statement, at=at) else []
            fields += ["state", "settled_at"]
        statement.save(update_fields=fields)
    dues.changed.clear()
    for statement in settled:
        note_settled(statement=statement, at=at, actor=actor)
    return settled


def settle_or_go_on(*, statement: Statement, at: datetime) -> bool:
    """A confirmed one is settled where nothing is left, else partly paid once something was; answers whether settled.

    The caller saves it.
    """
    if statement.due == ZERO:
        statement.settle(at=at)
        return True
    if statement.repaid > ZERO:
        statement.pay_part()
    return False


def note_settled(*, statement: Statement, at: datetime, actor: Actor = SYSTEM) -> None:
    """The event that nothing is left of it."""
    record(
        "statement.settled",
        actor=actor,
        account=statement.account,
        subject=statement,
        at=at,
        month=str(statement),
    )
