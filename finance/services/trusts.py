"""Who pays for an account: itself, or its manager under a trusteeship (A1.1, A2.4, A2.6, A2.15).

For usage ask with the start of its billing cycle, for an order with the moment in which it is paid. Plain reads, which
every other service may use; what begins and ends a trusteeship stands in `finance.services.trusteeships`.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship
from config.errors import DomainError
from finance.models import Trust


class Trusteed(DomainError):
    """The manager pays for this member, so there is nothing to give it (A2.12)."""

    code = "trusteed"
    rule = "A2.12"
    sentence = _("You pay for this account yourself, so it is given no funds. What it holds of yours can be recalled.")


class SettlesItself(DomainError):
    """A trusteed member takes no part in settling by its manager: its own statements are its own (A2.14, A4.4)."""

    code = "trusteed"
    rule = "A2.14"
    sentence = _(
        "You pay for %(account)s now, so what its own statements leave is settled neither by a plan nor by a payment "
        "of yours. It repays them itself, from its own cash."
    )


@dataclass(frozen=True, slots=True)
class Payer:
    """The account that pays, and the trusteeship by which it does, or None where the owner pays for itself."""

    account: Account
    trust: Trust | None = None


def payer_of(*, account: Account, at: datetime) -> Payer:
    """Who pays for what this account buys at that moment, or uses in a cycle that starts then."""
    return payers_of(accounts=[account], at=at)[account.pk]


def payers_of(*, accounts: Iterable[Account], at: datetime) -> dict[int, Payer]:
    """The same for many accounts, by account id; one query."""
    owners = {account.pk: account for account in accounts}
    trusts = Trust.objects.in_force(at=at).filter(member__in=owners).select_related("manager")
    found = {trust.member_id: Payer(trust.manager, trust) for trust in trusts}
    return {pk: found.get(pk) or Payer(account) for pk, account in owners.items()}


def is_trusteed(*, account: Account, at: datetime) -> bool:
    """A manager pays for what this account buys at that moment."""
    return Trust.objects.in_force(at=at).filter(member=account).exists()


def is_or_will_be_trusteed(*, account: Account, at: datetime) -> bool:
    """The same, or it is agreed for later."""
    return Trust.objects.coming_or_in_force(at=at).filter(member=account).exists()


def paid_for(*, manager: Account, at: datetime) -> frozenset[int]:
    """The ids of the members for whom this account pays, or has agreed to pay from some day on."""
    agreed = Trust.objects.coming_or_in_force(at=at).filter(manager=manager)
    return frozenset(agreed.values_list("member_id", flat=True))


def trusteed_by(*, manager: Account, at: datetime) -> set[int]:
    """The members for which this manager pays at that moment, by id."""
    return set(Trust.objects.in_force(at=at).filter(manager=manager).values_list("member_id", flat=True))


def refuse_settling(*, relationship: Relationship, at: datetime) -> None:
    """Raises SettlesItself where the manager pays for the member at that moment (A2.14)."""
    if relationship.member_id in trusteed_by(manager=relationship.manager, at=at):
        raise SettlesItself(account=relationship.member.name)


def refuse_trusteed(*, relationship: Relationship, now: datetime | None = None) -> None:
    """Raises Trusteed where the manager pays for the member, or has agreed to from some day on (A2.12)."""
    if relationship.member_id in paid_for(manager=relationship.manager, at=now or timezone.now()):
        raise Trusteed()
