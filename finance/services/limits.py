"""What a manager set about a member and what ends with their relationship: budgets, alerts, stops of purchases."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from accounts.models import Relationship
from config.transactions import atomic
from finance.services.alerts import forget_watch
from finance.services.budgets import end_budgets
from finance.services.purchase_stops import end_stops


@dataclass(frozen=True, slots=True)
class Ended:
    """How many of each."""

    budgets: int = 0
    alerts: int = 0
    stops: int = 0


@atomic
def end_limits(*, relationship_id: int, now: datetime | None = None) -> Ended:
    """Of a relationship that was just dissolved nothing keeps limiting the member; again it finds nothing to end.

    Part of the transaction that dissolves, which holds the relationship. Locks budgets, then alerts, then stops.
    """
    relationship, at = Relationship.objects.get(pk=relationship_id), now or timezone.now()
    if relationship.is_in_force:
        return Ended()
    return Ended(
        budgets=len(end_budgets(relationship_id=relationship_id, at=at)),
        alerts=forget_watch(relationship_id=relationship_id),
        stops=len(end_stops(relationship_id=relationship_id, at=at)),
    )
