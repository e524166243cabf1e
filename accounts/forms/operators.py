"""Who acts in the account."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import MobileField, NameField
from accounts.permissions import Role
from config.forms import CardSelect

ROLE_HINTS: dict[str, Promise] = {
    Role.OWNER: _("Everything, including verification, operators and API keys."),
    Role.FINANCE: _("Sees finances, links accounts and moves funds."),
    Role.VIEWER: _("Looks, and changes nothing."),
}


class RoleForm(forms.Form):
    """What the person may do."""

    role = forms.ChoiceField(label=_("Role"), widget=CardSelect(hints=ROLE_HINTS))

    def __init__(self, *args: Any, roles: Collection[str] = Role.values, **kwargs: Any) -> None:
        """Offers these roles only."""
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, label) for role, label in Role.choices if role in roles]  # type: ignore[attr-defined]


class AddOperatorForm(RoleForm):
    """Who, and what they may do."""

    mobile = MobileField(
        attrs={"autocomplete": "off"},
        help_text=_("Somebody new sets a password with “Forgot password”; nothing else is needed."),
    )
    name = NameField(
        label=_("Full name"), help_text=_("Only used if this number has no login yet."), attrs={"autocomplete": "off"}
    )
    field_order = ("mobile", "name", "role")
