"""How every form of the site is drawn, and the few fields and helpers that all of them share.

A page writes `{{ form }}` inside its `<form>` and gets the error summary and all fields. A form checks shape and knows
nothing of saving; what a service refuses comes back to the field by `refuse`.
"""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.forms.renderers import TemplatesSetting
from django.forms.widgets import ChoiceWidget
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.errors import DomainError, InputError

CODE_DIGITS = 6
Text = str | Promise


class ConsoleRenderer(TemplatesSetting):
    """Forms, fields and error lists drawn by `templates/ui/`."""

    form_template_name = "ui/form.html"
    field_template_name = "ui/field.html"


def refuse(form: forms.BaseForm, error: DomainError) -> None:
    """The service's sentence stands at the field it names, or above the form where it names none."""
    field = error.field if isinstance(error, InputError) and error.field in form.fields else None
    form.add_error(field, forms.ValidationError(str(error), code=error.code))


class CodeInput(forms.TextInput):
    """Six digits from a text message: number pad, filled in by the phone itself, wide figures."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        fixed = {
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "pattern": f"[0-9]{{{CODE_DIGITS}}}",
            "maxlength": CODE_DIGITS,
            "class": "code-input",
        }
        super().__init__({**fixed, **(attrs or {})})


class CodeField(forms.RegexField):
    """A one-time code. Spaces and full-width digits, as phones paste them, are understood."""

    widget = CodeInput

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", _("Verification code"))
        kwargs.setdefault("error_messages", {"invalid": _("The code has six digits.")})
        super().__init__(rf"\A[0-9]{{{CODE_DIGITS}}}\Z", strip=True, **kwargs)

    def to_python(self, value: Any) -> Any:
        """The bare digits."""
        text = super().to_python(value)
        return "".join(str(int(sign)) if sign.isdecimal() else sign for sign in str(text) if not sign.isspace())


class Cards(ChoiceWidget):
    """Choices that need a sentence each, as cards; `hints` maps a value to its sentence."""

    template_name = "ui/widgets/cards.html"
    option_template_name = "ui/widgets/card.html"

    def __init__(self, *args: Any, hints: Mapping[str, Text] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.hints = dict(hints or {})

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option with its sentence."""
        option = super().create_option(name, value, *args, **kwargs)
        option["hint"] = self.hints.get(str(value), "")
        return option


class CardSelect(Cards, forms.RadioSelect):
    """For choosing one of a few."""


class CheckboxCards(Cards, forms.CheckboxSelectMultiple):
    """For choosing several: permission points, for one."""
