"""Low-balance thresholds as pages show them: what is available, how long it lasts, below what somebody is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from accounts.models import Account, Relationship
from accounts.permissions import Point
from finance.models import BalanceAlert
from finance.runway import days_left
from finance.services.means import Means, means_of_all


@dataclass(frozen=True, slots=True)
class AlertStanding:
    """An account as whoever watches it sees it. `means` only where it shows its balance (K1.2)."""

    account: Account
    relationship: Relationship | None = None
    alert: BalanceAlert | None = None
    means: Means | None = None
    days: int | None = None

    @property
    def is_low(self) -> bool:
        """Below the threshold now."""
        return self.alert is not None and self.means is not None and self.means.available < self.alert.threshold


def own_alert(account: Account, *, at: datetime) -> AlertStanding:
    """The account about itself."""
    alert = BalanceAlert.objects.filter(account=account, watcher=account).first()
    means = means_of_all(accounts=[account], at=at)
    days = days_left({account.pk: means[account.pk].available}, now=at)
    return AlertStanding(account, None, alert, means[account.pk], days[account.pk])


def alert_standings(watcher: Account, links: Sequence[Relationship], *, at: datetime) -> list[AlertStanding]:
    """One for each relationship in which the watcher is the manager; seven queries, however many they are."""
    shown = [link.member for link in links if link.grants(Point.VIEW_BALANCE)]
    means = means_of_all(accounts=shown, at=at)
    days = days_left({pk: one.available for pk, one in means.items()}, now=at)
    alerts = BalanceAlert.objects.filter(watcher=watcher, account__in=[link.member_id for link in links])
    by_account = {alert.account_id: alert for alert in alerts}
    return [
        AlertStanding(
            account=link.member,
            relationship=link,
            alert=by_account.get(link.member_id),
            means=means.get(link.member_id),
            days=days.get(link.member_id),
        )
        for link in links
    ]
