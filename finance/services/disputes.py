"""Lines of a statement that its payer doubts: raised before it is confirmed, answered by staff.

How an accepted dispute is credited: by a bill line of its own (`ADJUST`, below zero, on the month that is open), which
posts revenue back to arrears, then to credit in use, then to own cash. So the sum of lines, of statements and of the
ledger go down together, and nothing that was agreed is changed. As far as the money went onto arrears or credit, the
open month now owes less than nothing by it; that is carried to the disputed statement (`waived` there, minus `waived`
on the open month), as far as it still owes. So what all statements leave stays what the account owes.
"""

from datetime import datetime
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, require_staff
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.models import Account, Operator
from accounts.names import clean_remark
from accounts.permissions import Point
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from finance import policy
from finance.models import BillLine, Dispute, Statement
from finance.money import ZERO, is_amount
from finance.services.charging import Draft, give_back
from finance.services.dues import Dues, lock_dues, save_dues
from finance.services.statements import side_for
from finance.services.top_ups import OwnAccount
from finance.services.worth import credited_of

PERMISSION = "finance.change_dispute"
State = Statement.State


class NotDisputable(DomainError):
    """Before it is confirmed, and after its month."""

    code = "not_disputable"
    sentence = _("This statement is “%(state)s”. Lines can be disputed after its month and before it is confirmed.")
    hint = _("Write to our support: a later correction goes to the next statement.")


class AlreadyDisputed(DomainError):
    """One open dispute a line."""

    code = "already_disputed"
    sentence = _("This line is disputed already. Withdraw that dispute first to change it.")


class GivenBack(DomainError):
    """The usage was corrected, or what was bought given back, meanwhile; `left` in yuan."""

    code = "given_back"
    sentence = _("Only %(left)s yuan of this line are left: the rest was given back meanwhile.")
    hint = _("Refuse the dispute and write so.")


@atomic
def raise_dispute(
    *,
    actor: Actor,
    line_id: int,
    amount: Decimal,
    reason: str,
    through: int | None = None,
    now: datetime | None = None,
) -> Dispute:
    """The amount of the line waits for an answer and is not to be repaid until then; the rest is.

    By the account itself, or by a manager that may confirm (`through`). Locks the relationship, then the account's
    statements. Raises NotDisputable, AlreadyDisputed, InputError.
    """
    at = now or timezone.now()
    line = BillLine.objects.select_related("statement__account").filter(pk=line_id).first()
    if line is None:
        raise NotFound()
    account = line.statement.account
    side = side_for(actor=actor, account=account, through=through, point=Point.CONFIRM_STATEMENT)
    why = cleaned("reason", clean_remark, reason)
    dues = lock_dues(account=account)
    statement = dues.read(line.statement_id)
    if statement.state not in {State.TO_CONFIRM, State.DISPUTED}:
        raise NotDisputable(state=State(statement.state).label)
    if Dispute.objects.filter(line=line, state=Dispute.State.OPEN).exists():
        raise AlreadyDisputed()
    _check(line, amount, why)
    if statement.state == State.TO_CONFIRM:
        statement.dispute()
        statement.save(update_fields=["state"])
    dispute = Dispute.objects.create(
        statement=statement,
        line=line,
        amount=amount,
        reason=why,
        answer_by=at + policy.DISPUTE_ANSWER_WITHIN,
        created_by=actor.user,
        created_at=at,
    )
    _note("statement.disputed", actor, dispute, at, side.counterpart)
    return dispute


def _check(line: BillLine, amount: Decimal, reason: str) -> None:
    if not reason:
        raise InputError("reason", _("Write what is wrong with this line."))
    if not is_amount(amount):
        raise InputError("amount", _("The amount must be greater than zero."))
    if amount > (most := disputable_of(line=line)):
        raise InputError("amount", _("At most %(most)s yuan of this line can be disputed."), most=most)


def disputable_of(*, line: BillLine) -> Decimal:
    """What of the line can be disputed, in yuan: what vouchers left of it, less what was given back before."""
    left = line.payable - line.voucher - credited_of(lines=[line]).get(line.pk, ZERO)
    if line.category == BillLine.Category.USE:  # corrections of its usage may have given it back
        cycle = BillLine.objects.of_cycle(line.owner, line.product, line.cycle_start, line.instance)
        left = min(left, cycle.filter(payer=line.payer_id).money())
    elif line.order is not None and line.order.resource_id is not None:  # so may have a return
        bought = BillLine.objects.filter(payer=line.payer_id, order__resource=line.order.resource_id)
        left = min(left, bought.money() - sum(credited_of(lines=bought).values(), ZERO))
    return max(ZERO, left)


@atomic
def withdraw_dispute(
    *, actor: Actor, dispute_id: int, through: int | None = None, now: datetime | None = None
) -> Dispute:
    """The amount is to be repaid like the rest. By whoever may raise one. Locks as `raise_dispute`, and the dispute."""
    at = now or timezone.now()
    account = _account_of(dispute_id)
    side = side_for(actor=actor, account=account, through=through, point=Point.CONFIRM_STATEMENT)
    dues = lock_dues(account=account)
    dispute = _locked(dispute_id)
    dispute.withdraw(at=at)
    dispute.save(update_fields=["state", "answered_at"])
    _reopen(dues, dispute)
    _note("dispute.withdrawn", actor, dispute, at, side.counterpart)
    return dispute


@atomic
def accept_dispute(*, actor: Actor, dispute_id: int, answer: str, now: datetime | None = None) -> Dispute:
    """Staff agree: the amount is credited on the open month and, as far as it is still owed, taken off the statement.

    Locks the account's statements, the dispute, the account's books. Again by anybody is refused (MoveRefused).
    """
    staff = require_staff(actor, PERMISSION)
    at, why = now or timezone.now(), _answer(answer)
    account = _account_of(dispute_id)
    _refuse_own(account, actor)
    lock_dues(account=account)
    dispute = _locked(dispute_id)
    if dispute.amount > (left := disputable_of(line=dispute.line)):
        raise GivenBack(left=left)
    dispute.accept(at=at, by=staff, answer=why)
    dispute.credit_line = give_back(draft=_credit(dispute), payer=account, key=f"dispute:{dispute.pk}", now=at)
    dispute.save(update_fields=["state", "answered_at", "answered_by", "answer", "credit_line"])
    dues = lock_dues(account=account, first=dispute.statement_id)
    _reopen(dues, dispute)
    save_dues(dues=dues, at=at, actor=actor)
    _note("dispute.answered", actor, dispute, at)
    return dispute


@atomic
def refuse_dispute(*, actor: Actor, dispute_id: int, answer: str, now: datetime | None = None) -> Dispute:
    """Staff disagree and say why: the amount is to be repaid like the rest. Locks as `withdraw_dispute`."""
    staff = require_staff(actor, PERMISSION)
    at, why = now or timezone.now(), _answer(answer)
    account = _account_of(dispute_id)
    _refuse_own(account, actor)
    dues = lock_dues(account=account)
    dispute = _locked(dispute_id)
    dispute.refuse(at=at, by=staff, answer=why)
    dispute.save(update_fields=["state", "answered_at", "answered_by", "answer"])
    _reopen(dues, dispute)
    _note("dispute.answered", actor, dispute, at)
    return dispute


def _credit(dispute: Dispute) -> Draft:
    line = dispute.line
    return Draft(
        owner=line.owner,
        product=line.product,
        category=BillLine.Category.ADJUST,
        instance=line.instance,
        cycle_start=line.cycle_start,
        cycle_end=line.cycle_end,
        quantity=ZERO,
        gross=-dispute.amount,
        revision=dispute.pk,
    )


def _reopen(dues: Dues, dispute: Dispute) -> None:
    """Without any open dispute the statement waits for its confirmation as before."""
    statement = dues.find(dispute.statement_id)
    if statement is None or statement.state != State.DISPUTED:
        return
    if not Dispute.objects.filter(statement=statement, state=Dispute.State.OPEN).exists():
        statement.answer_disputes()
        statement.save(update_fields=["state"])


def _answer(text: str) -> str:
    answer = cleaned("answer", clean_remark, text)
    if not answer:
        raise InputError("answer", _("Write an answer: the account reads it."))
    return answer


def _account_of(dispute_id: int) -> Account:
    found = Dispute.objects.select_related("statement__account").filter(pk=dispute_id).first()
    if found is None:
        raise NotFound()
    return found.statement.account


def _refuse_own(account: Account, actor: Actor) -> None:
    """Nobody decides about an account in which they work."""
    if Operator.objects.filter(account=account, user=actor.user).exists():
        raise OwnAccount()


def _locked(dispute_id: int) -> Dispute:
    related = ("statement__account", "line__owner", "line__product")
    rows = Dispute.objects.select_for_update(of=("self",), no_key=True).select_related(*related)
    return rows.get(pk=dispute_id)


def _note(kind: str, actor: Actor, dispute: Dispute, at: datetime, manager: Account | None = None) -> None:
    account = dispute.statement.account
    record(
        kind,
        actor=actor,
        account=manager or account,
        counterpart=account if manager else None,
        subject=dispute,
        at=at,
        month=str(dispute.statement),
        amount=str(dispute.amount),
        outcome=dispute.state,
        answer=dispute.answer,
    )
