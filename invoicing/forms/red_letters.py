"""Narrowing red letters, and what is typed to begin one."""

import re
from collections.abc import Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.filters import Filter
from config.errors import InputError
from config.forms import CardSelect
from finance.forms.base import AmountField
from finance.money import parse_amount
from invoicing.models import RedLetter
from invoicing.red_parts import Part
from invoicing.red_reports import TO_ANSWER, UNDER_WAY
from invoicing.reversals import LineLeft

Reason = RedLetter.Reason
SHOWN_LINES: Final = 50  # parts of more lines are taken back through support
WHY: Final[dict[str, Any]] = {
    Reason.ERROR: _("Title, item or amount is wrong. The whole invoice goes back and a new one is asked for."),
    Reason.RETURN: _("What was bought was given back."),
    Reason.ENDED: _("The service ended before its time."),
    Reason.ALLOWANCE: _("A part of the price was let off afterwards."),
}


_PART: Final = re.compile(r"\s*(\d{1,4})\s*[=＝]\s*(\S+)\s*", re.ASCII)


def typed_parts(text: str) -> list[Part] | None:
    """What staff typed, such as `1=40.00, 3=12.50` in yuan with tax; None for nothing. Raises InputError."""
    found = []
    for piece in filter(str.strip, re.split(r"[,，;；\n]", text)):
        match = _PART.fullmatch(piece)
        if match is None:
            raise InputError("parts", _("Write each line as its number, = and yuan with tax, such as 1=40.00."))
        found.append(Part(int(match[1]), total=parse_amount(match[2], field="parts")))
    return found or None


class RedLetterFilter(Filter):
    """By state."""

    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[
            ("", _("All")),
            (TO_ANSWER, _("To be confirmed by this account")),
            (UNDER_WAY, _("Under way")),
            *RedLetter.State.choices,
        ],
    )


class BeginForm(forms.Form):
    """Why, and how much of each line; where nothing is typed, all that is left."""

    reason = forms.ChoiceField(label=_("Why it is taken back"), widget=CardSelect(hints=WHY), choices=Reason.choices)

    def __init__(self, *args: Any, left: Sequence[LineLeft], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.left = [one for one in left if not one.is_empty]
        for one in self.left if len(self.left) <= SHOWN_LINES else ():
            words = {"line": one.line.seq, "name": one.line.name, "left": f"{one.amount + one.tax:,.2f}"}
            self.fields[f"line_{one.line.seq}"] = AmountField(
                label=_("Line %(line)s, %(name)s: yuan with tax") % words,
                help_text=_("%(left)s yuan are left.") % words,
                required=False,
            )

    @property
    def parts(self) -> list[Part] | None:
        """What was typed; None where nothing was."""
        typed = {one.line.seq: self.cleaned_data.get(f"line_{one.line.seq}") for one in self.left}
        parts = [Part(seq, total=total) for seq, total in typed.items() if total is not None]
        return parts or None
