"""Moving funds of one account, and choosing from when on a code is needed."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RuledField
from accounts.names import clean_remark
from finance.forms.base import AmountField, KeyField


class NoteField(RuledField):
    """One line that both sides read."""

    def __init__(self, **kwargs: Any) -> None:
        settled = {"label": _("Note"), "required": False, "help_text": _("Both accounts see it, also on the receipt.")}
        super().__init__(clean_remark, **{**settled, **kwargs})


class MoveForm(forms.Form):
    """An amount and what it is for."""

    amount = AmountField()
    note = NoteField()
    key = KeyField()

    def __init__(self, *args: Any, preview: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if preview:
            asked = {"hx-get": preview, "hx-trigger": "input changed delay:250ms, load", "hx-target": "#preview"}
            self.fields["amount"].widget.attrs.update(asked)


class AmountForm(forms.Form):
    """An amount and nothing else."""

    amount = AmountField()
    key = KeyField()


class CodeLimitForm(forms.Form):
    """From when on a code is needed."""

    amount = AmountField(
        label=_("Ask for a code above"),
        help_text=_("In yuan. With 0 every allotment asks for a code. Recalls never do: that money comes home."),
    )
