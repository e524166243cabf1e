"""What the API answers: each serializer is one shape of the description, filled from rows that the views prepared."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from accounts.models import Account, Invitation, Relationship
from accounts.models.api_key import Scope
from accounts.permissions import ConsoleRole, Inherit, Point
from accounts.standing import Shown, Standing
from accounts.wording import mask_middle, mask_number

SIDES = [("manager", _("This account manages the other")), ("member", _("This account is managed by the other"))]
ENDS = [(end.value, end.label) for end in Relationship.End if end]


def side_of(account: Account, relationship: Relationship) -> str:
    """On which side of the relationship the account stands."""
    return "manager" if relationship.manager_id == account.pk else "member"


class EnterpriseOut(serializers.Serializer[Any]):
    """A legal entity."""

    name = serializers.CharField()
    credit_code = serializers.CharField(help_text=_("Unified social credit code."))


class PartyOut(serializers.Serializer[Account]):
    """One side of a relationship. Before it has agreed, the manager sees the member by the ends of its names only."""

    number = serializers.CharField(help_text=_("Account number, ten digits."))
    username = serializers.CharField()
    name = serializers.CharField()
    enterprise = EnterpriseOut(allow_null=True)


def member_of(account: Account, relationship: Relationship) -> dict[str, Any]:
    """The member as this side of the relationship may see it (`accounts.wording` has the same rule for people)."""
    member = relationship.member
    shown = dict(PartyOut(member).data)
    if side_of(account, relationship) == "manager" and relationship.established_at is None:
        names = {"name": mask_middle(member.name), "username": mask_middle(member.username)}
        shown |= {"number": mask_number(member.number), **names, "enterprise": None}
    return shown


class TermsOut(serializers.Serializer[Any]):
    """What is granted, or asked for; after what the subclass says first."""

    points = serializers.ListField(child=serializers.ChoiceField(Point.choices), help_text=_("Permissions."))
    inherits = serializers.ListField(child=serializers.ChoiceField(Inherit.choices))
    console_role = serializers.ChoiceField(ConsoleRole.choices)

    def get_fields(self) -> dict[str, Any]:
        """Who and what before on which terms, as a reader expects it."""
        fields = super().get_fields()
        terms = {name: fields.pop(name) for name in ("points", "inherits", "console_role")}
        return {**fields, **terms}


class WaitingOut(TermsOut):
    """The question that waits for the member, with the terms that it asks for."""

    id = serializers.IntegerField(help_text=_("The id of the invitation."))
    purpose = serializers.ChoiceField(Invitation.Purpose.choices)
    sent_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()


class RelationshipOut(TermsOut):
    """A manager account linked with a member account, seen from the side of the key's account."""

    id = serializers.IntegerField()
    side = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(Relationship.Kind.choices)
    state = serializers.SerializerMethodField()
    reason = serializers.SerializerMethodField()
    origin = serializers.ChoiceField(Relationship.Origin.choices)
    manager = PartyOut()
    member = serializers.SerializerMethodField()
    remark = serializers.SerializerMethodField()
    waiting = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()
    established_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(SIDES))
    def get_side(self, row: Relationship) -> str:
        """On which side the key's account stands."""
        return side_of(self.context["view"].account, row)

    @extend_schema_field(PartyOut)
    def get_member(self, row: Relationship) -> dict[str, Any]:
        """As far as the key's account may see it."""
        return member_of(self.context["view"].account, row)

    @extend_schema_field(serializers.ChoiceField(Shown.choices))
    def get_state(self, row: Relationship) -> str:
        """Judged at this moment."""
        return standing(row).shown.value

    @extend_schema_field(serializers.ChoiceField(ENDS, allow_null=True, help_text=_("Why it is not established.")))
    def get_reason(self, row: Relationship) -> str | None:
        """A pending one that is shown as not established has run out, whatever its row still says."""
        if standing(row).shown != Shown.NOT_ESTABLISHED:
            return None
        return str(row.end or Relationship.End.EXPIRED)

    @extend_schema_field(serializers.CharField(allow_null=True, help_text=_("The manager's own note; null otherwise.")))
    def get_remark(self, row: Relationship) -> str | None:
        """The member never sees it."""
        return row.remark if side_of(self.context["view"].account, row) == "manager" else None

    @extend_schema_field(WaitingOut(allow_null=True))
    def get_waiting(self, row: Relationship) -> dict[str, Any] | None:
        """The open question, if one is open now."""
        waiting = standing(row).waiting
        return None if waiting is None else dict(WaitingOut(waiting).data)


def standing(row: Relationship) -> Standing:
    """As `with_standing` set it; a row without it is a mistake of the view."""
    found: Standing = row.standing  # type: ignore[attr-defined]
    return found


class InvitationOut(TermsOut):
    """A question put to a member: to be linked, or to agree to changed permissions."""

    id = serializers.IntegerField()
    relationship = serializers.IntegerField(source="relationship_id", help_text=_("The id of the relationship."))
    side = serializers.SerializerMethodField()
    purpose = serializers.ChoiceField(Invitation.Purpose.choices)
    kind = serializers.ChoiceField(Relationship.Kind.choices, source="relationship.kind")
    state = serializers.SerializerMethodField()
    manager = PartyOut(source="relationship.manager")
    member = serializers.SerializerMethodField()
    sent_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    opened_at = serializers.SerializerMethodField()
    answered_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.ChoiceField(SIDES))
    def get_side(self, row: Invitation) -> str:
        """The manager asked, the member is asked."""
        return side_of(self.context["view"].account, row.relationship)

    @extend_schema_field(PartyOut)
    def get_member(self, row: Invitation) -> dict[str, Any]:
        """As far as the key's account may see it."""
        return member_of(self.context["view"].account, row.relationship)

    @extend_schema_field(serializers.ChoiceField(Invitation.State.choices))
    def get_state(self, row: Invitation) -> str:
        """Judged at this moment."""
        return row.state_at()

    @extend_schema_field(serializers.DateTimeField(allow_null=True, help_text=_("Shown to the manager only.")))
    def get_opened_at(self, row: Invitation) -> datetime | None:
        """When the short link was first opened."""
        return row.opened_at if side_of(self.context["view"].account, row.relationship) == "manager" else None


class ProblemOut(serializers.Serializer[Any]):
    """One reason by its rule."""

    code = serializers.CharField()
    rule = serializers.CharField()
    sentence = serializers.CharField()


class TargetAccountOut(serializers.Serializer[Account]):
    """Enough of another account to recognise it, too little to look somebody up."""

    number = serializers.SerializerMethodField(help_text=_("By its ends."))
    name = serializers.SerializerMethodField(help_text=_("By its ends."))

    def get_number(self, row: Account) -> str:
        """`12****7890`."""
        return mask_number(row.number)

    def get_name(self, row: Account) -> str:
        """Its first and last signs."""
        return mask_middle(row.name)


class TargetOut(serializers.Serializer[Any]):
    """Whether an account can be invited, as what, and if not, why."""

    account = TargetAccountOut(allow_null=True, help_text=_("Null where no account has that name."))
    problem = ProblemOut(allow_null=True, help_text=_("Why it cannot be invited at all."))
    kinds = serializers.ListField(
        child=serializers.ChoiceField(Relationship.Kind.choices), help_text=_("What works with this account.")
    )
    group_problem = ProblemOut(allow_null=True, help_text=_("Why it cannot be invited into the group."))


class FindingOut(serializers.Serializer[Any]):
    """A blocker, or a consequence of dissolving."""

    rule = serializers.CharField()
    blocks = serializers.BooleanField()
    sentence = serializers.CharField()


class PreflightOut(serializers.Serializer[Any]):
    """What dissolving would meet, blockers first."""

    possible = serializers.BooleanField()
    findings = FindingOut(many=True)
    seen = serializers.CharField(help_text=_("Names these facts; send it along when dissolving."))


class KeyOut(serializers.Serializer[Any]):
    """The key that asks."""

    name = serializers.CharField()
    prefix = serializers.CharField()
    scopes = serializers.ListField(child=serializers.ChoiceField(Scope.choices))
    expires_at = serializers.DateTimeField(allow_null=True)


class AccountOut(PartyOut):
    """The account that the key belongs to."""

    kind = serializers.ChoiceField(Account.Kind.choices)
    certified = serializers.ChoiceField(Account.Certified.choices)
    created_at = serializers.DateTimeField()
    key = serializers.SerializerMethodField()

    @extend_schema_field(KeyOut)
    def get_key(self, _row: Account) -> dict[str, Any]:
        """So that a program can see what it may do."""
        return dict(KeyOut(self.context["view"].key).data)
