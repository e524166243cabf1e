"""Reads for the pages of products: how each stands at a moment, and what can be done with it (S6.3, S9, S10)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Q
from django.urls import reverse
from django.utils import timezone

from kiscloud import policy
from kiscloud.editions import EDITIONS, App
from kiscloud.models import AccountSet, ActivationKey, Company, Offering, Subscription
from kiscloud.models.subscription import SubscriptionState
from kiscloud.services.switching import against_private

State = Subscription.State
TONES: Final = {
    State.UNUSED: "neutral",
    State.TRIAL: "info",
    State.PUBLIC: "ok",
    State.PRIVATE: "ok",
    State.SWITCHING: "wait",
    State.EXPIRED: "stop",
}
SOON: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Shown:
    """A product at a moment, with its sets counted and the keys that wait for it."""

    product: Subscription
    at: datetime
    sets_used: int
    renewals: int = 0
    modules: int = 0

    @property
    def state(self) -> SubscriptionState:
        """As people read it now (S9)."""
        return self.product.state_at(at=self.at)

    @property
    def tone(self) -> str:
        """How it is drawn."""
        return TONES[self.state]

    @property
    def is_activated(self) -> bool:
        """With serial number and CD-Key, be it over or not."""
        return self.product.activated_at is not None

    @property
    def is_over(self) -> bool:
        """Past its end."""
        return self.product.is_over(at=self.at)

    @property
    def ends_soon(self) -> bool:
        """Within a month."""
        end = self.product.expires_at
        return end is not None and not self.is_over and end - self.at <= SOON

    @property
    def opens_until(self) -> datetime | None:
        """Until when its sets can be used (S10.2)."""
        return self.product.expires_at + policy.GRACE if self.product.expires_at else None

    @property
    def kept_until(self) -> datetime | None:
        """From when on the data of its sets is deleted (S10.4)."""
        return self.product.expires_at + policy.KEPT if self.product.expires_at else None

    @property
    def opens(self) -> bool:
        """Whether its sets can be used now."""
        return self.product.opens_at(at=self.at)

    @property
    def days_left(self) -> int:
        """Whole days until its end; below zero after it."""
        return (self.product.expires_at - self.at).days if self.product.expires_at else 0

    @property
    def may_try(self) -> bool:
        """It was never tried nor activated."""
        return bool(self.product.state == State.UNUSED)

    @property
    def may_activate(self) -> bool:
        """Whoever has a key can use it (S8.1)."""
        return not self.is_activated

    @property
    def may_update(self) -> bool:
        """A paid renewal is waiting (S10.5)."""
        return self.is_activated and self.renewals > 0 and self.product.purged_at is None

    @property
    def may_add_module(self) -> bool:
        """A paid module is waiting (S18.2)."""
        return self.is_activated and self.modules > 0

    @property
    def may_switch(self) -> bool:
        """To a private cloud (S18.9–S18.11)."""
        return against_private(product=self.product, at=self.at) is None

    @property
    def may_delete(self) -> bool:
        """Never activated, and without sets (S11)."""
        return not self.is_activated and not self.sets_used

    @property
    def not_public(self) -> list[str]:
        """What its sets cannot do in the public cloud yet, once it is activated (S18.7)."""
        return [str(words) for words in EDITIONS[self.product.edition].not_public] if self.is_activated else []

    @property
    def apps(self) -> list[App]:
        """What its sets can do."""
        return list(EDITIONS[self.product.edition].apps)


@dataclass(frozen=True, slots=True)
class Place:
    """A day on the line of how a product ends."""

    name: str
    at: datetime
    is_past: bool


def rows_of(company: Company, *, at: datetime | None = None) -> list[Shown]:
    """Every product of the company, the newest last; three queries."""
    now = at or timezone.now()
    return _shown(company.subscriptions.listed().select_related("key").order_by("pk"), company, now)


def shown(product: Subscription, *, at: datetime | None = None) -> Shown:
    """One of them."""
    return _shown([product], product.company, at or timezone.now())[0]


def rows_for(products: Iterable[Subscription], company: Company, *, at: datetime | None = None) -> list[Shown]:
    """These products of the company, in their order; two queries."""
    return _shown(products, company, at or timezone.now())


def waiting_keys(company: Company) -> list[ActivationKey]:
    """What the company's account has bought and not used yet (S6.2)."""
    keys = ActivationKey.objects.unused().filter(account=company.account_id)
    return list(keys.select_related("order").order_by("created_at", "pk")[:50])


def order_pages(product: Subscription) -> dict[str, str]:
    """Where a licence and the module of this edition are ordered, by kind: the page of the one product that is on
    sale, or the list of several; nothing for what is not on sale. One query."""
    on_sale = Offering.objects.filter(edition=product.edition, product__active=True, product__listed=True)
    found: dict[str, list[int]] = {}
    for kind, sold in on_sale.order_by("product").values_list("kind", "product"):
        found.setdefault(kind, []).append(sold)
    return {
        kind: reverse("finance:order-create", args=sold) if len(sold) == 1 else reverse("finance:product-list")
        for kind, sold in found.items()
    }


def days_of(row: Shown) -> list[Place]:
    """When it ends, when its sets close, when its data goes: for the picture."""
    product = row.product
    if product.expires_at is None or row.opens_until is None or row.kept_until is None:
        return []
    days = {"ends": product.expires_at, "closes": row.opens_until, "goes": row.kept_until}
    return [Place(name, day, row.at >= day) for name, day in days.items()]


def _shown(products: Iterable[Subscription], company: Company, at: datetime) -> list[Shown]:
    listed = list(products)
    counted = AccountSet.objects.standing().filter(subscription__in=listed)
    sets = dict(counted.values_list("subscription").annotate(Count("pk")).order_by())
    waiting = ActivationKey.objects.unused().filter(account=company.account_id).values_list("edition")
    keys = waiting.annotate(
        licences=Count("pk", filter=Q(kind=Offering.Kind.LICENCE)),
        modules=Count("pk", filter=Q(kind=Offering.Kind.MODULE)),
    )
    found = {edition: (licences, modules) for edition, licences, modules in keys.order_by()}
    rows = []
    for product in listed:
        product.company = company
        rows.append(Shown(product, at, sets.get(product.pk, 0), *found.get(product.edition, (0, 0))))
    return rows
