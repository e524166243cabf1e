"""Permissions as the pages offer them: two presets as cards, or single points (K6.6, K7.6)."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.permissions import PRESETS, Inherit, Point, Preset, complete, preset_of
from accounts.terms import Terms
from accounts.wording import INHERIT_HINTS, POINT_HINTS, PRESET_HINTS
from config.forms import CardSelect, CheckboxCards

SINGLE = "single"


class TermsForm(forms.Form):
    """What is asked for. `offered` are the points that may be; `inherits` what may be taken over (Q-1)."""

    preset = forms.ChoiceField(
        label=_("Permissions"), widget=CardSelect, error_messages={"required": _("Choose at least one permission.")}
    )
    points = forms.MultipleChoiceField(
        label=_("Single permissions"),
        required=False,
        widget=CheckboxCards(hints=POINT_HINTS),
        help_text=_("A permission to do something brings the permissions to see with it."),
    )
    inherits = forms.MultipleChoiceField(
        label=_("The account inherits from you"),
        required=False,
        widget=CheckboxCards(hints=INHERIT_HINTS),
        help_text=_(
            "Both accounts are verified as the same enterprise, so this can be asked for within an enterprise group. "
            "The invited account has to tick each of them itself."
        ),
    )

    def __init__(
        self, *args: Any, offered: Iterable[Point], inheritable: Iterable[Inherit] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        may, take = list(offered), list(inheritable)
        presets = [preset for preset in Preset if PRESETS[preset] <= set(may)]
        choices = [(preset.value, preset.label) for preset in presets]
        single = (SINGLE, _("Choose single permissions"))
        self._field("preset").choices = [*choices, single]
        self._field("preset").widget.hints = {**PRESET_HINTS, SINGLE: _("Only what you tick below.")}
        self._field("points").choices = [(point.value, point.label) for point in may]
        self._field("inherits").choices = [(item.value, item.label) for item in take]
        if not take:
            del self.fields["inherits"]

    def _field(self, name: str) -> Any:
        return self.fields[name]

    @staticmethod
    def initial_of(terms: Terms) -> dict[str, Any]:
        """What the form begins with where these terms apply."""
        preset = preset_of(terms.points)
        start = preset.value if preset else SINGLE if terms.points else None
        return {"preset": start, "points": terms.points, "inherits": terms.inherits}

    @property
    def chosen_points(self) -> list[str]:
        """The points as chosen so far, by preset or singly, operating ones completed by the viewing ones."""
        data = getattr(self, "cleaned_data", {})
        preset = data.get("preset")
        return complete(data.get("points", []) if preset == SINGLE else PRESETS.get(preset or "", ()))

    def clean(self) -> dict[str, Any]:
        """Single permissions need at least one tick."""
        data = super().clean() or self.cleaned_data
        if data.get("preset") == SINGLE and not data.get("points"):
            self.add_error("points", _("Choose at least one permission."))
        return data

    @property
    def terms(self) -> Terms:
        """As the service takes them."""
        return Terms.asked(self.chosen_points, getattr(self, "cleaned_data", {}).get("inherits", []))
