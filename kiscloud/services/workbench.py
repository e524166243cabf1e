"""The workbench: the sets that a person may use, and the one at hand (S19)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import User
from config.errors import NotFound
from config.transactions import atomic
from kiscloud.editions import App
from kiscloud.models import AccountSet, Company, SetUser, Subscription
from kiscloud.services.limits import may_open
from kiscloud.set_moments import apps_of


@dataclass(frozen=True, slots=True)
class Card:
    """A set of the person, as the workbench shows it."""

    set_user: SetUser
    is_current: bool
    is_over: bool  # its product has ended: labelled (S19.7)
    opens: bool  # it can still be entered (S10.2, S19.8)

    @property
    def account_set(self) -> AccountSet:
        """The set."""
        return self.set_user.account_set

    @property
    def product(self) -> Subscription:
        """The set's product."""
        return self.account_set.subscription

    @property
    def company(self) -> Company:
        """Whose set it is."""
        return self.product.company


@dataclass(frozen=True, slots=True)
class Group:
    """A company with the person's sets in it."""

    company: Company
    cards: Sequence[Card]


def cards_of(*, user: User, now: datetime | None = None) -> list[Card]:
    """The sets to which the person was added and not disabled since, by name; the one chosen last is current (S19.5).

    Without a choice the first is. Sets whose data is gone are not among them (S10.4).
    """
    at = now or timezone.now()
    rows = SetUser.objects.filter(user=user, state=SetUser.State.ENABLED, account_set__state=AccountSet.State.READY)
    rows = rows.filter(account_set__subscription__deleted_at=None, account_set__subscription__purged_at=None)
    rows = rows.filter(account_set__subscription__company__deleted_at=None)
    found = list(rows.select_related("account_set__subscription__company__account").order_by("account_set__name", "pk"))
    current = max((row for row in found if row.chosen_at), key=lambda row: row.chosen_at, default=None)  # type: ignore[arg-type,return-value]
    current = current or (found[0] if found else None)
    return [
        Card(
            set_user=row,
            is_current=row is current,
            is_over=row.account_set.subscription.is_over(at=at),
            opens=may_open(product=row.account_set.subscription, at=at),
        )
        for row in found
    ]


def by_company(*, cards: Sequence[Card]) -> list[Group]:
    """The same sets, below their companies (S19.2)."""
    companies = {card.company.pk: card.company for card in cards}
    order = sorted(companies.values(), key=lambda company: (company.name, company.pk))
    return [Group(company, [card for card in cards if card.company.pk == company.pk]) for company in order]


def current_of(*, cards: Sequence[Card]) -> Card | None:
    """The set at hand."""
    return next((card for card in cards if card.is_current), None)


def apps_in(*, card: Card) -> list[App]:
    """The apps that the person finds in the set (S19.1, S19.6)."""
    return apps_of(card.set_user)


@atomic
def choose_set(*, user: User, set_id: int, now: datetime | None = None) -> SetUser:
    """This set is the one at hand, also after the next log-in (S19.3). Raises NotFound for a set of others."""
    at = now or timezone.now()
    card = next((card for card in cards_of(user=user, now=at) if card.account_set.pk == set_id), None)
    if card is None:
        raise NotFound()
    card.set_user.chosen_at = at
    card.set_user.save(update_fields=["chosen_at"])
    return card.set_user
