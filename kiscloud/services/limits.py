"""What a company that is not verified may still do, as time goes by (S5.4, Q-7). Whoever gives more asks here.

Thirty days after the first activation new sets, new users and restores are refused; fifteen days later opening, too.
Backups are never refused. Each of the four can be switched off (`KIS_UNVERIFIED_BLOCKS`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account
from config.errors import DomainError
from kiscloud import policy
from kiscloud.models import Company, Subscription


class Act(StrEnum):
    """What may be refused."""

    NEW_SET = "new_sets"
    NEW_USER = "new_users"
    RESTORE = "restores"
    OPEN = "opening"


class VerifyFirst(DomainError):
    """Too long without verification."""

    code = "company_not_verified"
    rule = "S5.4"
    sentence = _("“%(company)s” had to be verified by %(day)s and is not, so this is not possible now.")
    hint = _("Verify the company: everything works again at once. Backups are possible at any time.")


@dataclass(frozen=True, slots=True)
class Verification:
    """How a company stands with its verification at a moment; without days where nothing depends on it."""

    verified: bool
    verify_by: datetime | None = None
    opens_until: datetime | None = None
    late: bool = False
    closed: bool = False
    days_left: int = 0

    def refuses(self, act: Act) -> bool:
        """Whether the act is refused now."""
        return (self.closed if act == Act.OPEN else self.late) and act in settings.KIS_UNVERIFIED_BLOCKS

    @property
    def closing(self) -> bool:
        """Whether there is a day from which sets no longer open."""
        return Act.OPEN in settings.KIS_UNVERIFIED_BLOCKS


def verification_of(*, company: Company, now: datetime | None = None) -> Verification:
    """How the company stands; it asks the database nothing beyond the company and its account."""
    at = now or timezone.now()
    verified = company.account.certified == Account.Certified.ENTERPRISE
    if verified or company.is_demo or company.served_since is None:
        return Verification(verified=verified)
    verify_by = company.served_since + policy.VERIFY_WITHIN
    opens_until = verify_by + policy.OPEN_UNVERIFIED
    return Verification(
        verified=False,
        verify_by=verify_by,
        opens_until=opens_until,
        late=at >= verify_by,
        closed=at >= opens_until,
        days_left=max(0, -((at - verify_by) // timedelta(days=1))),
    )


def may_open(*, product: Subscription, at: datetime) -> bool:
    """Whether sets of the product may be entered: it runs or ended lately (S10.2), here and not in a private cloud
    (S9.5), and nothing is overdue (Q-7)."""
    if product.is_private:
        return False
    return product.opens_at(at=at) and not verification_of(company=product.company, now=at).refuses(Act.OPEN)


def require_verified_in_time(*, company: Company, act: Act, now: datetime | None = None) -> None:
    """Raises VerifyFirst where the company should have been verified by now for this (S5.4, Q-7)."""
    standing = verification_of(company=company, now=now)
    if standing.verify_by is not None and standing.refuses(act):
        raise VerifyFirst(company=company.name, day=f"{timezone.localtime(standing.verify_by):%Y-%m-%d}")
