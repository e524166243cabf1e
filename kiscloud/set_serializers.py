"""What the API of account sets answers."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from kiscloud.editions import Edition
from kiscloud.models import AccountSet, SetUser, Subscription


class SetProductOut(serializers.Serializer[Subscription]):
    """A product of the company, and how many more sets it takes."""

    id = serializers.IntegerField()
    edition = serializers.ChoiceField(Edition.choices)
    expires_at = serializers.DateTimeField(
        allow_null=True, help_text=_("Null while it is neither tried nor activated.")
    )
    sets_total = serializers.IntegerField()
    sets_used = serializers.IntegerField()
    users_total = serializers.IntegerField(help_text=_("How many can be in at the same time."))


class SetOut(serializers.Serializer[AccountSet]):
    """An account set."""

    id = serializers.IntegerField()
    product = serializers.IntegerField(source="subscription_id", help_text=_("The id of its product."))
    number = serializers.CharField(help_text=_("Generated; it never changes."))
    name = serializers.CharField()
    version = serializers.CharField()
    state = serializers.ChoiceField(AccountSet.State.choices)
    fault = serializers.CharField(help_text=_("Why it failed; else empty."))
    size = serializers.IntegerField(help_text=_("In bytes."))
    users = serializers.IntegerField(source="user_count")
    created_at = serializers.DateTimeField()


class SetUserOut(serializers.Serializer[SetUser]):
    """Somebody in a set."""

    id = serializers.IntegerField()
    set = serializers.IntegerField(source="account_set_id", help_text=_("The id of the set."))
    name = serializers.CharField(help_text=_("In the set."))
    login = serializers.CharField(source="user.name", help_text=_("As the person is called at log-in."))
    state = serializers.ChoiceField(SetUser.State.choices)
    is_admin = serializers.BooleanField()
    is_registered = serializers.SerializerMethodField(
        help_text=_("False until the person has set a password with “Forgot password”.")
    )
    added_at = serializers.DateTimeField()

    def get_is_registered(self, row: SetUser) -> bool:
        """Whether the person can log in already."""
        return row.user.activated_at is not None


def shown_user(row: SetUser) -> dict[str, Any]:
    """One of them, as plain data."""
    return dict(SetUserOut(row).data)
