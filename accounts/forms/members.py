"""Narrowing the list of linked accounts, the remark, and registering a linked account."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import MobileField, NameField, PasswordField, RemarkField, UsernameField
from accounts.forms.filters import Filter
from accounts.models import Account, Relationship
from accounts.standing import Narrow
from config.forms import CardSelect


class MemberFilter(Filter):
    """By words, kind, state and side."""

    q = forms.CharField(label=_("Name, user name or remark"), required=False, max_length=120, widget=forms.SearchInput)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Relationship.Kind.choices]
    )
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *Narrow.choices])
    side = forms.CharField(required=False, widget=forms.HiddenInput)


class RemarkForm(forms.Form):
    """The manager's own note."""

    remark = RemarkField(help_text=_("Only you and the other operators of your account see it."))


class RegisterForm(forms.Form):
    """Step 1 of registering a linked account (K5.2, K5.5)."""

    username = UsernameField(
        help_text=_("The new account and its owner log in with it. It cannot be changed later."),
        attrs={"autocomplete": "off"},
    )
    name = NameField(label=_("Name"), length=60, help_text=_("How the account is shown, such as a branch or project."))
    mobile = MobileField(
        help_text=_("Codes for the new account's owner are sent here. It must not have a login yet."),
        attrs={"autocomplete": "off"},
    )
    password = PasswordField(
        label=_("Login password"), help_text=_("At least ten characters. Hand it over in person, not by e-mail.")
    )
    enterprise_id = forms.TypedChoiceField(
        label=_("Real-name verification"),
        coerce=int,
        widget=CardSelect,
        error_messages={"required": _("Choose the enterprise as which the new account is verified.")},
        help_text=_("The new account is verified at once as this enterprise and needs no verification of its own."),
    )

    def __init__(self, *args: Any, manager: Account, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        enterprise, field = manager.enterprise, self.fields["enterprise_id"]
        if enterprise is not None and isinstance(field, forms.TypedChoiceField):
            field.choices = [(enterprise.pk, enterprise.name)]
            field.widget.hints = {str(enterprise.pk): enterprise.credit_code}
