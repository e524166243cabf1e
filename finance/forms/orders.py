"""Ordering, renewing, changing; narrowing lists of orders, products and resources."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.filters import DaysFilter, Filter
from finance import policy
from finance.breakdown import coupon_words
from finance.forms.base import KeyField
from finance.models import Coupon, Order, Resource
from finance.models.product import PayMode

MONTHS = (1, 2, 3, 6, 9, 12, 24, 36, 60)


class QuantityField(forms.IntegerField):
    """A whole number of units."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min_value": 1, "max_value": policy.ORDER_QUANTITY_MOST}
        super().__init__(**{"label": _("Quantity"), "initial": 1, **limits, **kwargs})
        self.widget.attrs.update({"inputmode": "numeric", "autocomplete": "off"})


class MonthsField(forms.TypedChoiceField):
    """The usual lengths."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [(1, _("1 month")), *((number, _("%(count)s months") % {"count": number}) for number in MONTHS[1:])]
        super().__init__(**{"label": _("For"), "choices": choices, "coerce": int, "initial": 1, **kwargs})


class CouponField(forms.TypedChoiceField):
    """One of the account's coupons, or none."""

    def __init__(self, coupons: Iterable[Coupon], **kwargs: Any) -> None:
        choices = [("", _("None")), *((one.pk, coupon_words(one)) for one in coupons)]
        settled = {"coerce": int, "empty_value": None, "required": False}
        super().__init__(**{"label": _("Coupon"), "choices": choices, **settled, **kwargs})


class OrderForm(forms.Form):
    """What is ordered: of a product so much and for how long, for a resource only one of the two."""

    quantity = QuantityField()
    months = MonthsField()
    key = KeyField()

    def __init__(
        self, *args: Any, coupons: Iterable[Coupon], asks: Iterable[str] = ("quantity", "months"), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        for name in {"quantity", "months"} - set(asks):
            del self.fields[name]
        if listed := list(coupons):
            self.fields["coupon"] = CouponField(listed)


class ProductFilter(Filter):
    """By words and how it is paid."""

    q = forms.CharField(label=_("Product"), required=False, max_length=80, widget=forms.SearchInput)
    pay_mode = forms.ChoiceField(
        label=_("Payment"), required=False, choices=[("", _("Prepaid and pay as you go")), *PayMode.choices]
    )


class OrderFilter(DaysFilter):
    """By kind, state, days and words."""

    field_order = ("q", "kind", "state", "since", "until")
    q = forms.CharField(label=_("Product or account"), required=False, max_length=80, widget=forms.SearchInput)
    kind = forms.ChoiceField(label=_("Kind"), required=False, choices=[("", _("All kinds")), *Order.Kind.choices])
    state = forms.ChoiceField(label=_("State"), required=False, choices=[("", _("All states")), *Order.State.choices])


class ResourceFilter(Filter):
    """By words and state."""

    q = forms.CharField(label=_("Instance or product"), required=False, max_length=100, widget=forms.SearchInput)
    state = forms.ChoiceField(
        label=_("State"), required=False, choices=[("", _("All states")), *Resource.State.choices]
    )
