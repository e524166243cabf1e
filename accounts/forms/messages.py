"""The four tick boxes of the message centre (S22.7)."""

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Message

FILTERED = "filtered"


class MessageFilter(forms.Form):
    """Any combination. Opened afresh, unread and read are ticked, which shows everything."""

    unread = forms.BooleanField(label=_("Unread"), required=False)
    read = forms.BooleanField(label=_("Read"), required=False)
    system = forms.BooleanField(label=pgettext_lazy("kind of message", "System"), required=False)
    personal = forms.BooleanField(label=pgettext_lazy("kind of message", "Personal"), required=False)

    @classmethod
    def of(cls, query: QueryDict) -> "MessageFilter":
        """The boxes as the address says; without a filter in it, as at first."""
        chosen = cls(query if FILTERED in query else {"unread": "on", "read": "on"})
        chosen.full_clean()
        return chosen

    @property
    def reading(self) -> list[bool]:
        """Which reading states are ticked, True for read."""
        return [is_read for name, is_read in (("unread", False), ("read", True)) if self.cleaned_data.get(name)]

    @property
    def kinds(self) -> list[str]:
        """Which kinds are ticked."""
        return [kind for kind in Message.Kind.values if self.cleaned_data.get(kind)]
