"""What is agreed between manager and member."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from accounts.models import Account, Relationship, WithheldPoint
from accounts.permissions import ConsoleRole, Inherit, Point, complete


@dataclass(frozen=True, slots=True)
class Terms:
    """Points, what the member inherits, and console access."""

    points: list[str] = field(default_factory=list)
    inherits: list[str] = field(default_factory=list)
    console_role: str = ConsoleRole.NONE

    @classmethod
    def of(cls, holder: object) -> "Terms":
        """The terms that a relationship or an invitation carries."""
        return cls(
            points=list(getattr(holder, "points", [])),
            inherits=list(getattr(holder, "inherits", [])),
            console_role=str(getattr(holder, "console_role", ConsoleRole.NONE)),
        )

    @classmethod
    def asked(cls, points: Iterable[str] = (), inherits: Iterable[str] = (), console: str = "") -> "Terms":
        """Terms in their stored order, operating points completed by the viewing ones (K7.6)."""
        wanted = set(inherits)
        return cls(
            points=complete(points),
            inherits=[item.value for item in Inherit if item in wanted],
            console_role=console or ConsoleRole.NONE,
        )


def offered_points(kind: str) -> list[Point]:
    """The points that may be asked for in this kind of relationship (K6.6, K6.7, Q-3)."""
    withheld = set(WithheldPoint.objects.filter(kind=kind).values_list("point", flat=True))
    return [point for point in Point if point not in withheld]


def offered_inherits(kind: str, manager: Account, member: Account) -> list[Inherit]:
    """What may be inherited: within a group, when both are verified as the same enterprise (K1.3, Q-1)."""
    if kind == Relationship.Kind.GROUP and manager.same_enterprise(member):
        return list(Inherit)
    return []
