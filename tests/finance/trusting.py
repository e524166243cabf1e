"""Short ways to trusteeships."""

from datetime import UTC, datetime

from django.utils import timezone

from accounts.models import Account, Relationship
from finance.models import Category, Product, Resource, Trust
from finance.services import trusteeships
from finance.services.credit import grant_credit
from tests.factories import acting, make_account, make_relationship
from tests.finance.funds import D, mover, staff, top_up

START = datetime(2026, 3, 10, 16, tzinfo=UTC)


def make_pair(**fields) -> Relationship:
    """A group of two accounts of one enterprise; the manager has 1,000.00 of credit, the member 100.00 of cash."""
    manager = make_account()
    grant_credit(actor=staff(), account=manager, limit=D("1000.00"))
    return add_member(manager, **fields)


def add_member(manager: Account, **fields) -> Relationship:
    """One member more."""
    member = make_account(enterprise=manager.enterprise)
    top_up(member, "100.00")
    return make_relationship(manager, member, **fields)


def trust_row(relationship: Relationship, **fields) -> Trust:
    """As if it had been agreed."""
    fields = {"state": "agreed", "starts_at": START, "expires_at": START} | fields
    sides = {"manager": relationship.manager, "member": relationship.member}
    return Trust.objects.create(relationship=relationship, **sides, **fields)


def propose(relationship: Relationship, **more) -> Trust:
    """Through the service."""
    actor = more.pop("actor", None) or mover(relationship.manager)
    return trusteeships.propose_trust(actor=actor, relationship_id=relationship.pk, **more)


def accept(trust: Trust, **more) -> Trust:
    """By the member's owner."""
    actor = more.pop("actor", None) or acting(trust.member)
    return trusteeships.accept_trust(actor=actor, trust_id=trust.pk, **more)


def agree(relationship: Relationship, **more) -> Trust:
    """Proposed and accepted."""
    return accept(propose(relationship, **more), **({"now": more["now"]} if "now" in more else {}))


def refuse(trust: Trust, **more) -> Trust:
    """By the member's owner."""
    return trusteeships.refuse_trust(actor=acting(trust.member), trust_id=trust.pk, **more)


def withdraw(trust: Trust, **more) -> Trust:
    """By the manager's owner."""
    return trusteeships.withdraw_trust(actor=mover(trust.manager), trust_id=trust.pk, **more)


def end(trust: Trust, **more) -> Trust:
    """By the manager's owner."""
    return trusteeships.end_trust(actor=mover(trust.manager), trust_id=trust.pk, **more)


def keep(trust: Trust, **more) -> Trust:
    """By the manager's owner."""
    return trusteeships.keep_trust(actor=mover(trust.manager), trust_id=trust.pk, **more)


def make_resource(owner: Account, name: str = "ecs-1", **fields) -> Resource:
    """Paid ahead until the end of 2030."""
    category, _new = Category.objects.get_or_create(code="compute", defaults={"name": "计算"})
    product, _new = Product.objects.get_or_create(
        code="ecs", defaults={"name": "云服务器", "category": category, "pay_mode": "prepaid", "unit": "台"}
    )
    times = {"starts_at": timezone.now(), "ends_at": datetime(2030, 12, 31, tzinfo=UTC)}
    return Resource.objects.create(owner=owner, product=product, instance=name, quantity=1, **(times | fields))
