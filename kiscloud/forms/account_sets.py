"""What a new set is asked for, by edition (S13.2)."""

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField, RuledField
from config.errors import InputError
from config.forms import CardSelect
from kiscloud.set_parameters import ASKED, LENGTHS, Parameters, TaxKind, Template, lengths_from

TAX_HINTS: dict[str, str | Promise] = {
    TaxKind.GENERAL: _("Input tax is deducted; invoices show the rate."),
    TaxKind.SMALL: _("Tax is levied at a fixed rate on sales."),
}
_MONTH = re.compile(r"(\d{4})-(\d{1,2})")


def read_month(text: str) -> str:
    """“2026-03”, whatever stood between year and month."""
    found = _MONTH.fullmatch(re.sub(r"[./年]", "-", text).replace("月", "").strip())
    if found is None or not 1 <= int(found[2]) <= 12:
        raise ValidationError(_("Enter the first period as year and month, like 2026-03."))
    return f"{found[1]}-{int(found[2]):02d}"


def read_lengths(text: str) -> str:
    """“4-2-2-2”, if codes can have such lengths."""
    try:
        return "-".join(map(str, lengths_from(text)))
    except InputError as error:
        raise ValidationError(str(error)) from error


class SetForm(forms.Form):
    """Name and parameters of a set. An edition asks for some of them only."""

    name = NameField(label=_("Name of the account set"), length=80, attrs={"autocomplete": "off"})
    company = NameField(
        label=_("Company name"), length=120, help_text=_("As it stands on reports and vouchers; can differ from here.")
    )
    tax_kind = forms.ChoiceField(
        label=_("Taxpayer"), choices=TaxKind.choices, widget=CardSelect(hints=TAX_HINTS), initial=TaxKind.GENERAL
    )
    start_month = RuledField(
        read_month,
        label=_("First period"),
        help_text=_("The month whose opening balances you enter, like 2026-03. It cannot be changed later."),
        attrs={"type": "month", "autocomplete": "off", "placeholder": "2026-03"},
    )
    audit_first = forms.BooleanField(
        label=_("Vouchers are audited before they are posted"),
        required=False,
        initial=True,
        help_text=_(
            "By somebody else than their maker. Leave it off if one person keeps the books; an administrator of the "
            "set can change it later."
        ),
    )
    template = forms.ChoiceField(label=_("Chart of subjects"), choices=Template.choices)
    code_lengths = RuledField(
        read_lengths,
        label=_("Digits of each level"),
        help_text=_("The first level has 4 digits; 4-2-2-2 makes codes like 1002010203. 15 digits at most in all."),
        attrs={"autocomplete": "off", "inputmode": "text", "class": "mono"},
        initial="-".join(map(str, LENGTHS)),
    )
    address = NameField(label=_("Address"), length=120, required=False)
    phone = NameField(label=_("Telephone"), length=40, required=False, attrs={"inputmode": "tel"})

    def __init__(self, *args: Any, edition: str, **kwargs: Any) -> None:
        """Asks for what this edition asks for."""
        super().__init__(*args, **kwargs)
        for field in ("template", "code_lengths", "address", "phone"):
            if field not in ASKED[edition]:
                del self.fields[field]

    def parameters(self) -> Parameters:
        """What was chosen, the rest as it is by default."""
        typed = {key: value for key, value in self.cleaned_data.items() if key != "name"}
        typed["start_month"] = int(typed["start_month"].replace("-", ""))
        if "code_lengths" in typed:
            typed["code_lengths"] = lengths_from(typed["code_lengths"])
        return Parameters(**typed)
