"""Records of deletions (S15.6, S16.14)."""

import socket
from datetime import datetime
from functools import cache

from django.conf import settings

from accounts.mobile import mask_mobile
from accounts.models import User
from kiscloud.models import Company, Deletion


def note_deletion(
    *, company: Company, kind: str, number: str, name: str, by: User, holder: User | None, at: datetime
) -> Deletion:
    """It is written who deleted what on which server; `holder` is whose phone confirmed it, None without a code.

    Part of the caller's transaction.
    """
    return Deletion.objects.create(
        company=company,
        kind=kind,
        number=number,
        name=name,
        deleted_at=at,
        deleted_by=by,
        mobile=mask_mobile(holder.mobile) if holder is not None and holder.mobile else "",
        holder=holder.name if holder is not None else "",
        server_address=server_address(),
    )


@cache
def server_address() -> str:
    """The address of this server: as the settings say, or as its name resolves."""
    if settings.SERVER_ADDRESS:
        return str(settings.SERVER_ADDRESS)
    try:
        return socket.gethostbyname(socket.gethostname())
    except OSError:
        return "127.0.0.1"
