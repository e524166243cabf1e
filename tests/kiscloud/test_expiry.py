"""The end of products: notices on their days, the archive, the deletion, and what holds it back (S10, C9)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import Event
from config.errors import InputError, NotAllowed
from config.jobs import run_due
from kiscloud import policy
from kiscloud.models import AccountSet, Archive, Company, Subscription
from kiscloud.services import expiry
from kiscloud.set_files import keeping, open_file
from tests.factories import make_user
from tests.kiscloud.contents import Tables, contents, fill
from tests.kiscloud.kis import active, add_admin, make_company, make_set, person
from tests.staff import make_staff

pytestmark = pytest.mark.django_db
END = datetime.fromisoformat("2026-03-10T00:00:00+08:00")
DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
GONE = END + policy.KEPT


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def product(company: Company) -> Subscription:
    found = active(company)
    Subscription.objects.filter(pk=found.pk).update(starts_at=END - 365 * DAY, expires_at=END)
    found.refresh_from_db()
    return found


@pytest.fixture
def account_set(product: Subscription, tables: Tables) -> AccountSet:
    made = make_set(product)
    fill(tables, made)
    return made


def days_told() -> list[int]:
    return list(Event.objects.filter(kind="subscription.ending").order_by("pk").values_list("facts__day", flat=True))


def clerk() -> Actor:
    return Actor(door=Door.STAFF, user=make_staff("change_subscription"))


@pytest.mark.rule("S10.1", "S10.4")
def test_each_notice_on_its_day_and_once(product: Subscription) -> None:
    moment = END - 40 * DAY
    while moment < END + 40 * DAY:
        expiry.send_notices(now=moment)
        expiry.send_notices(now=moment)
        moment += 6 * timedelta(hours=1)
    assert days_told() == list(policy.NOTICE_DAYS)


def test_after_a_pause_only_the_latest_is_sent(product: Subscription) -> None:
    expiry.send_notices(now=END + 14 * DAY + timedelta(hours=1))
    assert days_told() == [14]
    expiry.send_notices(now=END + 19 * DAY)  # that of the 15th day is too late now
    assert days_told() == [14]


def test_a_short_trial_is_not_told_before_it_began(company: Company) -> None:
    trial = active(company)
    Subscription.objects.filter(pk=trial.pk).update(starts_at=END - 7 * DAY, expires_at=END)
    for days in range(-8, 1):
        expiry.send_notices(now=END + days * DAY)
    assert days_told() == [0]


def test_a_renewal_begins_the_days_anew(product: Subscription) -> None:
    expiry.send_notices(now=END)
    Subscription.objects.filter(pk=product.pk).update(expires_at=END + 365 * DAY)
    expiry.send_notices(now=END + DAY)
    expiry.send_notices(now=END + 365 * DAY)
    assert days_told() == [0, 0]


def test_administrators_are_told_by_mail(product: Subscription, mailoutbox: list[Any]) -> None:
    other = add_admin(product.company, make_user()).user
    expiry.send_notices(now=END - 7 * DAY)
    run_due()
    assert {mail.to[0] for mail in mailoutbox} == {product.company.founder.email, other.email}


@pytest.mark.rule("S10.4")
@pytest.mark.parametrize(("now", "goes"), [(GONE - SECOND, False), (GONE, True), (GONE + 100 * DAY, True)])
def test_never_before_its_day(product: Subscription, account_set: AccountSet, now: datetime, goes: bool) -> None:
    assert expiry.start_purges(now=now) == int(goes)
    assert expiry.purge_product(subscription_id=product.pk, now=now) is goes
    account_set.refresh_from_db()
    assert (account_set.state == "deleted") is goes


@pytest.mark.rule("S10.4")
def test_everything_is_archived_before_it_goes(product: Subscription, account_set: AccountSet, tables: Tables) -> None:
    before = [row[:4] for row in contents(tables, account_set)]
    for _turn in range(2):
        assert expiry.purge_product(subscription_id=product.pk, now=GONE)
        assert not contents(tables, account_set)
    archive = Archive.objects.get()
    with default_storage.open(archive.file.name) as file, open_file(file) as opened:  # type: ignore[arg-type]
        [part] = opened.manifest.sets
        assert [table.rows for table in part.tables] == [2, len(before)]
        assert (part.number, part.name) == (account_set.number, account_set.name)
    product.refresh_from_db()
    assert product.purged_at == GONE
    assert Event.objects.filter(kind="subscription.purged").count() == 1


def test_without_sets_there_is_no_archive(product: Subscription) -> None:
    assert expiry.purge_product(subscription_id=product.pk, now=GONE)
    assert not Archive.objects.exists()


def test_a_hold_keeps_it_until_it_is_let_go(product: Subscription, account_set: AccountSet) -> None:
    with pytest.raises(NotAllowed):
        expiry.hold_product(actor=person(product.company.founder), subscription_id=product.pk, reason="诉讼")
    with pytest.raises(InputError):
        expiry.hold_product(actor=clerk(), subscription_id=product.pk, reason=" ")
    expiry.hold_product(actor=clerk(), subscription_id=product.pk, reason="诉讼")
    assert expiry.start_purges(now=GONE + DAY) == 0
    assert not expiry.purge_product(subscription_id=product.pk, now=GONE + DAY)
    expiry.release_product(actor=clerk(), subscription_id=product.pk, reason="结案")
    assert expiry.purge_product(subscription_id=product.pk, now=GONE + DAY)


@pytest.mark.parametrize("step", ["write_kept", "keep", "purge_contents", "note_product"])
def test_a_worker_that_dies_leaves_all_or_nothing(
    product: Subscription,
    account_set: AccountSet,
    tables: Tables,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    before = contents(tables, account_set)

    class Killed(BaseException):
        """As if the process ended."""

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(expiry, step, die)
        with pytest.raises(Killed):
            expiry.purge_product(subscription_id=product.pk, now=GONE)
    product.refresh_from_db()
    assert product.purged_at is None
    assert contents(tables, account_set) == before
    assert expiry.purge_product(subscription_id=product.pk, now=GONE + DAY)
    assert Archive.objects.get().manifest["sets"][0]["tables"][1]["rows"] == len(before)
    files = default_storage.listdir(f"archives/{product.company_id}")[1]
    assert len(files) == 1


def test_what_was_renewed_or_held_between_stays(
    product: Subscription, account_set: AccountSet, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., Any] = keeping.keep

    def renewed_meanwhile(*args: Any) -> None:
        real(*args)
        Subscription.objects.filter(pk=product.pk).update(expires_at=timezone.now() + 365 * DAY)

    monkeypatch.setattr(expiry, "keep", renewed_meanwhile)
    assert not expiry.purge_product(subscription_id=product.pk, now=GONE)
    assert contents(tables, account_set)


def test_a_set_that_came_between_is_archived_by_the_next_run(
    product: Subscription, account_set: AccountSet, tables: Tables, monkeypatch: pytest.MonkeyPatch
) -> None:
    real: Callable[..., Any] = keeping.keep

    def another_comes(*args: Any) -> None:
        real(*args)
        fill(tables, make_set(product, name="后来的账套"))

    with monkeypatch.context() as patch:
        patch.setattr(expiry, "keep", another_comes)
        assert not expiry.purge_product(subscription_id=product.pk, now=GONE)
    assert expiry.purge_product(subscription_id=product.pk, now=GONE + DAY)
    assert len(Archive.objects.get().manifest["sets"]) == 2
