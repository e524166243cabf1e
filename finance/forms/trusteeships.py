"""The conditions of a trusteeship, its end, and the member's consent."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.filters import Day
from finance.forms.base import AmountField


class TrustForm(forms.Form):
    """From when on, with what, and how much."""

    starts_on = forms.DateField(
        label=_("From which day"),
        required=False,
        widget=Day(format="%Y-%m-%d"),
        help_text=_("Empty: as soon as the account agrees. The first of a month makes the clearest cut."),
    )
    cap = AmountField(
        label=_("Limit a month, in yuan"),
        required=False,
        help_text=_(
            "Empty: no limit but your credit. Above it orders are refused, and usage is paid by the account itself."
        ),
    )
    from_cash = forms.BooleanField(
        label=_("My cash may pay too"),
        required=False,
        help_text=_(
            "Normally only credit pays. Your cash then pays first and never goes below zero; credit pays the rest."
        ),
    )
    shares_vouchers = forms.BooleanField(
        label=_("My general vouchers may pay for this account"),
        required=False,
        help_text=_("Only those that are good for everything. They cannot be kept for one account alone."),
    )

    @property
    def conditions(self) -> dict[str, Any]:
        """As the service takes them."""
        return {name: self.cleaned_data[name] for name in ("starts_on", "cap", "from_cash", "shares_vouchers")}


class EndForm(forms.Form):
    """The last day, or now."""

    ends_on = forms.DateField(
        label=_("From which day on the account pays itself"),
        required=False,
        widget=Day(format="%Y-%m-%d"),
        help_text=_("Empty: from now on. A day in the future can be taken back until it comes."),
    )


class ConsentForm(forms.Form):
    """The member has read what follows (A2.20)."""

    understood = forms.BooleanField(
        label=_("I have read from when on who pays, and what happens to my credit, vouchers and resources."),
        error_messages={"required": _("Please read the dates and tick this first.")},
    )
