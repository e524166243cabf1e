"""What a client offers after log-in: companies, and in them the sets that the person may enter (S2.10, S20.1)."""

from dataclasses import dataclass, field
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from kiscloud.models import AccountSet, Company, SetUser, Subscription
from kiscloud.services.demo_sets import is_demo
from kiscloud.services.limits import may_open


@dataclass(frozen=True, slots=True)
class SetChoice:
    """A set, and whether it opens now."""

    account_set: AccountSet
    product: Subscription
    is_expired: bool
    opens: bool


@dataclass(frozen=True, slots=True)
class CompanyChoice:
    """A company with the sets of it that the person may enter."""

    company: Company
    sets: list[SetChoice] = field(default_factory=list)


def choices_for(*, user: User, now: datetime | None = None) -> list[CompanyChoice]:
    """Own companies by name, after them that of the demo sets, which the trial environment
    opens to all (S3.1, S3.4, S25.7). One query."""
    at = now or timezone.now()
    own = Q(users__user=user, users__state=SetUser.State.ENABLED)
    allowed = own | Q(subscription__company__is_demo=True) if settings.TRIAL_ENVIRONMENT else own
    rows = AccountSet.objects.standing().filter(allowed, subscription__deleted_at=None).distinct()
    ordered = ("subscription__company__is_demo", "subscription__company__name", "subscription__company", "name", "pk")
    found: dict[int, CompanyChoice] = {}
    for row in rows.select_related("subscription__company__account").order_by(*ordered):
        company = row.subscription.company
        found.setdefault(company.pk, CompanyChoice(company)).sets.append(_choice(row, at))
    return list(found.values())


def _choice(row: AccountSet, at: datetime) -> SetChoice:
    product, ready = row.subscription, row.state == AccountSet.State.READY
    if is_demo(account_set=row):
        return SetChoice(row, product, is_expired=False, opens=ready)
    return SetChoice(row, product, is_expired=product.is_over(at=at), opens=ready and may_open(product=product, at=at))
