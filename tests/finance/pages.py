"""Short ways for the tests of the pages about money."""

from typing import Any

from django.test import Client
from django.urls import reverse

from accounts.models import Account
from finance.services.allotments import CODE_PURPOSE
from tests.accounts.linking import queries, shows
from tests.factories import clear, owner_of

__all__ = ["at", "money", "passed_code", "queries", "send", "shows"]
# What people and machines type instead of an amount, and what is said about each.
WRONG_AMOUNTS = {
    "": "Enter an amount.",
    "-5": "The amount must be greater than zero.",
    "1.005": "An amount has at most two decimal places.",
    "NaN": "Write the amount in digits, such as 1234.50.",
    "Infinity": "Write the amount in digits, such as 1234.50.",
    "1e400": "Write the amount in digits, such as 1234.50.",
    "1e2": "Write the amount in digits, such as 1234.50.",
    "１２３": "Write the amount in digits, such as 1234.50.",
    "12,34": "Write the amount in digits, such as 1234.50.",
    "abc": "Write the amount in digits, such as 1234.50.",
    "9" * 14: "This amount is too large.",
    "9" * 500: "This amount is too large.",
}


def at(name: str, *args: object) -> str:
    return reverse(f"finance:{name}", args=args)


def money(amount: str) -> str:
    """As pages print it."""
    return f'<span class="money">{amount}</span>'


def passed_code(account: Account, purpose: str = CODE_PURPOSE) -> None:
    """The owner has just typed the right code."""
    clear(owner_of(account), purpose, f"account:{account.pk}")


def send(console: Client, address: str, **fields: Any) -> Any:
    """Opens the form and sends it with its own key and these fields."""
    form = console.get(address).context["form"]
    key = {"key": form["key"].value()} if "key" in form.fields else {}
    return console.post(address, {**key, **fields})
