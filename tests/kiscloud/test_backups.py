"""Backups are made, counted, tried and removed; restores bring sets back, or say why not (S16, S17)."""

from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone
from pytest_django import Settings

from accounts.models import Event
from config.errors import NotFound
from config.jobs import run_due
from config.models import Job
from kiscloud import policy
from kiscloud.models import AccountSet, Backup, Company, SetUser, Subscription
from kiscloud.services import backups, restores
from kiscloud.services.subscriptions import NoSetLeft, ProductOver
from tests.factories import make_user
from tests.kiscloud.contents import Tables, contents, fill
from tests.kiscloud.kis import active, make_company, make_set, person

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def product(company: Company) -> Subscription:
    return active(company)


@pytest.fixture
def account_set(product: Subscription, tables: Tables) -> AccountSet:
    made = make_set(product)
    fill(tables, made)
    return made


def end(product: Subscription, ago: timedelta) -> None:
    """The product's period ended so long ago."""
    now = timezone.now()
    Subscription.objects.filter(pk=product.pk).update(starts_at=now - 400 * DAY, expires_at=now - ago)


def begin(account_set: AccountSet) -> Backup:
    founder = account_set.subscription.company.founder
    return backups.start_backup(actor=person(founder), set_id=account_set.pk)


def made(account_set: AccountSet) -> Backup:
    backup = begin(account_set)
    backups.make_backup(backup_id=backup.pk)
    return Backup.objects.get(pk=backup.pk)


def restore(backup: Backup, product: Subscription, name: str = "回来的账套") -> AccountSet:
    founder = product.company.founder
    started = restores.start_restore(actor=person(founder), subscription_id=product.pk, backup_id=backup.pk, name=name)
    restores.restore_set(set_id=started.pk)
    return AccountSet.objects.get(pk=started.pk)


@pytest.mark.rule("S16.1", "S16.2")
def test_a_backup_is_being_made_and_then_complete(account_set: AccountSet, tables: Tables) -> None:
    backup = begin(account_set)
    assert backup.state == Backup.State.CREATING
    backups.make_backup(backup_id=backup.pk)
    backups.make_backup(backup_id=backup.pk)  # whatever runs twice acts once
    backup = Backup.objects.get(pk=backup.pk)
    assert (backup.state, backup.set_name, backup.edition) == ("success", account_set.name, "professional")
    with default_storage.open(backup.file.name) as file:
        text = file.read()
    assert len(text) == backup.size
    assert "上层".encode() not in text  # sealed as it is kept
    assert list(Event.objects.filter(kind="backup.made").values_list("facts__set", flat=True)) == [account_set.name]


def test_kept_open_if_the_settings_say_so(account_set: AccountSet, settings: Settings) -> None:
    settings.SEAL_SET_FILES = False
    backup = made(account_set)
    with default_storage.open(backup.file.name) as file:
        assert file.read(2) == b"PK"
    assert restores.try_backup(backup_id=backup.pk)


@pytest.mark.rule("S16.3")
def test_the_hundredth_fits_and_the_next_is_refused(account_set: AccountSet, product: Subscription) -> None:
    facts = Backup.facts_of(account_set)
    kinds = [Backup.Kind.MANUAL] * 60 + [Backup.Kind.PRIVATE] * 39
    Backup.objects.bulk_create([Backup(kind=kind, **facts) for kind in kinds])
    failed = Backup.objects.create(kind=Backup.Kind.MANUAL, **facts)
    backups.give_up(backup_id=failed.pk, fault="x")
    Backup.objects.create(kind=Backup.Kind.AUTOMATIC, day=timezone.localdate(), **facts)
    begin(account_set)
    with pytest.raises(backups.DriveFull) as refusal:
        begin(account_set)
    assert refusal.value.facts["count"] == policy.BACKUPS_MAX
    assert Backup.objects.in_drive(product.company).count() == policy.BACKUPS_MAX


def test_only_what_is_there_is_backed_up(account_set: AccountSet, product: Subscription) -> None:
    backup = begin(account_set)
    account_set.delete_for_good()
    account_set.save(update_fields=["state"])
    with pytest.raises(NotFound):
        begin(account_set)
    backups.make_backup(backup_id=backup.pk)
    assert Backup.objects.get(pk=backup.pk).state == Backup.State.FAILED
    with pytest.raises(NotFound):
        backups.start_backup(actor=person(make_user()), set_id=make_set(product).pk)


@pytest.mark.rule("S10.3")
def test_an_ended_product_is_backed_up_until_its_data_goes(account_set: AccountSet, product: Subscription) -> None:
    end(product, 20 * DAY)
    assert made(account_set).state == Backup.State.SUCCESS
    Subscription.objects.filter(pk=product.pk).update(purged_at=timezone.now())
    with pytest.raises(backups.DataGone):
        begin(account_set)


@pytest.mark.rule("S16.8")
def test_each_day_once(account_set: AccountSet, product: Subscription) -> None:
    now = timezone.now()
    assert backups.start_daily(now=now) == 1
    assert backups.start_daily(now=now) == 0
    assert backups.start_daily(now=now + DAY) == 1
    Subscription.objects.filter(pk=product.pk).update(mode=Subscription.Mode.PRIVATE)
    assert backups.start_daily(now=now + 2 * DAY) == 0


@pytest.mark.rule("S16.9")
def test_the_seven_latest_of_each_set_are_left(account_set: AccountSet, product: Subscription, tables: Tables) -> None:
    other, now = make_set(product, name="二号账套"), timezone.now()
    for day in range(10):
        backups.start_daily(now=now + day * DAY)
        for backup in Backup.objects.filter(state=Backup.State.CREATING):
            if (day, backup.account_set_id) == (9, other.pk):
                backups.give_up(backup_id=backup.pk, fault="x")  # a failed one pushes no good one out
            else:
                backups.make_backup(backup_id=backup.pk)
        backups.remove_old()
        backups.remove_files()
    for made_of in (account_set, other):
        left = Backup.objects.standing().filter(account_set=made_of, state=Backup.State.SUCCESS)
        assert left.count() == policy.AUTOMATIC_KEPT
        assert all(default_storage.exists(backup.file.name) for backup in left)
    files = default_storage.listdir(f"backups/{product.company_id}")[1]
    assert len(files) == 2 * policy.AUTOMATIC_KEPT


def test_the_latest_is_kept_though_newer_ones_fail(account_set: AccountSet) -> None:
    now = timezone.now()
    backups.start_daily(now=now)
    backups.make_backup(backup_id=Backup.objects.get().pk)
    for day in range(1, 12):
        backups.start_daily(now=now + day * DAY)
        backups.give_up(backup_id=Backup.objects.latest("pk").pk, fault="x")
    backups.remove_old()
    assert Backup.objects.filter(state=Backup.State.SUCCESS).count() == 1


def test_files_are_gone_after_a_kill_between(account_set: AccountSet) -> None:
    backup = made(account_set)
    backups.drop(backup_id=backup.pk, at=timezone.now())  # the commit's own removal does not run in this test
    assert default_storage.exists(backup.file.name)
    assert backups.remove_files() == 1
    assert not default_storage.exists(backup.file.name)
    assert backups.remove_files() == 0


def test_an_automatic_one_is_restored_for_a_test(account_set: AccountSet, tables: Tables) -> None:
    backups.start_daily()
    run_due()
    backup = Backup.objects.get()
    run_due()
    backup.refresh_from_db()
    assert backup.verified_at is not None
    assert AccountSet.objects.count() == 1
    assert len(contents(tables, account_set)) == 4
    default_storage.delete(backup.file.name)
    assert not restores.try_backup(backup_id=backup.pk)
    backup.refresh_from_db()
    assert (backup.verified_at, bool(backup.unfit)) == (None, True)


@pytest.mark.rule("S17.1", "S17.9")
def test_a_set_comes_back_beside_the_others(account_set: AccountSet, product: Subscription, tables: Tables) -> None:
    back = restore(made(account_set), product)
    assert (back.state, back.name, back.version) == ("ready", "回来的账套", account_set.version)
    assert back.number != account_set.number
    assert [row[:4] for row in contents(tables, back)] == [row[:4] for row in contents(tables, account_set)]
    administrators = SetUser.objects.filter(account_set=back, is_admin=True)
    assert [user.user for user in administrators] == [product.company.founder]
    restores.restore_set(set_id=back.pk)
    assert len(contents(tables, back)) == 4


@pytest.mark.rule("S17.3", "S17.4", "S17.5", "S17.6", "S17.7", "S17.12")
def test_what_speaks_against_it_is_said(account_set: AccountSet, product: Subscription) -> None:
    backup = made(account_set)
    trade = active(product.company, edition="trade")

    def refusal(of: Backup, into: Subscription) -> str:
        with pytest.raises(restores.RestoreRefused) as refused:
            restore(of, into)
        return refused.value.rule

    assert refusal(backup, trade) == "S17.3"
    rows = Backup.objects.filter(pk=backup.pk)
    nobody = {"name": "甲", "employee": "", "mobile": ""}
    for changes, rule in (
        ({"set_version": "15.0"}, "S17.4"),
        ({"unpacked": policy.UNPACKED_MAX + 1}, "S17.7"),
        (
            {"kind": "private", "manifest": {"sets": [{"people": [nobody]}]}},
            "S17.12",
        ),
    ):
        before = rows.values(*changes).get()
        rows.update(**changes)
        assert refusal(rows.get(), product) == rule
        rows.update(**before)
    end(product, timedelta(seconds=1))
    with pytest.raises(ProductOver):
        restore(backup, product)
    Subscription.objects.filter(pk=product.pk).update(expires_at=timezone.now() + DAY, sets_total=1)
    with pytest.raises(NoSetLeft):
        restore(backup, product)
    assert AccountSet.objects.count() == 1


def test_what_workers_died_of_again_and_again_failed(account_set: AccountSet, product: Subscription) -> None:
    begun, backup = begin(account_set), made(account_set)
    actor, asked = person(product.company.founder), {"subscription_id": product.pk, "backup_id": backup.pk}
    back = restores.start_restore(actor=actor, name="x", **asked)  # type: ignore[arg-type]
    Job.objects.update(state=Job.State.PARKED)
    assert (backups.fail_abandoned(), restores.fail_abandoned()) == (1, 1)
    begun.refresh_from_db()
    back.refresh_from_db()
    assert (begun.state, back.state, bool(back.fault)) == ("failed", "failed", True)
    assert (backups.fail_abandoned(), restores.fail_abandoned()) == (0, 0)


def test_others_restore_nothing(account_set: AccountSet, product: Subscription) -> None:
    backup, foreign = made(account_set), active(make_company())
    for actor, into in ((foreign.company.founder, foreign), (foreign.company.founder, product)):
        with pytest.raises(NotFound):
            restores.start_restore(actor=person(actor), subscription_id=into.pk, backup_id=backup.pk, name="x")


def test_a_damaged_file_fails_the_set_and_leaves_nothing(
    account_set: AccountSet, product: Subscription, tables: Tables
) -> None:
    backup = made(account_set)
    with default_storage.open(backup.file.name) as file:
        text = file.read()
    default_storage.delete(backup.file.name)
    with default_storage.open(backup.file.name, "wb") as file:
        file.write(text[: len(text) // 2])
    back = restore(backup, product)
    assert (back.state, bool(back.fault)) == ("failed", True)
    assert tables.page.objects.filter(account_set=back).count() == 0
