"""Texts that staff writes once for each language of the site, in columns of their own."""

from django.utils.translation import get_language


def for_reader(text: str, english: str) -> str:
    """The one in the language of the page; where there is no English one, the other."""
    return english if english and (get_language() or "").startswith("en") else text
