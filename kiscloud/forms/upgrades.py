"""Bringing over a set of an earlier product."""

from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils.translation import gettext_lazy as _

from kiscloud import policy


class UpgradeForm(forms.Form):
    """Its file."""

    file = forms.FileField(
        label=_("File of the earlier set"),
        error_messages={"required": _("Choose a file.")},
        widget=forms.FileInput({"accept": ".zip"}),
        help_text=_("The backup that the earlier product made: one ZIP file with one account set, at most 2 GB."),
    )

    def clean_file(self) -> Any:
        """Not larger than is taken."""
        file = self.cleaned_data["file"]
        if file.size > policy.SENT_FILE:
            most = filesizeformat(policy.SENT_FILE)
            raise forms.ValidationError(_("The file is larger than %(most)s."), params={"most": most})
        return file
