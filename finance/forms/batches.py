"""Ticking members, the amounts of a batch, and an uploaded list."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from finance import policy
from finance.models import Allotment


class StartForm(forms.Form):
    """What to do, and with whom; the ticks are read apart, since the list draws them."""

    direction = forms.ChoiceField(choices=Allotment.Direction.choices)


class UploadForm(forms.Form):
    """A spreadsheet with accounts and amounts."""

    direction = forms.ChoiceField(label=_("What to do"), choices=Allotment.Direction.choices)
    file = forms.FileField(
        label=_("Spreadsheet"),
        widget=forms.FileInput(attrs={"accept": ".csv,.xlsx"}),
        error_messages={"required": _("Choose a file."), "empty": _("This file is empty.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        most, rows = policy.UPLOAD_BYTES_MAX // 1024 // 1024, policy.ALLOTMENTS_PER_BATCH_MAX
        words = _("CSV or XLSX, at most %(most)s MB and %(rows)s rows.")
        self.fields["file"].help_text = words % {"most": most, "rows": rows}

    def clean_file(self) -> Any:
        """Small enough to be read at once."""
        file = self.cleaned_data["file"]
        if file.size > policy.UPLOAD_BYTES_MAX:
            most = policy.UPLOAD_BYTES_MAX // 1024 // 1024
            raise forms.ValidationError(_("The file is larger than %(most)s MB."), params={"most": most})
        return file


def read_lines(posted: Mapping[str, Any], ids: list[str]) -> list[dict[str, Any]]:
    """The rows of the check step as they were typed: `amount-7` and `note-7` for each relationship."""
    known = [pk for pk in ids if pk.isascii() and pk.isdigit() and len(pk) < 19]
    return [
        {"relationship": int(pk), "amount": posted.get(f"amount-{pk}", ""), "note": posted.get(f"note-{pk}", "")}
        for pk in dict.fromkeys(known)
    ]
