"""Account sets that are created, for tests."""

from typing import Any

from accounts.actors import Actor
from config.jobs import run_due
from kiscloud.models import AccountSet, CompanyMember, SetUser, Subscription
from kiscloud.services.account_sets import create_set, make_set
from kiscloud.set_parameters import Parameters
from tests.factories import make_user
from tests.kiscloud.kis import person

PARAMETERS = Parameters(company="示例商贸有限公司", start_month=202601)


def begin_set(product: Subscription, actor: Actor | None = None, *, name: str = "一号账套", **more: Any) -> AccountSet:
    """A set that is being created, asked for by the founder unless told otherwise."""
    by = actor or person(product.company.founder)
    return create_set(actor=by, subscription_id=product.pk, name=name, parameters=PARAMETERS, **more)


def created(product: Subscription, actor: Actor | None = None, *, name: str = "一号账套") -> AccountSet:
    """The same, ready."""
    account_set = begin_set(product, actor, name=name)
    make_set(set_id=account_set.pk)
    account_set.refresh_from_db()
    return account_set


def colleague(product: Subscription, name: str = "王芳") -> CompanyMember:
    """Somebody in the company's address book, no administrator."""
    return CompanyMember.objects.create(company=product.company, user=make_user(), name=name)


def in_set(account_set: AccountSet, member: CompanyMember, **more: Any) -> SetUser:
    """The colleague is in the set."""
    return SetUser.objects.create(account_set=account_set, user=member.user, name=member.name, **more)


def work() -> None:
    """Every waiting job is done."""
    run_due()
