"""Activating an order: the key, then the business system and the tenant."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField
from config.forms import CardSelect
from invoicing.models import Erp, Tenant
from invoicing.services.tenants import NAME_LENGTH

ERP_HINTS: dict[str, Promise] = {
    Erp.XINGHAN: _("Kingdee Cloud Cosmic"),
    Erp.XINGKONG: _("Kingdee Cloud Galaxy"),
    Erp.EAS: _("Kingdee EAS, on your own servers"),
    Erp.OTHER: _("Any other system, connected by the open API"),
}


class KeyForm(forms.Form):
    """The operation key of the letter."""

    key = forms.CharField(
        label=_("Operation key"),
        max_length=60,
        help_text=_("It stands in the same letter as the link, such as 7KQM-2X9D-HT4C-WN8P."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fixed = {"autocomplete": "off", "autocapitalize": "characters", "spellcheck": "false", "class": "mono"}
        self.fields["key"].widget.attrs.update({**fixed, "autofocus": True})
        self.fields["key"].widget.attrs.pop("maxlength", None)


class ActivationForm(forms.Form):
    """What is connected, and for which tenant."""

    erp = forms.ChoiceField(
        label=_("Business system and how it is deployed"),
        choices=Erp.choices,
        widget=CardSelect(hints=ERP_HINTS),
        error_messages={"required": _("Please choose one; “Other” is for every system that is not listed.")},
    )
    tenant = forms.TypedChoiceField(
        label=_("Tenant"), coerce=int, empty_value=None, required=False, widget=forms.RadioSelect
    )
    name = NameField(
        label=_("Name of the new tenant"),
        length=NAME_LENGTH,
        required=False,
        help_text=_("Usually the full name of the enterprise that ordered."),
    )

    def __init__(self, *args: Any, tenants: Iterable[Tenant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        known = [(one.pk, one.name) for one in tenants]
        field = self.fields["tenant"]
        if known:
            field.choices = [*known, ("", _("A new tenant"))]  # type: ignore[attr-defined]
            field.help_text = _("An enterprise can be bound to one tenant only, so one tenant is enough as a rule.")
            self.fields["name"].help_text = _("Only for a new tenant; another name than those you have.")
        else:
            del self.fields["tenant"]

    @property
    def asked(self) -> dict[str, Any]:
        """As the service takes it."""
        typed = self.cleaned_data
        return {"erp": typed["erp"], "tenant_id": typed.get("tenant"), "name": typed["name"]}
