"""The ways into a set."""

from django import template

from kiscloud import workbench
from kiscloud.models import AccountSet

register = template.Library()


@register.filter
def in_browser(account_set: AccountSet) -> str:
    """Where the set opens in the browser, if it does."""
    return workbench.in_browser(account_set)
