"""Short ways to budgets, thresholds and accounts that owe."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from accounts.models import Account, Relationship
from finance.models import BillLine, Budget, Product, Trust
from finance.services.budgets import Plan, create_budget
from finance.services.charging import Draft, charge
from tests.finance.bills import make_product
from tests.finance.funds import D, fresh_key, mover

MAY = datetime(2031, 5, 20, 4, tzinfo=UTC)  # noon in Beijing on the 20th
DAY = timedelta(days=1)


def bill(
    payer: Account, amount: str, *, owner: Account | None = None, at: datetime = MAY, product: Product | None = None
) -> BillLine:
    """A charge of usage in the month of that moment; what nothing is left for becomes arrears."""
    draft = Draft(
        owner=owner or payer,
        product=product or make_product(),
        category=BillLine.Category.USE,
        instance=fresh_key(),
        cycle_start=at - timedelta(hours=1),
        cycle_end=at,
        quantity=D(1),
        gross=D(amount),
    )
    return charge(draft=draft, payer=payer, key=fresh_key(), now=at, may_owe=True)


def budget(account: Account, amount: str = "1000.00", now: datetime = MAY, **more) -> Budget:
    """Through the service."""
    more.setdefault("name", "云资源")
    return create_budget(actor=mover(account), account=account, plan=Plan(amount=Decimal(amount), **more), now=now)


def entrust(link: Relationship, since: datetime = MAY - 30 * DAY) -> Trust:
    """The manager pays for the member since then."""
    return Trust.objects.create(
        relationship=link,
        manager=link.manager,
        member=link.member,
        state=Trust.State.AGREED,
        starts_at=since,
        expires_at=since,
    )
