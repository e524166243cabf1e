"""What the API of trusteeships takes and answers: shape only, the services judge the rest."""

from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.api.inputs import Query, Strict
from accounts.forms.filters import EARLIEST, LATEST
from accounts.serializers import SIDES
from finance.api.inputs import AmountField
from finance.cycles import first_cycle_from
from finance.models import Trust
from finance.models.product import Cycle
from finance.serializers import SideOut, Yuan

PK_MOST = 2**63 - 1


class Day(serializers.DateField):
    """A day that a calendar has."""

    def to_internal_value(self, value: Any) -> Any:
        """Within the years in which anything can happen."""
        day = super().to_internal_value(value)
        if not EARLIEST <= day <= LATEST:
            raise serializers.ValidationError(_now("This day is out of range."))
        return day


class TrustIn(Strict):
    """For which member, from when on, with what."""

    relationship = serializers.IntegerField(min_value=1, max_value=PK_MOST, help_text=_("The id of a relationship."))
    starts_on = Day(required=False, allow_null=True, help_text=_("Null: as soon as the member agrees. Beijing time."))
    from_cash = serializers.BooleanField(default=False, help_text=_("Cash pays too, before credit."))
    shares_vouchers = serializers.BooleanField(
        default=False, help_text=_("General vouchers of the manager may pay for the member.")
    )
    cap = AmountField(
        required=False,
        allow_null=True,
        help_text=_(
            "The most a month, in yuan, as text. Above it orders are refused, and usage is charged to the member."
        ),
    )


class EndIn(Strict):
    """From when on not any more."""

    ends_on = Day(required=False, allow_null=True, help_text=_("Null: from now on. Beijing time."))


class UnderstoodIn(Strict):
    """The member has read from when on who pays (A2.20)."""

    understood = serializers.BooleanField(help_text=_("Must be true: from when on who pays has been read."))

    def validate_understood(self, value: bool) -> bool:
        """Nothing else will do."""
        if not value:
            raise serializers.ValidationError(_now("Please read the dates and tick this first."))
        return value


class TrustQuery(Query):
    """Narrows the list."""

    side = serializers.ChoiceField(SIDES, required=False, help_text=_("On which side this account stands."))
    state = serializers.ChoiceField(Trust.State.choices, required=False)
    relationship = serializers.IntegerField(min_value=1, max_value=PK_MOST, required=False)


class CountsFromOut(serializers.Serializer[Any]):
    """A kind of billing period, and when the first one begins that counts."""

    cycle = serializers.ChoiceField(Cycle.choices)
    counts_from = serializers.DateTimeField(source="at")


class TrustOut(serializers.Serializer[Trust]):
    """One trusteeship, seen from the side of the key's account."""

    id = serializers.IntegerField()
    relationship = serializers.IntegerField(source="relationship_id", help_text=_("The id of the relationship."))
    side = serializers.SerializerMethodField()
    manager = SideOut(help_text=_("Who pays."))
    member = SideOut(help_text=_("Who is paid for."))
    state = serializers.SerializerMethodField()
    in_force = serializers.SerializerMethodField(help_text=_("The manager pays for orders at this moment."))
    starts_at = serializers.DateTimeField(allow_null=True)
    ends_at = serializers.DateTimeField(allow_null=True)
    counts_from = serializers.SerializerMethodField(
        help_text=_("When the first billing period begins that the manager pays; for a proposal, if agreed now.")
    )
    from_cash = serializers.BooleanField()
    shares_vouchers = serializers.BooleanField()
    cap = Yuan(allow_null=True)
    used_of_cap = Yuan(
        source="used",
        allow_null=True,
        help_text=_("What counts on the limit of the current month already; null without a limit."),
    )
    proposed_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(help_text=_("Until when a proposal can be answered."))
    answered_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(SIDES))
    def get_side(self, row: Trust) -> str:
        """On which side the key's account stands."""
        return "manager" if row.manager_id == self.context["view"].account.pk else "member"

    @extend_schema_field(serializers.ChoiceField(Trust.State.choices))
    def get_state(self, row: Trust) -> str:
        """Judged now: what has run out or ended is so before anybody has written it down."""
        now = timezone.now()
        if row.state == Trust.State.PROPOSED and not row.is_open(at=now):
            return str(Trust.State.EXPIRED)
        if row.state == Trust.State.AGREED and row.ends_at is not None and row.ends_at <= now:
            return str(Trust.State.ENDED)
        return str(row.state)

    @extend_schema_field(serializers.BooleanField())
    def get_in_force(self, row: Trust) -> bool:
        """Now."""
        return row.is_in_force(at=timezone.now())

    @extend_schema_field(CountsFromOut(many=True))
    def get_counts_from(self, row: Trust) -> Any:
        """By cycle; nothing for what never begins."""
        if row.state not in {Trust.State.PROPOSED, *Trust.COUNTS}:
            return []
        start = _start(row, timezone.now())
        turns = [{"cycle": cycle.value, "at": first_cycle_from(cycle.value, start)} for cycle in Cycle]
        return CountsFromOut(turns, many=True).data


def _start(row: Trust, now: datetime) -> datetime:
    start = row.starts_at or now
    return max(start, now) if row.state == Trust.State.PROPOSED else start
