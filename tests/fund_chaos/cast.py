"""The accounts: two managers that share members, with money, credit and keys, all made by the services."""

from dataclasses import dataclass
from decimal import Decimal

from accounts.actors import Actor, Door
from accounts.models import Account, Relationship
from accounts.models.api_key import Scope
from accounts.services.api_keys import create_key
from finance.models import TopUp
from finance.services.top_ups import confirm_top_up, start_top_up
from tests.factories import UserFactory, make_account, make_relationship, owner_of

MANAGERS, MEMBERS, SHARED = 2, 8, 4
FIRST_MONEY = Decimal("2000.00")  # little enough that refusals for want of money are among the answers


@dataclass(frozen=True, slots=True)
class Manager:
    """One of the accounts that move money."""

    account: Account
    links: list[Relationship]
    foreign: int  # the id of a relationship that is not its own


@dataclass(frozen=True, slots=True)
class Caller:
    """One business system: whose it is, and its secret."""

    manager: Manager
    secret: str


def make_cast(clients: int) -> tuple[list[Manager], list[Caller]]:
    """The managers, each linked with members of which some have both, and a key for each client."""
    accounts = [make_account(username=f"manager{number}") for number in range(MANAGERS)]
    shared = [make_account() for _ in range(SHARED)]
    links = [_link(account, number, shared) for number, account in enumerate(accounts)]
    managers = [Manager(account, links[number], links[number - 1][0].pk) for number, account in enumerate(accounts)]
    for manager in managers:
        _top_up(manager.account)
    return managers, [
        Caller(managers[number % MANAGERS], _key(managers[number % MANAGERS], number)) for number in range(clients)
    ]


def _link(manager: Account, number: int, shared: list[Account]) -> list[Relationship]:
    own = [make_account() for _ in range(MEMBERS - SHARED)]
    kind = "group" if number == 0 else "partner"
    return [make_relationship(manager, member, kind=kind) for member in [*shared, *own]]


def _top_up(account: Account) -> None:
    support = Actor(door=Door.STAFF, user=UserFactory.create(is_staff=True, is_superuser=True))
    announced = start_top_up(
        actor=owner(account), account=account, amount=FIRST_MONEY, channel=TopUp.Channel.BANK, key="first"
    )
    confirm_top_up(actor=support, top_up_id=announced.pk, arrived=FIRST_MONEY, bank_reference=f"CHAOS-{account.pk}")


def _key(manager: Manager, number: int) -> str:
    scopes = [Scope.FUNDS_READ.value, Scope.FUNDS_WRITE.value]
    account = manager.account
    _made, secret = create_key(actor=owner(account), account=account, name=f"client {number}", scopes=scopes)
    return secret


def owner(account: Account) -> Actor:
    """With every code passed."""
    return Actor(door=Door.CONSOLE, user=owner_of(account), account=account, cleared=True)
