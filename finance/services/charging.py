"""Billing one thing: an order, a refund, an adjustment. The monthly run over usage is `finance.services.billing`."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db import connection
from django.db.models import F, Q

from accounts.models import Account
from config.transactions import atomic
from finance.cycles import month_of, next_month
from finance.deductions import vouchers_in_order
from finance.locks import lock_books
from finance.models import BillLine, Order, Product, Statement, StripedCredit, Trust, Voucher, VoucherUse
from finance.models.bill import BillLineQuerySet
from finance.models.book import BookKind
from finance.models.transfer import TransferKind
from finance.money import FEN, ZERO
from finance.pricing import ONE
from finance.services.credit import refit_floor
from finance.services.drawing import (
    CREDIT,
    ORDER,
    AccountShort,
    Purse,
    arrears_books,
    given_for,
    lock_purses,
    open_cash,
    paid_back,
)
from finance.services.ledger import Posting, book_for, platform_book, post
from finance.services.redeeming import unspend_vouchers
from finance.services.statement_parts import add_part
from finance.services.stripes import take_stripe


@dataclass(frozen=True, slots=True)
class Draft:
    """What is to be billed. Prices lead to `payable` by steps that keep eight places; it is rounded half up once."""

    owner: Account
    product: Product
    category: str
    instance: str
    cycle_start: datetime
    cycle_end: datetime
    quantity: Decimal
    gross: Decimal
    rate: Decimal = ONE
    discount: Decimal = ZERO
    covered: Decimal = ZERO
    coupon: Decimal = ZERO
    order: Order | None = None
    revision: int = 0
    fixed: Decimal | None = None  # where the amount is known already: the difference of two rounded ones
    line: int | None = None  # the number that the line has already

    @property
    def cycle(self) -> BillLineQuerySet:
        """What was billed of the same cycle of usage before."""
        return BillLine.objects.of_cycle(self.owner, self.product, self.cycle_start, self.instance)

    @property
    def exact(self) -> Decimal:
        """Before rounding."""
        return self.gross - self.covered - self.discount - self.coupon

    @property
    def payable(self) -> Decimal:
        """In yuan, two places."""
        return self.exact.quantize(FEN, ROUND_HALF_UP) if self.fixed is None else self.fixed


@dataclass(slots=True)
class Payment:
    """How a line is paid, in yuan; each part below zero where money goes back."""

    voucher: Decimal = ZERO
    cash: Decimal = ZERO
    credit: Decimal = ZERO
    outstanding: Decimal = ZERO
    transfer: int | None = None


@atomic
def charge(
    *, draft: Draft, payer: Account, key: str, now: datetime, trust: Trust | None = None, may_owe: bool = False
) -> BillLine:
    """The line is billed and paid: by vouchers that fit, own cash, allotted cash, credit; answers it.

    Under a trusteeship by the manager's credit alone (A2.17) unless it also pays from cash. With `may_owe` what is
    missing becomes arrears. Part of the caller's transaction. Locks vouchers, the payer's open statement, its books.
    Raises AccountShort with the figures, and then nothing has changed.
    """
    used = _use_vouchers(draft, payer, trust, now)
    payment = Payment(voucher=sum((amount for _voucher, amount in used), ZERO))
    left = draft.payable - payment.voucher
    kinds = CREDIT if trust is not None and not trust.from_cash else ORDER
    striped = kinds == CREDIT and StripedCredit.objects.holds(payer)
    month = draft.cycle_start if draft.order is None else now
    statement = open_statement(account=payer, at=month, shared=striped)
    free = take_stripe(account=payer, amount=left, at=now) if striped else None
    purse = free or _whole_purse(payer, now, kinds)
    if (there := purse.has(kinds=kinds)) < left and not may_owe:
        raise AccountShort(available=there, amount=left)
    payment.cash, payment.credit = purse.take(left, kinds=kinds)
    payment.outstanding = left - payment.cash - payment.credit
    legs = dict(purse.legs)
    if payment.outstanding:
        legs[arrears_books(accounts=[payer])[payer.pk]] = -payment.outstanding
    payment.transfer = _post(TransferKind.CHARGE, key, legs, draft)
    if striped and not free:
        refit_floor(account=payer, at=now, anew=True, charge=draft.payable)
    line = _write(draft, payer, statement, payment, now, shared=striped)
    _note_uses(line, used, now)
    return line


def _whole_purse(payer: Account, at: datetime, kinds: tuple[str, ...]) -> Purse:
    if kinds != CREDIT:
        open_cash(accounts=[payer])
    return lock_purses(accounts=[payer], at=at)[payer.pk]


@atomic
def give_back(*, draft: Draft, payer: Account, key: str, now: datetime) -> BillLine:
    """The line, whose amount is below zero, is billed; the money pays arrears, then credit in use, then is cash.

    What a manager's cash paid of a resource is that manager's again. Usage that turns out smaller gives back money
    first, then to vouchers what they had paid; else vouchers do not come back. Part of the caller's transaction. Locks
    vouchers, the payer's open statement, its books.
    """
    if (left := -draft.payable) < ZERO:
        raise ValueError("a refund is below zero")
    by_use = draft.category == BillLine.Category.USE
    unspent = unspend_vouchers(cycle=draft.cycle.filter(payer=payer), amount=left) if by_use else []
    payment = Payment(voucher=-sum((amount for _voucher, amount in unspent), ZERO))
    left += payment.voucher
    statement = open_statement(account=payer, at=now)
    cash = book_for(account=payer, kind=BookKind.CASH)
    books = lock_books(Q(account=payer))
    legs: dict[int, Decimal] = {}
    for kind, name in _DEBTS.items():
        paid = paid_back(books=[book for book in books if book.kind == kind], amount=left)
        legs |= paid
        left -= sum(paid.values(), ZERO)
        setattr(payment, name, -sum(paid.values(), ZERO))
    payment.cash = -left
    for book, drawn in given_for(order=draft.order, payer=payer).items():
        if (part := min(left, drawn)) > ZERO:
            legs[book] = part
            left -= part
    if left > ZERO:
        legs[cash.pk] = left
    payment.transfer = _post(TransferKind.REFUND, key, legs, draft)
    line = _write(draft, payer, statement, payment, now)
    if payment.credit:
        refit_floor(account=payer, at=now)
    _note_uses(line, ((voucher, -amount) for voucher, amount in unspent), now)
    return line


_DEBTS = {BookKind.ARREARS: "outstanding", BookKind.CREDIT: "credit"}


def open_statement(*, account: Account, at: datetime, shared: bool = False) -> Statement:
    """The draft that takes new lines of this moment: its month's, or the first later one not issued yet. Locks it.

    Part of the caller's transaction. With `shared` it is locked only against being issued, and many add to it at once
    (`add_part`).
    """
    month = month_of(at)
    while True:
        statement = next(iter(Statement.objects.raw(_SHARE if shared else _HOLD, [account.pk, month])), None)
        if statement is None:
            Statement.objects.get_or_create(account=account, month=month)
        elif statement.state == Statement.State.DRAFT:
            return statement
        else:
            month = next_month(month)


@atomic
def open_statements(*, wanted: Collection[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """The same for many (account, month) at once: the id of the draft that takes each. Locks them, lowest id first."""
    found: dict[tuple[int, date], int] = {}
    missing = {pair: pair[1] for pair in wanted}  # asked → the month looked at now
    while missing:
        drafts = _drafts({(account, month) for (account, _asked), month in missing.items()})
        found |= {pair: drafts[pair[0], month] for pair, month in missing.items() if (pair[0], month) in drafts}
        missing = {pair: next_month(month) for pair, month in missing.items() if pair not in found}
    return found


def _drafts(pairs: Collection[tuple[int, date]]) -> dict[tuple[int, date], int]:
    """Those that are drafts, made where there was nothing, and locked."""
    ordered = sorted(pairs)
    facts: list[Any] = [[account for account, _month in ordered], [month for _account, month in ordered]]
    with connection.cursor() as cursor:
        cursor.execute(_MAKE_STATEMENTS, facts)
        cursor.execute(_LOCK_DRAFTS, facts)
        return {(account, month): pk for account, month, pk in cursor.fetchall()}


_HOLD = "SELECT * FROM finance_statement WHERE account_id = %s AND month = %s FOR NO KEY UPDATE"
_SHARE = "SELECT * FROM finance_statement WHERE account_id = %s AND month = %s FOR KEY SHARE"  # FOR UPDATE waits for it
_MAKE_STATEMENTS = """
INSERT INTO finance_statement (account_id, month, state, lines, payable, voucher, cash, credit, outstanding, repaid,
    waived)
SELECT account, month, 'draft', 0, 0, 0, 0, 0, 0, 0, 0
FROM unnest(%s::bigint[], %s::date[]) AS asked(account, month)
WHERE NOT EXISTS (SELECT FROM finance_statement s WHERE s.account_id = account AND s.month = asked.month)
ORDER BY account, month ON CONFLICT DO NOTHING
"""
_LOCK_DRAFTS = """
SELECT s.account_id, s.month, s.id FROM finance_statement s
JOIN unnest(%s::bigint[], %s::date[]) AS asked(account, month) ON s.account_id = account AND s.month = asked.month
WHERE s.state = 'draft' ORDER BY s.id FOR NO KEY UPDATE OF s
"""


def _use_vouchers(draft: Draft, payer: Account, trust: Trust | None, at: datetime) -> list[tuple[Voucher, Decimal]]:
    """In the order of `finance.deductions`; each pays what it can (A2.16, A4.6, Q-5)."""
    left, used = draft.payable, []
    for voucher in _fitting(draft, payer, trust, at):
        if left <= ZERO:
            break
        part = min(left, voucher.balance)
        voucher.balance -= part
        voucher.save(update_fields=["balance"])
        used.append((voucher, part))
        left -= part
    return used


def _fitting(draft: Draft, payer: Account, trust: Trust | None, at: datetime) -> list[Voucher]:
    again = draft.category == BillLine.Category.ADJUST  # it was money that came back
    if again or draft.payable <= ZERO or (trust is not None and not trust.shares_vouchers):
        return []
    product = draft.product
    scope = Q(product=None, category=None)
    if trust is None:
        scope |= Q(product=product) | Q(category=product.category_id)
    fitting = Voucher.objects.filter(scope, Q(pay_mode="") | Q(pay_mode=product.pay_mode), account=payer)
    rows = fitting.usable(at=at).filter(least__lte=draft.payable).order_by("pk").select_for_update(no_key=True)
    return vouchers_in_order(rows)


def _note_uses(line: BillLine, used: Iterable[tuple[Voucher, Decimal]], at: datetime) -> None:
    VoucherUse.objects.bulk_create(VoucherUse(voucher=voucher, line=line, amount=part, at=at) for voucher, part in used)


def _post(kind: str, key: str, legs: dict[int, Decimal], draft: Draft) -> int | None:
    if not legs:
        return None
    revenue = platform_book(kind=BookKind.REVENUE, near=draft.instance)  # charges of one account would queue at its own
    facts = {"owner": draft.owner.pk, "product": draft.product.pk, "instance": draft.instance}
    if draft.order is not None:
        facts["order"] = draft.order.pk
    return post(posting=Posting(kind, f"bill:{key}", {**legs, revenue.pk: -sum(legs.values(), ZERO)}, facts))


def _write(
    draft: Draft, payer: Account, statement: Statement, payment: Payment, at: datetime, *, shared: bool = False
) -> BillLine:
    parts = {"voucher": payment.voucher, "cash": payment.cash, "credit": payment.credit}
    parts |= {"outstanding": payment.outstanding, "payable": draft.payable}
    line = BillLine.objects.create(
        pk=draft.line,
        statement=statement,
        payer=payer,
        owner=draft.owner,
        product=draft.product,
        order=draft.order,
        category=draft.category,
        instance=draft.instance,
        cycle_start=draft.cycle_start,
        cycle_end=draft.cycle_end,
        revision=draft.revision,
        quantity=draft.quantity,
        gross=draft.gross,
        covered=draft.covered,
        rate=draft.rate,
        discount=draft.discount,
        rounding=draft.exact - draft.payable,
        coupon=draft.coupon,
        transfer_id=payment.transfer,
        billed_at=at,
        **parts,
    )
    if shared:
        add_part(statement=statement, sums=parts)
        return line
    sums = {name: F(name) + amount for name, amount in parts.items()}
    Statement.objects.filter(pk=statement.pk).update(lines=F("lines") + 1, **sums)
    return line
