"""Short ways to bill lines and to statements in every state."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from django.db.models import F, Sum

from accounts.models import Account, Relationship
from finance.models import BillLine, Product, Statement
from finance.services.charging import Draft, charge, give_back
from finance.services.credit import grant_credit
from finance.services.ledger import funds_of
from finance.services.statements import confirm_statement, issue_statements
from tests.finance.bills import make_product
from tests.finance.funds import D, fresh_key, mover, staff

JUNE = datetime(2025, 6, 10, tzinfo=UTC)
JULY = datetime(2025, 7, 10, tzinfo=UTC)
AUGUST = datetime(2025, 8, 10, tzinfo=UTC)
LATER = datetime(2025, 9, 20, tzinfo=UTC)


def lend(account: Account, limit: str) -> None:
    """A credit line since before the first of these months."""
    grant_credit(actor=staff(), account=account, limit=D(limit), now=JUNE - timedelta(days=100))


def make_line(
    account: Account, amount: str, at: datetime = JUNE, owner: Account | None = None, product: Product | None = None
) -> BillLine:
    """A charge on the statement of that month, paid by what the account has; what is missing becomes arrears."""
    draft = _draft(owner or account, D(amount), at, product, BillLine.Category.USE)
    return charge(draft=draft, payer=account, key=fresh_key(), now=at, may_owe=True)


def make_refund(account: Account, amount: str, at: datetime = JUNE) -> BillLine:
    """A line below zero on the statement of that month."""
    draft = _draft(account, -D(amount), at, None, BillLine.Category.REFUND)
    return give_back(draft=draft, payer=account, key=fresh_key(), now=at)


def _draft(owner: Account, gross: Decimal, at: datetime, product: Product | None, category: str) -> Draft:
    return Draft(
        owner=owner,
        product=product or make_product(),
        category=category,
        instance=fresh_key(),
        cycle_start=at,
        cycle_end=at + timedelta(hours=1),
        quantity=D(1),
        gross=gross,
    )


def statement_of(account: Account, at: datetime = JUNE) -> Statement:
    """The account's statement of that month, freshly read."""
    return Statement.objects.get(account=account, month=at.date().replace(day=1))


def issued(account: Account, at: datetime = JUNE, now: datetime = LATER) -> Statement:
    """The same after everything that can be issued by then was issued."""
    issue_statements(now=now)
    return statement_of(account, at)


def confirmed(
    account: Account, at: datetime = JUNE, now: datetime = LATER, by: Relationship | None = None
) -> Statement:
    """The same, confirmed by the account itself or by this manager."""
    statement = issued(account, at, now)
    actor = mover(by.manager if by else account)
    return confirm_statement(actor=actor, statement_id=statement.pk, through=by.pk if by else None, now=now)


def dues_of(account: Account) -> Decimal:
    """What the account's statements leave to be repaid."""
    left = F("credit") + F("outstanding") - F("repaid") - F("waived")
    return Statement.objects.filter(account=account).aggregate(sum=Sum(left))["sum"] or D("0.00")


def check_sums(*accounts: Account) -> None:
    """Lines, statements and the ledger say the same, in all and about what is owed."""
    for account in accounts:
        lines = BillLine.objects.filter(payer=account).aggregate(payable=Sum("payable"), voucher=Sum("voucher"))
        totals = Statement.objects.filter(account=account).aggregate(payable=Sum("payable"), voucher=Sum("voucher"))
        assert lines == totals
        have = funds_of(account=account)
        assert dues_of(account) == have.credit_used + have.arrears
