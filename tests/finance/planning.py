"""Short ways to repayment plans."""

from accounts.permissions import P2
from finance.models import RepaymentPlan
from finance.services.plans import Wish, create_plan
from tests.factories import make_account, make_relationship
from tests.finance.billing import JUNE, LATER, confirmed, make_line, statement_of
from tests.finance.funds import mover


def owing(manager, amount, at=JUNE, **more):
    link = make_relationship(manager, make_account(), **{"points": P2} | more)
    make_line(link.member, amount, at)
    confirmed(link.member, at)
    return link


def statements(links):
    return [statement_of(link.member).pk for link in links]


def plan_for(links, **more):
    """Made through the service; nothing is paid yet."""
    settled = {"name": "六月还款", "statements": statements(links), "consent": True} | more
    account = links[0].manager
    return create_plan(actor=mover(account), account=account, wish=Wish(**settled), now=LATER)


def states(plan):
    return [(item.state, item.paid) for item in plan.items.order_by("position")]


def fresh(plan):
    return RepaymentPlan.objects.get(pk=plan.pk)
