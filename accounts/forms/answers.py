"""The member's consent, item by item."""

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import Invitation
from accounts.permissions import Inherit
from accounts.wording import INHERIT_HINTS

_LABELS = {
    Inherit.DISCOUNT: _("Yes, this account inherits the discounts"),
    Inherit.CREDIT: _("Yes, this account inherits the credit identity"),
}


class AcceptForm(forms.Form):
    """One line of consent; what is inherited has a tick of its own each, never ticked beforehand (Q-1)."""

    def __init__(self, *args: Any, invitation: Invitation, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in invitation.inherits:
            self.fields[f"inherit_{item}"] = forms.BooleanField(
                label=_LABELS[Inherit(item)], help_text=str(INHERIT_HINTS[item]), required=False
            )
        member = invitation.relationship.member.name
        self.fields["agree"] = forms.BooleanField(
            label=gettext("I have read this and agree on behalf of %(account)s.") % {"account": member},
            error_messages={"required": _("Please tick that you agree, or refuse the request.")},
        )

    @property
    def inherits(self) -> list[str]:
        """What the member ticked itself."""
        return [item.value for item in Inherit if self.cleaned_data.get(f"inherit_{item.value}")]
