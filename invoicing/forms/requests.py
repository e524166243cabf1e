"""Choosing what is invoiced, title and kind of invoice; narrowing lists of requests."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import EmailField, RemarkField
from accounts.forms.filters import Filter
from config.forms import CardSelect
from finance.forms.base import KeyField
from finance.money import MOST
from invoicing.models import InvoiceKind, InvoiceRequest, Title
from invoicing.open_amounts import ORDERS, USAGE

UNDER_WAY = "under_way"


class AmountFilter(Filter):
    """What the amounts to choose from are narrowed to."""

    month = forms.ChoiceField(label=_("Month"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All")), (USAGE, _("Usage")), (ORDERS, _("Orders"))]
    )
    product = forms.ChoiceField(label=_("Product"), required=False)
    account = forms.CharField(
        label=_("Account name or number"), required=False, max_length=120, widget=forms.SearchInput
    )

    def __init__(
        self, *args: Any, months: Iterable[date], products: Iterable[tuple[int, str]], accounts: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.months = {f"{month:%Y-%m}": month for month in months}
        self._offer("month", [(text, text) for text in self.months])
        self._offer("product", [(str(pk), name) for pk, name in products])
        if not accounts:
            del self.fields["account"]

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = [("", _("All")), *choices]

    @property
    def asked(self) -> dict[str, Any]:
        """With the values that the list takes."""
        found = super().asked
        if "month" in found:
            found["month"] = self.months[found["month"]]
        if "product" in found:
            found["product"] = int(found["product"])
        return found


class TitleChoice(forms.Form):
    """To whom it is made out, as which kind, where it goes."""

    title = forms.ChoiceField(label=_("Title"), widget=CardSelect())
    kind = forms.ChoiceField(
        label=_("Kind of invoice"),
        choices=InvoiceKind.choices[::-1],
        initial=InvoiceKind.ORDINARY,
        widget=CardSelect(
            hints={
                InvoiceKind.ORDINARY: _("For accounts and expenses. Name and tax number are enough."),
                InvoiceKind.SPECIAL: _("The buyer deducts its tax. Needs address, phone and bank of an enterprise."),
            }
        ),
    )
    email = EmailField(
        label=_("Send the invoice to"), required=False, help_text=_("Left empty, it goes where the title says.")
    )
    remark = RemarkField(
        label=_("Remark on the invoice"), help_text=_("Printed on it, such as the number of your contract.")
    )

    def __init__(self, *args: Any, titles: Iterable[Title], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(titles)
        field = self.fields["title"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        assert isinstance(field.widget, CardSelect)  # noqa: S101
        field.choices = [(str(one.pk), one.name) for one in listed]
        field.widget.hints = {str(one.pk): one.tax_number or one.get_kind_display() for one in listed}
        default = next((one for one in listed if one.is_default), listed[0] if listed else None)
        field.initial = str(default.pk) if default else None


class SendForm(forms.Form):
    """The total that was looked at, and the form's own key."""

    expected = forms.DecimalField(widget=forms.HiddenInput, max_digits=18, decimal_places=2, max_value=MOST)
    key = KeyField()


class RequestFilter(Filter):
    """By state and words."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), (UNDER_WAY, _("Under way")), *InvoiceRequest.State.choices],
    )
    q = forms.CharField(label=_("Title, account or number"), required=False, max_length=120, widget=forms.SearchInput)
