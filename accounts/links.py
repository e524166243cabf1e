"""Short links: unguessable addresses that lead to an invitation, each drawn for one letter or text.

Opening one changes nothing and proves nothing but that the letter arrived. Whether the question behind it can still
be answered is judged by the invitation, never by the link.
"""

import hashlib
import secrets
import string
from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import Delivery, Invitation, ShortLink

ALPHABET: Final = string.digits + string.ascii_letters
TOKEN_LENGTH: Final = 22  # of 62 signs: 131 bits


@transaction.atomic
def draw_link(
    invitation: Invitation, channel: str, *, delivery: Delivery | None = None, replaces_before: datetime | None = None
) -> str:
    """The absolute address of a fresh link. Earlier ones of this invitation and channel are replaced from now on.

    With `replaces_before`, only those drawn before that moment: a letter that is tried again may have arrived the
    first time. With `delivery`, never those that others were sent on the same occasion: each owner has an own one.
    Only a digest is kept, so nobody can read the address out of the database. Locks the invitation.
    """
    at = timezone.now()
    Invitation.objects.select_for_update().get(pk=invitation.pk)
    earlier = ShortLink.objects.filter(invitation=invitation, channel=channel, revoked_at=None)
    if replaces_before is not None:
        earlier = earlier.filter(created_at__lt=replaces_before)
    if delivery is not None:
        others = Delivery.objects.filter(event=delivery.event_id).exclude(pk=delivery.pk)
        earlier = earlier.exclude(delivery__in=others)
    earlier.update(revoked_at=at)
    token = "".join(secrets.choice(ALPHABET) for _sign in range(TOKEN_LENGTH))
    ShortLink.objects.create(
        digest=_digest(token), invitation=invitation, channel=channel, delivery=delivery, created_at=at
    )
    return f"{settings.SITE_URL}/s/{token}/"


def find_link(token: str) -> ShortLink | None:
    """The link with its invitation, relationship and both accounts; one that a newer letter replaced is found, too.

    The work is the same whatever the token looks like: one digest, one look into the index.
    """
    links = ShortLink.objects.select_related(
        "invitation__sent_by",
        "invitation__relationship__manager__enterprise",
        "invitation__relationship__member__enterprise",
    )
    return links.filter(digest=_digest(token)).first()


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode(errors="replace")).hexdigest()
