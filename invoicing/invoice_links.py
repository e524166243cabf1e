"""Links in letters that lead to one issued invoice without a log-in: signed, and over after a while.

Whoever has the letter may see the invoice, as with the paper that came with it before. Nothing is stored for them.
"""

from typing import Final

from django.core.signing import BadSignature, TimestampSigner
from django.urls import reverse

from config.errors import NotFound
from invoicing import policy
from invoicing.models import Invoice

SALT: Final = "invoicing.link"


def draw_link(invoice: Invoice) -> str:
    """The path of a fresh link; it works for `policy.LINK_LIFE`."""
    token = TimestampSigner(salt=SALT).sign(str(invoice.pk))
    return reverse("invoicing:invoice-link", args=[token])


def open_link(token: str) -> Invoice:
    """The invoice that the token of a link stands for; NotFound where it was changed or is over."""
    try:
        text = TimestampSigner(salt=SALT).unsign(token, max_age=policy.LINK_LIFE)
    except BadSignature as error:
        raise NotFound() from error
    rows = Invoice.objects.select_related("reverses").filter(pk=int(text))
    if (invoice := rows.first()) is None:
        raise NotFound()
    return invoice
