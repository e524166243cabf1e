"""What the API takes: shape only, the services judge the rest. Names that are not known are refused, not ignored."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as Fault
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from accounts import policy
from accounts.models import Invitation, Relationship
from accounts.names import clean_remark
from accounts.permissions import PRESETS, Inherit, Point, Preset
from accounts.serializers import SIDES
from accounts.standing import Narrow
from accounts.terms import Terms
from config.api.view import PAGING
from config.paging import PAGE_SIZE

IDENTIFIER_LENGTH = 254


class Strict(serializers.Serializer[Any]):
    """A misspelt name would otherwise do something other than what was meant."""

    def to_internal_value(self, data: Any) -> Any:
        """The values, or a sentence for each name that means nothing here."""
        if isinstance(data, Mapping) and (unknown := sorted(set(data) - set(self.fields) - self.also_known())):
            raise serializers.ValidationError({name: [_now("There is no such value here.")] for name in unknown})
        return super().to_internal_value(data)

    def also_known(self) -> frozenset[str]:
        """Names that others read."""
        return frozenset()


class Query(Strict):
    """What every list may be asked."""

    limit = serializers.IntegerField(
        min_value=1, max_value=policy.API_PAGE_MAX, default=PAGE_SIZE, help_text=_("How many at once.")
    )
    after = serializers.CharField(required=False, help_text=_("From “next”; follow the link as it is."))
    before = serializers.CharField(required=False, help_text=_("From “previous”; follow the link as it is."))

    def also_known(self) -> frozenset[str]:
        """The cursor."""
        return PAGING


class RelationshipQuery(Query):
    """Narrows the list of relationships."""

    state = serializers.ChoiceField(Narrow.choices, required=False)
    kind = serializers.ChoiceField(Relationship.Kind.choices, required=False)
    side = serializers.ChoiceField(SIDES, required=False)


class InvitationQuery(Query):
    """Narrows the list of invitations."""

    state = serializers.ChoiceField(Invitation.State.choices, required=False)
    purpose = serializers.ChoiceField(Invitation.Purpose.choices, required=False)
    side = serializers.ChoiceField(SIDES, required=False)
    relationship = serializers.IntegerField(required=False, min_value=1, help_text=_("The id of a relationship."))


class DissolveQuery(Strict):
    """What was seen before."""

    seen = serializers.CharField(
        required=False, max_length=64, help_text=_("From the preflight: refused if its facts have changed since.")
    )


class TargetQuery(Strict):
    """Whom the account would like to invite."""

    identifier = serializers.CharField(
        max_length=IDENTIFIER_LENGTH, help_text=_("User name or registration e-mail of the account.")
    )


class TermsIn(Strict):
    """Permissions by a preset or one by one, and what may be inherited."""

    preset = serializers.ChoiceField(
        Preset.choices, required=False, help_text=_("“view”, or “operate”, which contains it. Instead of “points”.")
    )
    points = serializers.ListField(
        child=serializers.ChoiceField(Point.choices),
        required=False,
        max_length=len(Point),
        help_text=_("Permissions one by one; operating ones bring the viewing ones with them."),
    )
    inherits = serializers.ListField(
        child=serializers.ChoiceField(Inherit.choices),
        required=False,
        max_length=len(Inherit),
        help_text=_("Within one and the same enterprise only; the member ticks it when it accepts."),
    )
    remark = serializers.CharField(
        required=False, allow_blank=True, help_text=_("Your own note on this account; the other side never sees it.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """A preset or points, not both."""
        if "preset" in attrs and "points" in attrs:
            raise serializers.ValidationError({"points": [_now("Send “preset” or “points”, not both.")]})
        if "preset" in attrs:
            attrs["points"] = sorted(PRESETS[attrs["preset"]])
        return attrs

    def validate_remark(self, value: str) -> str:
        """In its stored form."""
        try:
            return clean_remark(value)
        except Fault as error:
            raise serializers.ValidationError(error.messages) from error


class InvitationIn(TermsIn):
    """An account to be linked, as what, and on which terms."""

    identifier = serializers.CharField(
        max_length=IDENTIFIER_LENGTH, help_text=_("User name or registration e-mail of the account.")
    )
    kind = serializers.ChoiceField(Relationship.Kind.choices)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Points there must be."""
        attrs = super().validate(attrs)
        if not attrs.get("points"):
            raise serializers.ValidationError({"points": [_now("Choose at least one permission.")]})
        return attrs


class ChangeIn(TermsIn):
    """Other permissions, which the member is asked for; or another remark, which holds at once."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Something there must be."""
        attrs = super().validate(attrs)
        if not attrs:
            raise serializers.ValidationError([_now("Send “preset”, “points”, “inherits” or “remark”.")])
        return attrs


def changed_terms(relationship: Relationship, asked: Mapping[str, Any]) -> Terms | None:
    """The terms to ask the member for, what was not sent kept as it is; None where only the remark changes."""
    if "points" not in asked and "inherits" not in asked:
        return None
    return Terms.asked(asked.get("points", relationship.points), asked.get("inherits", relationship.inherits))
