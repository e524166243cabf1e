"""A manager that repays its members' statements by plans, and what must be true afterwards."""

from decimal import Decimal
from typing import Final

from django.db.models import F, Sum

from accounts.models import Account, Relationship
from accounts.permissions import P2
from finance.models import Book, Entry, PlanItem, RepaymentPlan, Statement
from finance.services.ledger import funds_of
from finance.services.plans import Wish, create_plan
from tests.factories import UserFactory, make_account, make_relationship
from tests.finance.billing import JULY, JUNE, LATER, confirmed, lend, make_line
from tests.finance.bills import make_product
from tests.finance.funds import mover, top_up

MEMBERS: Final = 24
DEPOSITS: Final = 1200  # so many small ones, each once
DEPOSIT: Final = Decimal("7.31")


def build() -> None:
    """Four plans over the statements of two months of many members, which owe credit and arrears."""
    owner, product = UserFactory.create(), make_product()
    manager = make_account(username="manager", owner=owner)
    lend(manager, "1")
    statements = []
    for number in range(MEMBERS):
        member = make_account(owner=owner)
        make_relationship(manager, member, kind=Relationship.Kind.PARTNER, points=P2)
        lend(member, "60")
        for month in (JUNE, JULY):
            for part in range(3):
                make_line(member, str(Decimal("13.37") + number + part), month, product=product)
            statements.append(confirmed(member, month, LATER).pk)
    for first in range(4):
        wish = Wish(name=f"计划{first}", statements=statements[first::4], consent=True)
        create_plan(actor=mover(manager), account=manager, wish=wish, now=LATER)


def manager() -> Account:
    """Who pays."""
    return Account.objects.get(username="manager")


def deposit(number: int) -> None:
    """Some cash; the same number again adds nothing."""
    top_up(manager(), str(DEPOSIT), key=f"deposit-{number}")


def judge() -> dict[str, bool]:
    """Each question with whether it holds."""
    paid = PlanItem.objects.aggregate(sum=Sum("paid"))["sum"] or Decimal(0)
    moved = Entry.objects.filter(transfer__kind="repayment", amount__gt=0).aggregate(sum=Sum("amount"))["sum"]
    left = F("credit") + F("outstanding") - F("repaid") - F("waived")
    cash = funds_of(account=manager()).cash
    unpaid = PlanItem.objects.exclude(state="paid", paid=F("amount"))
    return {
        "every plan is completed": not RepaymentPlan.objects.exclude(state="completed").exists(),
        "every item is repaid, by its whole amount": not unpaid.exists(),
        "every statement is settled, none beyond what was due": not Statement.objects.exclude(state="settled").exists()
        and Statement.objects.aggregate(sum=Sum(left))["sum"] == 0,
        "the ledger moved what the items say": moved == paid,
        "the manager has what it put in less what it paid": cash == DEPOSIT * DEPOSITS - paid,
        "books balance": sum(Book.objects.values_list("balance", flat=True)) == 0,
    }
