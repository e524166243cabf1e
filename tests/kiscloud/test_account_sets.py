"""Sets are created within the quota, with a drawn number, by a job that never leaves half a set (S8.2, S8.3, S13)."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import Message
from config.errors import InputError, NotFound
from config.models import Job
from kiscloud import policy, set_moments, tasks
from kiscloud.models import AccountSet, SetUser, Subscription
from kiscloud.services import account_sets
from kiscloud.services.account_sets import (
    NotFailed,
    create_set,
    fail_abandoned,
    give_up,
    make_set,
    retry_set,
)
from kiscloud.services.backups import make_backup, start_backup
from kiscloud.services.set_deletion import delete_set
from kiscloud.services.subscriptions import InPrivateCloud, NoSetLeft, ProductClosed, ProductOver, add_product
from kiscloud.set_moments import Moment, during
from tests.factories import make_user
from tests.kiscloud.contents import Tables, contents, fill
from tests.kiscloud.kis import DAY, active, make_company, person
from tests.kiscloud.kis import make_set as ready_set
from tests.kiscloud.sets import PARAMETERS, begin_set, created

pytestmark = pytest.mark.django_db
State = AccountSet.State


@pytest.fixture
def product() -> Subscription:
    return active(make_company())


@pytest.fixture(autouse=True)
def no_other_acts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(set_moments, "_acts", {moment: [] for moment in Moment})


@pytest.mark.rule("S13.2", "S13.3", "S13.4")
def test_who_creates_a_set_administers_it(product: Subscription) -> None:
    product.company.members.update(name="通讯录姓名")
    account_set = begin_set(product)
    assert (account_set.state, account_set.version) == (State.CREATING, "16.0")
    number = account_set.number
    make_set(set_id=account_set.pk)
    account_set.refresh_from_db()
    assert (account_set.state, account_set.number) == (State.READY, number)
    user = SetUser.objects.get(account_set=account_set)
    assert (user.user, user.name, user.is_admin) == (product.company.founder, "通讯录姓名", True)
    assert begin_set(product).number != number
    assert not AccountSet._meta.get_field("number").editable


@pytest.mark.rule("S8.2", "S8.3")
def test_three_by_default_and_no_fourth(product: Subscription) -> None:
    assert product.sets_total == policy.SETS_BY_DEFAULT == 3
    sets = [created(product, name=f"{number}号") for number in range(3)]
    with pytest.raises(NoSetLeft) as refused:
        begin_set(product)
    assert "3" in str(refused.value)
    give_up_after_begin(sets[0])
    delete_set(actor=person(product.company.founder), set_id=sets[0].pk)
    begin_set(product)


def give_up_after_begin(account_set: AccountSet) -> None:
    AccountSet.objects.filter(pk=account_set.pk).update(state=State.FAILED)


@pytest.mark.rule("S8.3", "S10.2")
def test_nothing_is_created_after_the_end(product: Subscription) -> None:
    assert product.expires_at is not None
    with pytest.raises(ProductOver):
        begin_set(product, now=product.expires_at)
    begin_set(product, now=product.expires_at - timedelta(microseconds=1))
    unused = add_product(actor=person(product.company.founder), company_id=product.company_id, edition="trade")
    with pytest.raises(ProductClosed):
        begin_set(unused)


@pytest.mark.rule("S9.5")
def test_a_private_product_has_its_sets_elsewhere(product: Subscription) -> None:
    Subscription.objects.filter(pk=product.pk).update(mode="private")
    with pytest.raises(InPrivateCloud):
        begin_set(product)


def test_outsiders_create_nothing(product: Subscription) -> None:
    with pytest.raises(NotFound):
        begin_set(product, person(make_user()))
    with pytest.raises(NotFound):
        retry_set(actor=person(make_user()), set_id=ready_set(product).pk)


@pytest.mark.rule("S13.2")
@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("company", " "),
        ("tax_kind", "none"),
        ("template", "big"),
        ("start_month", 202613),
        ("start_month", 189912),
        ("code_lengths", (3, 2)),
        ("code_lengths", (4, 6)),
        ("code_lengths", (4, 0)),
        ("code_lengths", (4, 5, 5, 2)),
        ("code_lengths", ()),
    ],
)
def test_what_cannot_be_is_refused_at_its_field(product: Subscription, field: str, wrong: object) -> None:
    parameters = replace(PARAMETERS, **{field: wrong})  # type: ignore[arg-type]
    actor = person(product.company.founder)
    with pytest.raises(InputError) as refused:
        create_set(actor=actor, subscription_id=product.pk, name="账套", parameters=parameters)
    assert refused.value.field == field
    with pytest.raises(InputError):
        create_set(actor=actor, subscription_id=product.pk, name=" ", parameters=PARAMETERS)


@pytest.mark.rule("S13.2")
def test_creating_fills_the_set_once(product: Subscription, tables: Tables) -> None:
    during(Moment.MADE, lambda account_set: fill(tables, account_set))
    account_set = created(product)
    make_set(set_id=account_set.pk)
    assert len(contents(tables, account_set)) == 4
    backup = start_backup(actor=person(product.company.founder), set_id=account_set.pk)
    make_backup(backup_id=backup.pk)
    backup.refresh_from_db()
    assert account_set.size == backup.unpacked > 0  # one measure, that of S17.7


@pytest.mark.rule("S13.1")
def test_half_a_set_is_none(product: Subscription, tables: Tables) -> None:
    """A worker that dies after the rows, but before the end, leaves nothing of them."""

    def die(account_set: AccountSet) -> None:
        fill(tables, account_set)
        raise KeyboardInterrupt

    during(Moment.MADE, die)
    account_set = begin_set(product)
    with pytest.raises(KeyboardInterrupt):
        make_set(set_id=account_set.pk)
    account_set.refresh_from_db()
    assert (account_set.state, contents(tables, account_set)) == (State.CREATING, [])
    set_moments._acts[Moment.MADE] = [lambda made: fill(tables, made)]
    make_set(set_id=account_set.pk)
    account_set.refresh_from_db()
    assert (account_set.state, len(contents(tables, account_set))) == (State.READY, 4)


def test_after_three_failures_it_says_so_and_is_tried_again(product: Subscription) -> None:
    def fail(_account_set: AccountSet) -> None:
        raise RuntimeError("disk")

    during(Moment.MADE, fail)
    account_set = begin_set(product)
    job = Job.objects.get(kind=account_sets.JOB)
    for attempt in (1, 2):
        job.attempts = attempt
        with pytest.raises(RuntimeError):
            tasks.make_set(job)
    job.attempts = account_sets.TRIES
    tasks.make_set(job)
    account_set.refresh_from_db()
    assert account_set.state == State.FAILED
    assert account_set.fault
    assert "disk" not in account_set.fault
    assert account_set.name in Message.objects.get(user=product.company.founder).title
    set_moments._acts[Moment.MADE] = []
    retry_set(actor=person(product.company.founder), set_id=account_set.pk)
    tasks.make_set(Job.objects.filter(kind=account_sets.JOB).latest("pk"))
    account_set.refresh_from_db()
    assert (account_set.state, account_set.fault) == (State.READY, "")
    with pytest.raises(NotFailed):
        retry_set(actor=person(product.company.founder), set_id=account_set.pk)


def test_a_refusal_inside_fails_at_once_with_its_words(product: Subscription) -> None:
    def refuse(_account_set: AccountSet) -> None:
        raise InputError("code_lengths", "四级科目太长")

    during(Moment.MADE, refuse)
    account_set = begin_set(product)
    tasks.make_set(Job.objects.get(kind=account_sets.JOB))
    account_set.refresh_from_db()
    assert (account_set.state, account_set.fault) == (State.FAILED, "四级科目太长")


def test_what_was_given_up_by_the_queue_failed(product: Subscription) -> None:
    """Workers died at each attempt, so nobody could say it: the sweep does."""
    account_set, running = begin_set(product), begin_set(product)
    Job.objects.filter(kind=account_sets.JOB, payload__set=account_set.pk).update(state=Job.State.PARKED)
    assert fail_abandoned() == 1
    account_set.refresh_from_db()
    running.refresh_from_db()
    assert (account_set.state, running.state) == (State.FAILED, State.CREATING)
    retry_set(actor=person(product.company.founder), set_id=account_set.pk)
    assert fail_abandoned() == 0


def test_a_ready_set_never_fails_afterwards(product: Subscription) -> None:
    account_set = created(product)
    give_up(set_id=account_set.pk, fault="x")
    account_set.refresh_from_db()
    assert account_set.state == State.READY


@pytest.mark.rule("S13.1")
def test_the_list_has_the_sets_of_one_product_or_company(product: Subscription) -> None:
    other = active(product.company, edition="trade")
    sets = [created(product), created(other)]
    elsewhere = ready_set(active(make_company(product.company.founder, name="另一家")))
    listed = account_sets.listed_sets(company=product.company)
    assert {row.pk for row in listed} == {row.pk for row in sets}
    assert [row.pk for row in account_sets.listed_sets(product=other)] == [sets[1].pk]
    assert elsewhere not in listed
    assert listed[0].user_count == 1  # type: ignore[attr-defined]


@pytest.mark.rule("S8.3")
def test_a_retry_needs_a_running_product(product: Subscription) -> None:
    account_set = begin_set(product)
    give_up(set_id=account_set.pk, fault="x")
    Subscription.objects.filter(pk=product.pk).update(
        starts_at=timezone.now() - 2 * DAY, expires_at=timezone.now() - DAY
    )
    with pytest.raises(ProductOver):
        retry_set(actor=person(product.company.founder), set_id=account_set.pk)
