"""Companies that use a product and are not verified are reminded on fixed days (S5.4, Q-7)."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from accounts.actors import SYSTEM
from accounts.events import record
from accounts.models import Account, Event
from config.transactions import atomic
from kiscloud import policy
from kiscloud.models import Company
from kiscloud.services.companies import locked_company

KIND = "company.verify_soon"
BATCH = 500


def remind_unverified(*, now: datetime | None = None) -> int:
    """Each such company was reminded of its latest fixed day, once; answers how many were. One transaction each."""
    at = now or timezone.now()
    first = policy.VERIFY_WITHIN + timedelta(days=policy.VERIFY_NOTICES[0])
    last = policy.VERIFY_WITHIN + timedelta(days=policy.VERIFY_NOTICES[-1] + 1)
    due = Company.objects.standing().filter(served_since__lte=at - first, served_since__gt=at - last)
    unverified = due.exclude(account__certified=Account.Certified.ENTERPRISE)
    return sum(_remind(pk, at) for pk in unverified.order_by("pk").values_list("pk", flat=True)[:BATCH])


@atomic
def _remind(company_id: int, at: datetime) -> int:
    company = locked_company(company_id=company_id)
    assert company.served_since is not None  # noqa: S101
    verify_by = company.served_since + policy.VERIFY_WITHIN
    day = max(day for day in policy.VERIFY_NOTICES if at >= verify_by + timedelta(days=day))
    told = Event.objects.filter(kind=KIND, subject_type="kiscloud.company", subject_id=company.pk, facts__notice=day)
    if told.exists():
        return 0
    facts: dict[str, Any] = {"company": company.name, "day": f"{timezone.localtime(verify_by):%Y-%m-%d}", "notice": day}
    record(KIND, actor=SYSTEM, account=company.account, subject=company, at=at, **facts)
    return 1
