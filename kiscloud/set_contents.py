"""What an account set is made of: the tables whose rows are backed up, archived, restored and deleted together.

The books add theirs (`add_part`). Every table has a column `account_set_id` and refers to nothing outside the set but
people, so whatever handles a set needs to know nothing of what its rows mean.
"""

from django.db import connection, models

from config.copying import take_time
from config.transactions import atomic
from kiscloud.models import AccountSet

PURGING = "kiscloud.purging"  # names the set whose protected rows may go, until the end of the transaction

_parts: list[type[models.Model]] = []
_later: set[type[models.Model]] = set()


def add_part(model: type[models.Model], *, later: bool = False) -> None:
    """From now on a set's contents include its rows of this table; those it refers to were added before it.

    A `later` table came after files of sets were kept without it: in those a set has none of its rows. A column that
    came later has a default in the database, which the rows of older files get.
    """
    if model not in _parts:
        _parts.append(model)
    if later:
        _later.add(model)


def parts() -> tuple[type[models.Model], ...]:
    """Every table of a set, each after those that it refers to."""
    return tuple(_parts)


def came_later(model: type[models.Model]) -> bool:
    """Whether files of sets may lack the table."""
    return model in _later


def lock_contents(*, account_set: AccountSet) -> None:
    """Nobody writes into the set until the end of the transaction: whoever does holds the row of its first part."""
    for model in _parts[:1]:
        list(model._default_manager.select_for_update().filter(account_set=account_set))


@atomic
def purge_contents(*, account_set: AccountSet) -> dict[str, int]:
    """Nothing of what was in the set is there any more; answers how many rows went, by table.

    Part of the caller's transaction, which has locked the set and decided that it may go. May run again.
    """
    take_time()
    gone: dict[str, int] = {}
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [PURGING, str(account_set.pk)])
        for model in reversed(_parts):
            table = connection.ops.quote_name(model._meta.db_table)
            cursor.execute(f"DELETE FROM {table} WHERE account_set_id = %s", [account_set.pk])  # noqa: S608
            gone[model._meta.db_table] = cursor.rowcount
        cursor.execute("SELECT set_config(%s, '', true)", [PURGING])
    return gone
