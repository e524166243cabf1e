"""What is typed into the four forms of change requests, and the answer of the other side."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import CreditCodeField, NameField, RemarkField
from config.forms import CardSelect
from invoicing.models import ChangeRequest

Why = ChangeRequest.Why
WHY_HINTS: Mapping[str, str | Promise] = {
    Why.WRONG: _("The same company, with its right number."),
    Why.GONE: _("Another company of your group takes over what is left."),
    Why.RENAMED: _("The tax number stays; nothing moves and nothing is to be paid."),
    Why.OTHER: _("Explain it below."),
}


class ReasonField(RemarkField):
    """Why, in the words of who asks."""

    def __init__(self, **kwargs: Any) -> None:
        hint = _("Our support reads it, and the other account where one is concerned.")
        super().__init__(**{"label": _("Explanation"), "required": True, "help_text": hint, **kwargs})


class ReceivingForm(forms.Form):
    """Another enterprise for the products for receiving (I7.3)."""

    why = forms.ChoiceField(
        label=_("Why it shall be changed"),
        choices=[(why, why.label) for why in (Why.WRONG, Why.GONE, Why.OTHER)],
        widget=CardSelect(hints=WHY_HINTS),
    )
    new_tax_number = CreditCodeField(label=_("New tax number"))
    new_name = NameField(
        label=_("Name of the enterprise"),
        length=120,
        required=False,
        help_text=_("As it is registered. Leave it empty if the name stays."),
    )
    reason = ReasonField()
    compared = forms.BooleanField(
        label=_("I have compared name and number with the business licence"), required=False, widget=forms.HiddenInput
    )

    def ask_to_compare(self) -> None:
        """The tick is shown: something looks alike."""
        self.fields["compared"].widget = forms.CheckboxInput()


class IssuingForm(ReceivingForm):
    """Another name, number or device for the products for issuing (I7.3)."""

    field_order = ("why", "new_tax_number", "new_name", "new_device", "reason", "compared")
    new_device = NameField(
        label=_("Number of the tax device"),
        length=40,
        required=False,
        help_text=_("Tax disk or UKey, where one is used. Leave it empty if it stays."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["why"] = forms.ChoiceField(
            label=_("Why it shall be changed"), choices=Why.choices, widget=CardSelect(hints=WHY_HINTS)
        )
        number = self.fields["new_tax_number"]
        number.required, number.help_text = False, _("Leave it empty if only the name or the tax device changes.")
        self.order_fields(self.field_order)


class TenantField(forms.CharField):
    """The number of a tenant; a list of the account's own ones helps while typing."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": 40, **kwargs})
        self.widget.attrs.update({"list": "own-tenants", "autocomplete": "off", "class": "mono", "spellcheck": "false"})


class MoveForm(forms.Form):
    """An enterprise and the tenant where it belongs (I7.4)."""

    tax_number = CreditCodeField(label=_("Tax number of the enterprise"))
    to_tenant = TenantField(
        label=_("Number of the new tenant"),
        help_text=_("One of yours, or that of another account: its owner finds the number on the tenant's page."),
    )
    reason = ReasonField()


class MergeForm(forms.Form):
    """Two tenants of which one remains (I7.4)."""

    tenant = TenantField(
        label=_("Number of the tenant that ends"), help_text=_("Everything in it goes to the other one.")
    )
    to_tenant = TenantField(label=_("Number of the tenant that stays"), help_text=_("Its keys go on working."))
    reason = ReasonField()


class DeclineForm(forms.Form):
    """Why not."""

    answer = RemarkField(label=_("Why not"), required=True, help_text=_("The account that asked reads it."))
