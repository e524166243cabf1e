"""django-hordak doing its documented transfer; run by benchmarks/peers.py in an environment of its own.

A transfer locks both accounts lowest id first, refuses when the payer's balance does not suffice, and then is hordak's
own `transfer_to`. Without lock and check it would let a payer go below zero, which nobody could use for money.
"""

import json
import os
import random
import sys
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import django
from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.db import connection, transaction
from moneyed import Money  # type: ignore[import-not-found]

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from benchmarks import load

CURRENCY = "CNY"
FUNDS = 1_000_000
FEN = Money("0.01", CURRENCY)


def begin(*, address: dict[str, Any], accounts: int) -> dict[str, Any]:
    """Hordak's tables are there, with this many funded accounts."""
    names = (("NAME", "dbname"), ("USER", "user"), ("PASSWORD", "password"), ("HOST", "host"), ("PORT", "port"))
    database = {ours: address.get(theirs, "") for ours, theirs in names}
    settings.configure(
        DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": None, **database}},
        INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"],
        DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
        HORDAK_INTERNAL_CURRENCY=CURRENCY,
        HORDAK_CURRENCIES=[CURRENCY],
        DEFAULT_CURRENCY=CURRENCY,
        CURRENCIES=[CURRENCY],
        USE_TZ=True,
    )
    django.setup()
    call_command("migrate", verbosity=0)
    _fund(accounts)
    return {}


def _fund(accounts: int) -> None:
    """Written without hordak's triggers, which go through all accounts for each new one."""
    account_model, leg_model = apps.get_model("hordak", "Account"), apps.get_model("hordak", "Leg")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        rows = [
            account_model(name=str(n), type="AS", currencies=[CURRENCY], tree_id=n, lft=1, rght=2, level=0)
            for n in range(1, accounts + 2)
        ]
        bank, *others = account_model.objects.bulk_create(rows)
        funding = apps.get_model("hordak", "Transaction").objects.create()
        legs = [leg_model(transaction=funding, account=bank, currency=CURRENCY, credit=FUNDS * accounts)]
        legs += [leg_model(transaction=funding, account=one, currency=CURRENCY, debit=FUNDS) for one in others]
        leg_model.objects.bulk_create(legs)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE hordak_account, hordak_leg")


def measure(*, shape: str, workers: int, seconds: float) -> dict[str, Any]:
    """Transfers of one fen between random accounts, or (`hot`) from one account to random others."""
    pks = list(apps.get_model("hordak", "Account").objects.order_by("pk").values_list("pk", flat=True))[1:]
    connection.close()  # workers are forked
    return asdict(load.run(lambda _number: _transfers(pks, hot=shape == "hot"), workers=workers, seconds=seconds))


def _transfers(pks: list[int], *, hot: bool) -> load.Act:
    account_model = apps.get_model("hordak", "Account")
    payer, others = pks[0], pks[1:]
    chance = random.Random(os.getpid())

    def transfer() -> int:
        source, target = (payer, chance.choice(others)) if hot else chance.sample(others, 2)
        with transaction.atomic():
            locked = account_model.objects.select_for_update().filter(pk__in=(source, target)).order_by("pk")
            accounts = {one.pk: one for one in locked}
            if accounts[source].get_balance()[CURRENCY] < FEN:
                raise ValueError(f"account {source} has not enough")
            accounts[source].transfer_to(accounts[target], FEN)
        return 1

    return transfer


ORDERS: dict[str, Callable[..., dict[str, Any]]] = {"begin": begin, "measure": measure}


def main() -> None:
    """One answer for each order, until there are no more."""
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever else is printed goes to standard error
    for line in sys.stdin:
        order = json.loads(line)
        answers.write(json.dumps(ORDERS[order.pop("do")](**order)) + "\n")
        answers.flush()


if __name__ == "__main__":
    main()
