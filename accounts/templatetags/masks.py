"""Numbers and addresses as others may see them, for templates; built in, so that no template loads them."""

from django import template

from accounts import email_address, mobile

register = template.Library()


@register.filter
def mask_mobile(number: str | None) -> str:
    """`138****1234`; nothing where there is none."""
    return mobile.mask_mobile(number) if number else ""


@register.filter
def mask_email(address: str | None) -> str:
    """`a***@example.com`; nothing where there is none."""
    return email_address.mask_email(address) if address else ""
