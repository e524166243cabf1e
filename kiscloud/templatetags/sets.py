"""The ways into a set, and what is to be known of a demo set."""

from django import template

from kiscloud import policy, workbench
from kiscloud.models import AccountSet
from kiscloud.services import demo_sets

register = template.Library()


@register.filter
def in_browser(account_set: AccountSet) -> str:
    """Where the set opens in the browser, if it does."""
    return workbench.in_browser(account_set)


@register.filter
def is_demo(account_set: AccountSet) -> bool:
    """Whether everybody works in it."""
    return demo_sets.is_demo(account_set=account_set)


@register.simple_tag
def demo_again() -> str:
    """When demo sets are put back to their first state each night."""
    return f"{policy.DEMO_AGAIN:%H:%M}"
