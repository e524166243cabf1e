"""A title as it is typed: shape only, `services.titles` judges the rest."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.forms.base import TYPED_LENGTH_MAX, EmailField
from config.forms import CardSelect
from invoicing.models import Title
from invoicing.services.titles import Buyer


class Line(forms.CharField):
    """One line of text; the service says how much fits."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, "max_length": TYPED_LENGTH_MAX, **kwargs})
        self.widget.attrs.pop("maxlength", None)


class TitleForm(forms.Form):
    """A buyer. For a VAT special invoice everything is needed, for an ordinary one name and tax number."""

    kind = forms.ChoiceField(
        label=_("Who it is"),
        choices=Title.Kind.choices,
        initial=Title.Kind.ENTERPRISE,
        widget=CardSelect(
            hints={
                Title.Kind.ENTERPRISE: _("A company or other organisation with a tax number."),
                Title.Kind.PERSON: _("Ordinary invoices only; no tax number is needed."),
            }
        ),
    )
    name = Line(label=_("Name"), required=True)
    tax_number = Line(label=_("Tax number"), help_text=_("The unified social credit code of an enterprise."))
    address = Line(label=_("Registered address"), help_text=_("This and what follows: for VAT special invoices."))
    phone = Line(label=pgettext_lazy("a title", "Phone"))
    bank = Line(label=pgettext_lazy("a title", "Bank"))
    bank_account = Line(label=pgettext_lazy("a title", "Bank account"))
    email = EmailField(label=_("Invoices go to"), required=False, help_text=_("Unless a request says otherwise."))

    @property
    def buyer(self) -> Buyer:
        """What was typed."""
        return Buyer(**self.cleaned_data)


class LookUp(forms.Form):
    """A name by which the register is asked."""

    look_up = forms.CharField(
        label=_("Find by name"), required=False, max_length=TYPED_LENGTH_MAX, widget=forms.SearchInput
    )
