"""Thresholds of balances, and stopping purchases."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RemarkField
from finance.forms.base import AmountField


class ThresholdForm(forms.Form):
    """Below what somebody wants to be told."""

    threshold = AmountField(label=_("Tell me when less than this is available, in yuan"))


class StopForm(forms.Form):
    """Why purchases are stopped."""

    reason = RemarkField(label=_("Reason"), help_text=_("The account reads it."))
