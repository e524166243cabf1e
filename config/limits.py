"""Rate limits, counted by one statement, so that no number of simultaneous requests passes more than the limit.

    limits.hit("login.address", client_address(request), limit=30, seconds=600)

Exact and sliding: never more than `limit` hits within any `seconds`. A refused hit is not counted, so somebody who
keeps knocking is let in when his time has come. The count must survive whatever the request does next; a wrong code
rolled back together with its request would be free. So call this **before** opening a transaction: inside one it
raises `RuntimeError` (Django's durable block; the transaction that a test wraps around itself is excepted).
"""

import math
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from config.errors import TooMany
from config.models import RateLimit

# The hits are kept oldest first and cut to the last `limit`, so the limit is reached exactly when there are `limit`
# of them and the first is still inside the window. Then the WHERE fails, nothing is written and no row comes back.
_HIT = """
INSERT INTO config_ratelimit AS r (name, key, hits, expires_at)
VALUES (%(name)s, %(key)s, ARRAY[%(now)s]::timestamptz[], %(expires)s)
ON CONFLICT (name, key) DO UPDATE
   SET hits = (r.hits || %(now)s::timestamptz)[cardinality(r.hits) + 2 - %(limit)s :],
       expires_at = EXCLUDED.expires_at
 WHERE cardinality(r.hits) < %(limit)s
    OR r.hits[cardinality(r.hits) + 1 - %(limit)s] <= %(since)s
RETURNING 1
"""


def hit(name: str, key: str, *, limit: int, seconds: int, now: datetime | None = None) -> None:
    """Counts one hit, committed at once, or raises `TooMany` with the seconds until the next one passes.

    One name has one limit: `name` says which, `key` whose.
    """
    at = now or timezone.now()
    window = timedelta(seconds=seconds)
    values: dict[str, str | int | datetime] = {"name": name, "key": _digest(name, key), "limit": limit}
    values |= {"now": at, "since": at - window, "expires": at + window}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(_HIT, values)
        passed = cursor.fetchone() is not None
    if not passed:
        raise TooMany(seconds=_seconds_left(name, key, limit=limit, window=window, now=at))


def forget(name: str, key: str) -> None:
    """The key starts anew (after the right password, say)."""
    RateLimit.objects.filter(name=name, key=_digest(name, key)).delete()


def _seconds_left(name: str, key: str, *, limit: int, window: timedelta, now: datetime) -> int:
    row = RateLimit.objects.filter(name=name, key=_digest(name, key)).first()
    if row is None or len(row.hits) < limit:  # forgotten or tidied away a moment ago
        return 1
    return max(1, math.ceil((row.hits[-limit] + window - now).total_seconds()))


def _digest(name: str, key: str) -> str:
    """Fixed length whatever was typed, and no list of addresses and numbers for whoever reads the table."""
    return salted_hmac(f"config.limits.{name}", key, algorithm="sha256").hexdigest()
