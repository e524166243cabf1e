"""Short ways to a manager whose credit lies in stripes, and to charges that it pays for."""

from datetime import datetime

from django.db.models import Sum

from accounts.models import Account
from finance.models import BillLine, Book, Statement, Trust
from finance.services.charging import Draft, charge
from finance.services.statement_parts import count_in_all
from finance.services.stripes import stripe_credit
from tests.finance.billing import JUNE, check_sums, lend
from tests.finance.bills import make_product
from tests.finance.funds import D, books_sum, fresh_key, staff

PARTS = ("payable", "voucher", "cash", "credit", "outstanding")


def striped(account: Account, limit: str) -> Account:
    """With that credit, in stripes."""
    lend(account, limit)
    stripe_credit(actor=staff(), account=account)
    return account


def pay_for(member: Account, payer: Account, amount: str, at: datetime = JUNE, **more) -> BillLine:
    """The manager pays by its credit for what a member used."""
    draft = Draft(
        owner=member,
        product=more.pop("product", None) or make_product(),
        category=BillLine.Category.USE,
        instance=more.pop("instance", "") or fresh_key(),
        cycle_start=at,
        cycle_end=at,
        quantity=D(1),
        gross=D(amount),
    )
    trust = Trust(manager=payer, member=member)
    return charge(draft=draft, payer=payer, key=fresh_key(), now=at, trust=trust, **more)


def stripes_of(account: Account) -> list[Book]:
    """Freshly read."""
    return list(Book.objects.filter(account=account, kind="credit").order_by("pk"))


def check_all(account: Account, limit: str) -> None:
    """Never above the limit, and lines, statements and the ledger say the same, part by part."""
    count_in_all()
    books = stripes_of(account)
    floors = [book.floor if book.floor is not None else D("0.00") for book in books]
    assert all(book.balance >= floor for book, floor in zip(books, floors, strict=True))
    assert -sum(floors) <= D(limit)
    for statement in Statement.objects.filter(account=account):
        lines = BillLine.objects.filter(statement=statement).aggregate(**{name: Sum(name) for name in PARTS})
        assert {name: getattr(statement, name) for name in PARTS} == {k: v or D("0.00") for k, v in lines.items()}
        assert statement.lines == BillLine.objects.filter(statement=statement).count()
    check_sums(account)
    assert books_sum() == 0
