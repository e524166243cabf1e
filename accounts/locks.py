"""Locks in one fixed order: named things first, then accounts by id, then the rows below them."""

import hashlib

from django.db import connection

from accounts.models import Account


def lock_name(name: str) -> None:
    """Holds the name until the transaction ends; two callers with the same name go one after the other."""
    key = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])


def lock_accounts(*ids: int) -> dict[int, Account]:
    """Locks these accounts, lowest id first, and answers them freshly read. Rows that refer to them can be written."""
    rows = Account.objects.select_for_update(of=("self",), no_key=True).select_related("enterprise").filter(pk__in=ids)
    return {account.pk: account for account in rows.order_by("pk")}
