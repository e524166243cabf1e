"""Narrowing the list of members' funds."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.filters import Filter
from accounts.models import Relationship


class FundFilter(Filter):
    """By words, kind and what they hold."""

    q = forms.CharField(label=_("Name, user name or remark"), required=False, max_length=120, widget=forms.SearchInput)
    kind = forms.ChoiceField(
        label=_("Kind"), required=False, choices=[("", _("All kinds")), *Relationship.Kind.choices]
    )
    holds = forms.ChoiceField(
        label=_("Funds"),
        required=False,
        choices=[("", _("All")), ("yes", _("Hold funds that you can recall")), ("no", _("Hold none"))],
    )
