"""A letter as an e-mail: subject, text and HTML, ready to be sent."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils.translation import get_language

from accounts.letters import Letter
from accounts.letters.base import one_line


def compose(letter: Letter, *, to: str, url: str, reference: str) -> EmailMultiAlternatives:
    """The mail in the active language. The same `reference` gives the same Message-ID, so that a second copy of a
    letter whose fate was unknown is recognised as that."""
    context = {
        "letter": letter,
        "url": url,
        "language": get_language(),
        "site_name": settings.SITE_NAME,
        "site_url": settings.SITE_URL,
        "support_contact": settings.SUPPORT_CONTACT,
    }
    mail = EmailMultiAlternatives(
        subject=one_line(letter.subject),
        body=render_to_string("emails/letter.txt", context),
        to=[to],
        headers={"Message-ID": message_id(reference), "Auto-Submitted": "auto-generated"},
    )
    mail.attach_alternative(render_to_string("emails/letter.html", context), "text/html")
    return mail


def message_id(reference: str) -> str:
    """The Message-ID that belongs to this reference."""
    return f"<{reference}@{urlsplit(settings.SITE_URL).hostname or 'localhost'}>"
