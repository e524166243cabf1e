"""Money in and money out."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import TYPED_LENGTH_MAX, NameField, RuledField
from config.forms import CardSelect
from finance.bank import clean_bank_account
from finance.forms.base import AmountField, KeyField
from finance.models import TopUp

HINTS: dict[str, Any] = {
    TopUp.Channel.BANK: _("You transfer it from your company's bank account and write our number into the purpose."),
    TopUp.Channel.GATEWAY: _("You are led to the payment provider and back."),
}


class TopUpForm(forms.Form):
    """How much, and on which way."""

    amount = AmountField()
    channel = forms.ChoiceField(label=_("How you pay"), widget=CardSelect(hints=HINTS), choices=TopUp.Channel.choices)
    key = KeyField()

    def __init__(self, *args: Any, online: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not online:
            self.fields["channel"].widget = forms.HiddenInput()
            self.fields["channel"].initial = TopUp.Channel.BANK


class WithdrawalForm(forms.Form):
    """How much, and to which account; its holder is who the account is verified as."""

    amount = AmountField()
    bank_name = NameField(label=_("Bank and branch"), length=60)
    bank_account = RuledField(
        clean_bank_account,
        label=_("Number of the bank account"),
        help_text=_("Afterwards you see its last four digits only."),
        attrs={"inputmode": "numeric", "autocomplete": "off", "class": "mono"},
        max_length=TYPED_LENGTH_MAX,
    )
    key = KeyField()
