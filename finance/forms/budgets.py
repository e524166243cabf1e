"""What a month may cost, in plain words."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField
from accounts.models import Account, Relationship
from accounts.tree import folder_choices
from config.forms import CardSelect, Text
from finance.forms.base import AmountField
from finance.models import Budget, Product
from finance.services.budgets import Plan

MEMBERS_OFFERED_MAX = 500
OFFERED = (50, 80, 90, 100, 120)
HINTS: dict[str, Text] = {
    Budget.Action.NOTIFY: _("Nothing is stopped."),
    Budget.Action.STOP: _("Until the end of the month. What runs goes on; you can lift the stop at any time."),
    Budget.Action.ASK: _("You decide for each account on the page of stops. Until then buying goes on."),
}


SHARES = forms.CheckboxSelectMultiple(attrs={"class": "choices-row"})


class BudgetForm(forms.Form):
    """A budget, new or changed; `account` is whose members and folders are offered."""

    name = NameField(label=_("Name"), attrs={"placeholder": _("Cloud costs of the sales team")})
    amount = AmountField(label=_("Budget a month, in yuan"))
    relationship = forms.ChoiceField(label=_("Account"), required=False)
    folder = forms.ChoiceField(label=_("Folder, with all folders in it"), required=False)
    product = forms.ChoiceField(label=_("Product"), required=False)
    actual = forms.MultipleChoiceField(label=_("Tell me when this share is spent"), required=False, widget=SHARES)
    forecast = forms.MultipleChoiceField(
        label=_("Tell me as soon as the month is likely to reach"),
        required=False,
        widget=SHARES,
        help_text=_("Reckoned as if each day to come cost what the last seven days did on average."),
    )
    action = forms.ChoiceField(
        label=_("When all of it is spent"), choices=Budget.Action.choices, widget=CardSelect(hints=HINTS)
    )

    def __init__(self, *args: Any, account: Account, budget: Budget | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        wanted = self.initial.get("relationship")
        self._offer("relationship", [("", _("All accounts")), *_members(account, wanted)])
        self._offer("folder", [("", _("No folder")), *folder_choices(account)])
        held = budget.product_id if budget is not None else None
        products = Product.objects.filter(Q(active=True) | Q(pk=held)) if held else Product.objects.filter(active=True)
        self._offer("product", [("", _("All products")), *products.values_list("pk", "name")])
        for name in ("actual", "forecast"):
            known = set(OFFERED) | set(getattr(budget, name, ()))
            self._offer(name, [(one, f"{one} %") for one in sorted(known)])

    def _offer(self, name: str, choices: Iterable[Any]) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101
        field.choices = list(choices)

    def plan(self) -> Plan:
        """What was typed, for the service."""
        typed = self.cleaned_data
        return Plan(
            name=typed["name"],
            amount=typed["amount"],
            relationship_id=_number(typed["relationship"]),
            folder_id=_number(typed["folder"]),
            product_id=_number(typed["product"]),
            actual=[int(one) for one in typed["actual"]],
            forecast=[int(one) for one in typed["forecast"]],
            action=typed["action"],
        )


def initial_of(budget: Budget) -> dict[str, Any]:
    """What the form shows of a budget that is to be changed."""
    return {
        "name": budget.name,
        "amount": budget.amount,
        "relationship": budget.relationship_id,
        "folder": budget.folder_id,
        "product": budget.product_id,
        "actual": budget.actual,
        "forecast": budget.forecast,
        "action": budget.action,
    }


def _members(account: Account, wanted: Any) -> list[tuple[int, str]]:
    """By name, as many as a list can hold; whoever has more begins at the member's own page, which is then wanted."""
    links = Relationship.objects.in_force().filter(manager=account)
    rows = list(links.order_by("member__name", "pk").values_list("pk", "member__name")[:MEMBERS_OFFERED_MAX])
    if wanted and wanted not in {pk for pk, _name in rows}:
        rows += list(Relationship.objects.filter(manager=account, pk=wanted).values_list("pk", "member__name"))
    return rows


def _number(text: str) -> int | None:
    return int(text) if text else None
