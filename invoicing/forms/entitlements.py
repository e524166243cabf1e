"""Ticking tax numbers, and narrowing the list of entitlements."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.filters import Filter
from invoicing.entitlement_reports import LABELS
from invoicing.models import Service, Taxpayer, Tenant


class AssignForm(forms.Form):
    """The enterprises that get what the order gives, and that the warning was read (I1.2, I4.2)."""

    taxpayers = forms.TypedMultipleChoiceField(
        label=_("Tax numbers"), coerce=int, error_messages={"required": _("Tick at least one enterprise.")}
    )
    warned = forms.BooleanField(
        label=_("I have compared these tax numbers with the business licences."),
        error_messages={"required": _("Please compare the tax numbers first and confirm it.")},
    )

    def __init__(self, *args: Any, offered: Iterable[Taxpayer], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["taxpayers"].choices = [(one.pk, one.name) for one in offered]  # type: ignore[attr-defined]

    @property
    def ticked(self) -> set[str]:
        """What was ticked, for showing the page again."""
        return set(self.data.getlist("taxpayers")) if self.is_bound else set()  # type: ignore[attr-defined]


class EntitlementFilter(Filter):
    """By enterprise or tax number, tenant, service and standing."""

    q = forms.CharField(
        label=_("Enterprise or tax number"), required=False, max_length=120, widget=forms.TextInput({"type": "search"})
    )
    tenant = forms.TypedChoiceField(label=_("Tenant"), coerce=int, empty_value=None, required=False)
    service = forms.ChoiceField(label=_("Service"), required=False, choices=[("", _("All")), *Service.choices])
    standing = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((key, text) for key, (text, _tone) in LABELS.items())],
    )

    def __init__(self, *args: Any, tenants: Iterable[Tenant], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["q"].widget.attrs.pop("maxlength", None)
        choices = [("", _("All")), *((one.pk, one.name) for one in tenants)]
        self.fields["tenant"].choices = choices  # type: ignore[attr-defined]
