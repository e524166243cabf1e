"""Registering companies and choosing among them."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField
from kiscloud.models import Company
from kiscloud.services.companies import NAME_LENGTH


class RegisterForm(forms.Form):
    """A new company."""

    name = NameField(
        length=NAME_LENGTH,
        label=_("Company name"),
        help_text=_("As on the business licence. You can verify the company afterwards."),
        attrs={"autocomplete": "organization"},
    )


class NameForm(forms.Form):
    """Another name."""

    name = NameField(length=NAME_LENGTH, label=_("Company name"), attrs={"autocomplete": "organization"})


class ChoiceForm(forms.Form):
    """The ticked companies. What was added stays so, whether its box comes along or not (S4.6)."""

    companies = forms.TypedMultipleChoiceField(coerce=int, required=False)

    def __init__(self, *args: Any, offered: Iterable[Company], **kwargs: Any) -> None:
        """Offers these; a number of others is no choice."""
        super().__init__(*args, **kwargs)
        self.fields["companies"].choices = [(company.pk, company.name) for company in offered]  # type: ignore[attr-defined]
