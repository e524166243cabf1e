"""The personal drive."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kiscloud import policy


class UploadForm(forms.Form):
    """A file."""

    file = forms.FileField(
        label=_("File"),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
        help_text=_("At most 200 MB. A file of the same name is replaced."),
    )

    def clean_file(self) -> Any:
        """Not larger than a drive takes."""
        file = self.cleaned_data["file"]
        if file.size > policy.DRIVE_FILE:
            raise forms.ValidationError(
                _("The file is larger than %(most)s MB."), params={"most": policy.DRIVE_FILE >> 20}
            )
        return file
