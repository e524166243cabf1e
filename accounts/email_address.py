"""E-mail addresses: one stored form, so that one mailbox is one person, and a masked form for others."""

import unicodedata
from typing import Final

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator
from django.utils.translation import gettext_lazy as _

from accounts.inputs import WrongInputError, ascii_lower

ADDRESS_LENGTH: Final = 254  # RFC 5321
LOCAL_LENGTH: Final = 64
_form: Final = EmailValidator()


class EmailError(WrongInputError):
    """Why a text is no e-mail address that we can write to."""


def normalise_email(text: str) -> str:
    """The address in lower case and half-width; raises `EmailError`."""
    address = ascii_lower(unicodedata.normalize("NFKC", text.strip()))
    if not address:
        raise EmailError(_("Enter an e-mail address."), "email_empty")
    local, _at, domain = address.rpartition("@")
    if not local.isascii():
        raise EmailError(_("The part before “@” may only hold Latin letters, digits and signs."), "email_letters")
    if not domain.isascii():
        # Two such domains can look the same on the screen; the plain form cannot be mistaken.
        raise EmailError(
            _("Write the part after “@” in Latin letters (an international domain in its “xn--” form)."), "email_domain"
        )
    if len(address) > ADDRESS_LENGTH or len(local) > LOCAL_LENGTH:
        raise EmailError(_("This e-mail address is too long."), "email_length")
    try:
        _form(address)
    except ValidationError as error:
        raise EmailError(
            _("This is no complete e-mail address; it looks like name@example.com."), "email_form"
        ) from error
    return address


def mask_email(address: str) -> str:
    """The address as others may see it: a***@example.com."""
    local, at, domain = address.rpartition("@")
    return f"{local[:1]}***@{domain}" if at and local else "***"
