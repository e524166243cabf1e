"""Looking for thousands of rows at once."""

from collections.abc import Iterable

from django.db.models.expressions import RawSQL


def among(ids: Iterable[int]) -> RawSQL:
    """For `__in`: one parameter, however many ids there are; of a list each would be one, looked at again and again."""
    return RawSQL("SELECT unnest(%s::bigint[])", [list(ids)])
