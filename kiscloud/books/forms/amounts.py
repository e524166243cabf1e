"""A field for an amount as bookkeepers type it."""

from typing import Any

from django import forms

from kiscloud.books.typed import read_amount


class SignedAmount(forms.Field):
    """A field for such an amount."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "amount", "maxlength": 40})

    def to_python(self, value: Any) -> Any:
        """The amount."""
        return read_amount(str(value or ""))
