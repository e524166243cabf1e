"""Companies whose sets are backed up, restored, deleted and purged at random, as people and the clock would."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import OneTimeCode
from benchmarks import books_data
from config.errors import DomainError
from kiscloud.models import AccountSet, Backup, Subscription
from kiscloud.services import backups, expiry, restores, set_deletion
from tests.factories import clear

QUOTA: Final = 4  # sets of each product
DAY: Final = timedelta(days=1)


@dataclass
class World:
    """Two products that live on, and some whose time is over."""

    living: list[Subscription] = field(default_factory=list)
    ending: list[Subscription] = field(default_factory=list)
    days: int = 30  # how long ago the next daily backups are

    def acts(self) -> list[Callable[[random.Random], None]]:
        """What may happen, the frequent more than once."""
        often = [self.back_up, self.restore, self.restore, self.delete]
        return [*often, *often, self.backups_of_a_day, self.tidy, self.end_one]

    def act(self, chance: random.Random) -> None:
        """One of them; what is refused is refused."""
        with suppress(DomainError):
            chance.choice(self.acts())(chance)

    def back_up(self, chance: random.Random) -> None:
        """By hand."""
        product = chance.choice(self.living)
        sets = AccountSet.objects.filter(subscription=product, state=AccountSet.State.READY)
        backups.start_backup(actor=founder(product), set_id=chance.choice(sets.values_list("pk", flat=True)))

    def restore(self, chance: random.Random) -> None:
        """From any complete backup, as long as there is room."""
        product = chance.choice(self.living)
        known = Backup.objects.filter(subscription=product, state=Backup.State.SUCCESS).values_list("pk", flat=True)
        if known:
            asked = {"subscription_id": product.pk, "backup_id": chance.choice(known)}
            restores.start_restore(actor=founder(product), name="回来", **asked)  # type: ignore[arg-type]

    def delete(self, chance: random.Random) -> None:
        """One that was restored."""
        product, standing = chance.choice(self.living), AccountSet.objects.standing()
        rows = standing.filter(subscription=product, restored_from__isnull=False)
        if rows:
            chosen, user = chance.choice(rows), product.company.founder
            if not set_deletion.needs_no_code(account_set=chosen):
                clear(user, OneTimeCode.Purpose.DELETE_SET, set_deletion.bound_to(set_id=chosen.pk, user=user))
            set_deletion.delete_set(actor=founder(product), set_id=chosen.pk)

    def backups_of_a_day(self, _chance: random.Random) -> None:
        """A day passes."""
        self.days -= 1
        backups.start_daily(now=timezone.now() - self.days * DAY)

    def tidy(self, _chance: random.Random) -> None:
        """What the hourly job does with old ones."""
        backups.remove_old()
        backups.remove_files()

    def end_one(self, _chance: random.Random) -> None:
        """The time of one more product is over."""
        if self.ending:
            end(self.ending.pop(), timezone.now() - 40 * DAY)

    def end_all(self) -> None:
        """That of every one that was to end."""
        while self.ending:
            self.end_one(random.Random())


def end(product: Subscription, at: datetime) -> None:
    """It ended then, and whatever is due is purged."""
    Subscription.objects.filter(pk=product.pk).update(starts_at=at - 30 * DAY, expires_at=at)
    expiry.start_purges()


def founder(product: Subscription) -> Actor:
    """Whoever asks."""
    return Actor(door=Door.CONSOLE, user=product.company.founder)


def build(*, lines: int, ending: int) -> World:
    """Two products that live on and so many that end, each with a set of so many lines in its books."""
    made = []
    for number in range(2 + ending):
        _actor, account_set = books_data.make_office(number)
        books_data.fill(account_set, lines)
        product = account_set.subscription
        Subscription.objects.filter(pk=product.pk).update(sets_total=QUOTA)
        made.append(Subscription.objects.select_related("company__founder").get(pk=product.pk))
    return World(made[:2], made[2:])
