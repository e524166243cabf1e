"""By which common title a manager asks for all invoices of a member."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from config.forms import CardSelect
from invoicing.models import Title


class ControlForm(forms.Form):
    """One of the titles that both have."""

    title = forms.ChoiceField(label=_("Common title"), widget=CardSelect())

    def __init__(self, *args: Any, titles: Iterable[Title], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        listed = list(titles)
        field = self.fields["title"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        assert isinstance(field.widget, CardSelect)  # noqa: S101
        field.choices = [(str(one.pk), one.name) for one in listed]
        field.widget.hints = {str(one.pk): one.tax_number for one in listed}
        field.initial = str(listed[0].pk) if listed else None
