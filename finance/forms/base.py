"""What the forms about money share: an amount, the key of the form, and refusals that stand at the amount."""

import secrets
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import show
from config.errors import DomainError, InputError
from finance.money import parse_amount

TYPED_LENGTH_MAX = 40  # an amount is shorter; what is longer is no typing


class AmountField(forms.CharField):
    """Yuan with at most two places, read by `parse_amount`: never rounded, never a float."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        missing = {"required": _("Enter an amount.")}
        super().__init__(**{"label": _("Amount in yuan"), "error_messages": missing, **kwargs})
        shown = {"inputmode": "decimal", "autocomplete": "off", "placeholder": "0.00", "class": "amount"}
        self.widget.attrs.update(shown | (attrs or {}))

    def to_python(self, value: Any) -> Any:
        """The amount; None where nothing was typed."""
        text = str(super().to_python(value) or "")
        if not text:
            return None
        if len(text) > TYPED_LENGTH_MAX:
            raise ValidationError(_("This amount is too large."))
        try:
            return parse_amount(text)
        except InputError as error:
            raise ValidationError(str(error), code=error.code) from error

    def prepare_value(self, value: Any) -> Any:
        """Digits without any sign of a currency, so that they can be changed."""
        return f"{value:.2f}" if isinstance(value, Decimal) else value


class KeyField(forms.CharField):
    """Drawn anew for each form: a form that is sent twice is one request."""

    widget = forms.HiddenInput

    def __init__(self, **kwargs: Any) -> None:
        again = _("Please start again from the form.")
        super().__init__(
            initial=lambda: secrets.token_urlsafe(18),
            validators=[RegexValidator(r"\A[A-Za-z0-9_-]{8,64}\Z", message=again)],
            error_messages={"required": again},
            **kwargs,
        )


def show_at_amount(form: forms.BaseForm, error: DomainError) -> int:
    """A refusal for which the amount is the reason stands at the amount, with what to do; answers the status."""
    if isinstance(error, InputError) or "amount" not in form.fields:
        return show(form, error)
    words = f"{error} {error.hint}".strip()
    form.add_error("amount", ValidationError(words, code=error.code))
    return error.status
