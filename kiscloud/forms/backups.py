"""Restoring a set."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _

from kiscloud.backup_reports import Choice


class RestoreForm(forms.Form):
    """From which backup, and what the new set is called."""

    backup = forms.TypedChoiceField(label=_("Backup"), coerce=int, widget=forms.RadioSelect)
    name = forms.CharField(
        label=_("Name of the restored set"),
        max_length=80,
        required=False,
        help_text=_("Empty: as it was called when it was backed up. What is there stays as it is."),
    )

    def __init__(self, *args: Any, backups: Sequence[Choice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fitting = [choice for choice in backups if choice.refused is None]
        field = self.fields["backup"]
        assert isinstance(field, forms.TypedChoiceField)  # noqa: S101
        field.choices = [(choice.backup.pk, _words(choice)) for choice in fitting]


def _words(choice: Choice) -> str:
    backup = choice.backup
    return _t("%(set)s, %(at)s (%(kind)s, %(size)s)") % {
        "set": backup.set_name,
        "at": f"{timezone.localtime(backup.created_at):%Y-%m-%d %H:%M}",
        "kind": backup.get_kind_display(),
        "size": filesizeformat(backup.size),
    }
