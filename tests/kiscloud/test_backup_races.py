"""Many at once for the last place in the drive, the last set of the quota, and the backup of a day (S16, S17)."""

import pytest

from kiscloud import policy
from kiscloud.models import AccountSet, Backup, Subscription
from kiscloud.services import backups, restores
from kiscloud.services.subscriptions import NoSetLeft
from tests.kiscloud.kis import active, make_company, make_set, person
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def product() -> Subscription:
    return active(make_company(), sets=3)


def in_drive(account_set: AccountSet, count: int) -> None:
    """So many complete ones, made by hand."""
    facts = Backup.facts_of(account_set)
    Backup.objects.bulk_create(Backup(kind=Backup.Kind.MANUAL, file="x", **facts) for _number in range(count))
    Backup.objects.update(state=Backup.State.SUCCESS)


@pytest.mark.rule("S16.3")
def test_twelve_for_the_last_place_in_the_drive(product: Subscription) -> None:
    account_set, founder = make_set(product), product.company.founder
    in_drive(account_set, policy.BACKUPS_MAX - 1)
    results = race(12, lambda _n: backups.start_backup(actor=person(founder), set_id=account_set.pk))
    assert sum(isinstance(result, Backup) for result in results) == 1
    assert {type(result) for result in results} == {Backup, backups.DriveFull}
    assert Backup.objects.in_drive(product.company).count() == policy.BACKUPS_MAX


@pytest.mark.rule("S17.5")
def test_eight_restores_for_the_last_set(product: Subscription) -> None:
    account_set, founder = make_set(product), product.company.founder
    make_set(product, name="二号账套")
    in_drive(account_set, 1)
    backup = Backup.objects.get()

    def restore(number: int) -> AccountSet:
        asked = {"subscription_id": product.pk, "backup_id": backup.pk}
        return restores.start_restore(actor=person(founder), name=f"{number}号", **asked)  # type: ignore[arg-type]

    results = race(8, restore)
    assert sum(isinstance(result, AccountSet) for result in results) == 1
    assert {type(result) for result in results} == {AccountSet, NoSetLeft}
    assert AccountSet.objects.standing().count() == 3


@pytest.mark.rule("S16.8")
def test_many_clocks_begin_one_backup_of_the_day(product: Subscription) -> None:
    for name in ("一号账套", "二号账套"):
        make_set(product, name=name)
    assert sum(result for result in race(6, lambda _n: backups.start_daily()) if isinstance(result, int)) == 2
    assert Backup.objects.count() == 2
