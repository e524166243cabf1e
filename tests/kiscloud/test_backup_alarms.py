"""Sets without a good automatic backup alarm: on the pages by the dates alone, and by messages, once (C9, C15)."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from config.jobs import run_due
from kiscloud.models import AccountSet, Backup, BackupAlarm, Subscription
from kiscloud.services import backup_alarms, backups
from kiscloud.services.backup_alarms import sentence_of, trouble_of, troubled, watch_backups
from tests.kiscloud.kis import active, make_company, make_set
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
DAY = timedelta(days=1)
NOON = timezone.localtime().replace(hour=12)


@pytest.fixture
def product() -> Subscription:
    return active(make_company())


@pytest.fixture
def account_set(product: Subscription) -> AccountSet:
    return old_set(product)


def old_set(product: Subscription, *, name: str = "一号账套") -> AccountSet:
    """One that is old enough to have backups."""
    made = make_set(product, name=name)
    AccountSet.objects.filter(pk=made.pk).update(created_at=NOON - 30 * DAY)
    return made


def backed_up(account_set: AccountSet, *, ago: int = 0, **more: Any) -> Backup:
    """An automatic backup of so many days ago, good if nothing else is said."""
    at = NOON - ago * DAY
    good = {"state": "success", "verified_at": at, "finished_at": at, "file": "x"}
    facts = Backup.facts_of(account_set) | {"day": at.date(), "created_at": at} | good | more
    row = Backup(kind=Backup.Kind.AUTOMATIC, **{key: value for key, value in facts.items() if key != "state"})
    row.save()
    Backup.objects.filter(pk=row.pk).update(state=facts["state"])
    return row


def found(at: datetime = NOON) -> list[str]:
    return [str(trouble_of(account_set=row).value) for row in troubled(now=at)]


def test_a_good_one_of_yesterday_is_enough(account_set: AccountSet) -> None:
    backed_up(account_set, ago=1)
    assert found() == []
    assert found(NOON + DAY) == ["missing"]  # though no worker lives that could say so


def test_a_new_set_has_a_day(product: Subscription) -> None:
    made = make_set(product)
    assert found(made.created_at + DAY - timedelta(seconds=1)) == []
    assert found(made.created_at + DAY) == ["missing"]
    Subscription.objects.filter(pk=product.pk).update(mode=Subscription.Mode.PRIVATE)
    assert found(made.created_at + DAY) == []


@pytest.mark.parametrize(
    ("latest", "trouble"),
    [
        ({"state": "failed", "verified_at": None, "fault": "磁盘满了"}, ["failed"]),
        ({"verified_at": None, "unfit": "磁盘满了"}, ["unfit"]),
        ({"state": "creating", "verified_at": None}, []),  # yesterday's is good
        ({"verified_at": None}, []),
    ],
)
def test_what_failed_alarms_at_once(account_set: AccountSet, latest: dict[str, Any], trouble: list[str]) -> None:
    backed_up(account_set, ago=1)
    backed_up(account_set, **latest)
    assert found() == trouble
    if trouble:
        [row] = troubled(now=NOON)
        assert "磁盘满了" in sentence_of(account_set=row)
        assert f"{NOON - DAY:%Y-%m-%d}" in sentence_of(account_set=row)


def test_one_that_nobody_tried_for_a_day(account_set: AccountSet) -> None:
    backed_up(account_set, ago=2)
    backed_up(account_set, ago=1, verified_at=None)
    assert found() == ["untried"]


def test_people_are_told_once_and_once_when_it_is_over(account_set: AccountSet, product: Subscription) -> None:
    staff, founder = make_staff(), product.company.founder
    well = old_set(product, name="二号账套")
    backed_up(well)
    failed = backed_up(account_set, state="failed", verified_at=None)
    assert watch_backups(now=NOON) == (1, 0)
    assert watch_backups(now=NOON) == (0, 0)
    run_due()
    assert [account_set.name in message.title for message in Message.objects.filter(user=founder)] == [True]
    assert Message.objects.filter(user=staff).count() == 1
    Backup.objects.filter(pk=failed.pk).update(state="success", verified_at=NOON, file="x")
    assert watch_backups(now=NOON) == (0, 1)
    run_due()
    assert Message.objects.filter(user=founder).count() == 2
    assert Message.objects.filter(user=staff).count() == 2
    backed_up(account_set, ago=-1, state="failed", verified_at=None)
    assert watch_backups(now=NOON + DAY) == (1, 0)  # a new crossing
    AccountSet.objects.filter(pk=account_set.pk).update(state="deleted")
    assert watch_backups(now=NOON + DAY) == (0, 1)
    run_due()
    assert Message.objects.filter(user=founder).count() == 3  # of what is deleted nothing is said


def test_one_set_that_cannot_be_told_of_hinders_no_other(
    account_set: AccountSet, product: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, note = old_set(product, name="二号账套"), backup_alarms._note

    def broken(what: str, of: AccountSet, *more: Any) -> None:
        if of == account_set:
            raise ValueError
        note(what, of, *more)

    monkeypatch.setattr(backup_alarms, "_note", broken)
    assert watch_backups(now=NOON) == (1, 0)
    assert BackupAlarm.objects.get().account_set == other


def test_one_set_that_cannot_be_begun_hinders_no_other(
    account_set: AccountSet, product: Subscription, monkeypatch: pytest.MonkeyPatch
) -> None:
    other, facts = old_set(product, name="二号账套"), Backup.facts_of

    def broken(of: AccountSet) -> dict[str, Any]:
        if of == account_set:
            raise ValueError
        return facts(of)

    monkeypatch.setattr(Backup, "facts_of", broken)
    assert backups.start_daily() == 1
    assert Backup.objects.get().account_set == other


def test_ten_sets_cost_what_two_do_but_for_what_is_written(
    product: Subscription, django_assert_max_num_queries
) -> None:
    """Looking for old backups, and for trouble, takes no query for each set; beginning one takes eight."""
    for number in range(10):
        old_set(product, name=f"{number}号")
    with django_assert_max_num_queries(1 + 10 * 14) as asked:
        assert backups.start_daily() == 10
    with django_assert_max_num_queries(1):
        assert backups.remove_old() == 0
    with django_assert_max_num_queries(1):
        assert len(found()) == 10
    assert len(asked) > 0


def test_pages_say_so(account_set: AccountSet, product: Subscription) -> None:
    backed_up(account_set, state="failed", verified_at=None, fault="磁盘满了")
    browser = Client()
    browser.force_login(product.company.founder)
    page = browser.get(reverse("kiscloud:backup-list", args=[product.pk]))
    assert "磁盘满了" in page.content.decode()
    staff = staff_browser(make_staff("view_accountset"))
    assert "?backups=trouble" in staff.get(reverse("admin:index")).content.decode()
    listed = staff.get(reverse("admin:kiscloud_accountset_changelist"), {"backups": "trouble"})
    assert account_set.number in listed.content.decode()
