"""Keys of business systems."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import NameField
from accounts.models.api_key import Scope
from config.forms import CheckboxCards

SCOPE_HINTS: dict[str, Promise] = {
    Scope.READ: _("Lists members, invitations and permissions."),
    Scope.WRITE: _("Acts for this account without asking for a code each time."),
    Scope.FUNDS_READ: _("Reads balances of this account and of members that agreed, flows, receipts and top-ups."),
    Scope.FUNDS_WRITE: _("Moves cash and credit to members and back, of any amount, without asking for a code."),
    Scope.BILLS_READ: _("Reads prices, orders, usage, bills, statements and plans, of members too where they agreed."),
    Scope.BILLS_WRITE: _("Buys, gives back, confirms and repays from the funds of this account."),
    Scope.INVOICES_READ: _("Reads titles, invoices, tenants and entitlements of the invoice cloud."),
    Scope.INVOICES_WRITE: _("Asks for invoices of this account and of members that agreed."),
    Scope.PRODUCTS_READ: _(
        "Reads the products of a company of KIS cloud, their states and what can be done with them."
    ),
    Scope.PRODUCTS_WRITE: _("Adds, tries, activates, renews, switches and deletes products, with what was paid for."),
    Scope.SETS_READ: _("Reads the account sets of a company of KIS cloud, and who is in them."),
    Scope.SETS_WRITE: _("Creates account sets, adds people to them and takes them out. Never deletes books."),
    Scope.BOOKS_READ: _("Reads books of account sets, as far as you may read them yourself."),
    Scope.BOOKS_WRITE: _("Enters, audits and posts vouchers in your name, with the rights that you have in the set."),
}


class ApiKeyForm(forms.Form):
    """What the key is for, and what it may do."""

    name = NameField(help_text=_("Which system uses it, so that you can tell the keys apart."))
    scopes = forms.MultipleChoiceField(
        label=_("May do"),
        choices=Scope,
        widget=CheckboxCards(hints=SCOPE_HINTS),
        error_messages={"required": _("Choose at least one.")},
    )

    def __init__(self, *args: Any, offered: Collection[Scope], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scopes"].choices = [(scope.value, scope.label) for scope in offered]  # type: ignore[attr-defined]
