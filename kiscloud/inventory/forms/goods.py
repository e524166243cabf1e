"""Goods."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kiscloud.books.typed import read_quantity
from kiscloud.inventory import policy
from kiscloud.inventory.models import Good
from kiscloud.inventory.services.goods import GoodFacts


class Figure(forms.Field):
    """A quantity or a price with up to four places; nothing where nothing stands."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": False, **kwargs})
        self.widget.attrs.update({"inputmode": "decimal", "autocomplete": "off", "class": "amount", "maxlength": 20})

    def to_python(self, value: Any) -> Any:
        """The figure."""
        return read_quantity(str(value or ""))


def shown(figure: Decimal | None) -> str:
    """A stored figure as one types it."""
    return f"{figure.normalize():f}" if figure is not None else ""


class GoodForm(forms.Form):
    """A good."""

    code = forms.CharField(label=pgettext_lazy("books", "Code"), max_length=20)
    name = forms.CharField(label=_("Name"), max_length=60)
    specification = forms.CharField(label=_("Specification"), max_length=60, required=False)
    unit = forms.CharField(label=pgettext_lazy("stock", "Unit"), max_length=12, help_text=_("Such as 件, 箱 or 千克."))
    price = Figure(label=_("Sales price"), help_text=_("For one unit, without tax."))
    tax_rate = forms.TypedChoiceField(
        label=_("Tax rate"),
        required=False,
        coerce=int,
        empty_value=None,
        choices=[("", _("the usual one")), *((rate, f"{rate}%") for rate in policy.RATES)],
    )
    least = Figure(label=_("Least stock"), help_text=_("With less than this the overview says that it runs low."))

    @property
    def facts(self) -> GoodFacts:
        """What was said."""
        return GoodFacts(**{**self.cleaned_data, "least": self.cleaned_data["least"] or Decimal(0)})

    @staticmethod
    def said_of(good: Good) -> dict[str, Any]:
        """The facts of a stored one."""
        plain = {name: getattr(good, name) for name in ("code", "name", "specification", "unit", "tax_rate")}
        return {**plain, "price": shown(good.price), "least": shown(good.least or None)}


class SearchForm(forms.Form):
    """A list by words."""

    q = forms.CharField(
        label=_("Code or name"), required=False, max_length=60, widget=forms.SearchInput({"autocomplete": "off"})
    )

    @property
    def words(self) -> str:
        """What was asked for."""
        self.is_valid()
        return str(self.cleaned_data.get("q", ""))


class GoodFilter(SearchForm):
    """Goods by words, or those that run low."""

    low = forms.BooleanField(label=_("Only what runs low"), required=False)

    @property
    def only_low(self) -> bool:
        """Asked for what runs low."""
        self.is_valid()
        return bool(self.cleaned_data.get("low"))
