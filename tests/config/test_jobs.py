"""Jobs: asked for with the change, done once, tried again with patience, parked for a person in the end."""

import pydoc
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone, translation
from django_q.models import OrmQ

from config.jobs import UnknownKind, enqueue, job, run_due, try_again
from config.jobs.outbox import NotParked
from config.jobs.runner import run
from config.logs import request_id
from config.models import Job
from tests.config.marks import leave_mark, marks, nudges, travel
from tests.racing import race

pytestmark = pytest.mark.usefixtures("kinds")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
State = Job.State


# Asking


@pytest.mark.django_db
def test_the_job_and_its_nudge_stand_in_the_callers_transaction() -> None:
    job("a")(leave_mark)
    with transaction.atomic():
        enqueue("a", mark="gone")
        transaction.set_rollback(True)
    assert (Job.objects.count(), nudges()) == (0, [])
    with transaction.atomic():
        kept = enqueue("a", mark="kept")
    assert nudges() == [kept.pk]


@pytest.mark.django_db
def test_the_nudge_names_a_function_that_is_there() -> None:
    job("a")(leave_mark)
    enqueue("a")
    assert pydoc.locate(OrmQ.objects.get().task["func"]) is run


@pytest.mark.django_db
def test_the_same_key_gives_the_same_job() -> None:
    job("a")(leave_mark)
    job("b")(leave_mark)
    first = enqueue("a", key="k", mark="first")
    assert enqueue("a", key="k", mark="second") == first
    assert enqueue("b", key="k") != first
    assert enqueue("a") != enqueue("a")
    assert Job.objects.get(pk=first.pk).payload == {"mark": "first"}
    assert len(nudges()) == 4
    run_due()
    assert enqueue("a", key="k") == first


@pytest.mark.django_db(transaction=True)
def test_of_eight_who_ask_with_one_key_at_once_one_writes() -> None:
    job("a")(leave_mark)
    results = race(8, lambda _number: enqueue("a", key="k").pk)
    assert len(set(results)) == 1
    assert isinstance(results[0], int)
    assert nudges() == [results[0]]


@pytest.mark.django_db
def test_an_unknown_kind_is_refused_at_once() -> None:
    with pytest.raises(UnknownKind):
        enqueue("b")


def test_a_kind_has_one_handler() -> None:
    job("a")(leave_mark)
    job("a")(leave_mark)
    with pytest.raises(ValueError, match="already"):
        job("a")(lambda _row: None)
    with pytest.raises(ValueError, match="second"):
        job("a", every=timedelta(0))(leave_mark)


@pytest.mark.django_db
def test_a_payload_is_json() -> None:
    job("a")(leave_mark)
    enqueue("a", amount=Decimal("0.10"), at=NOON)
    assert Job.objects.get().payload == {"amount": "0.10", "at": "2026-11-21T12:00:00Z"}


@pytest.mark.django_db
def test_a_job_for_later_is_not_nudged_and_not_run() -> None:
    job("a")(leave_mark)
    later = timezone.now() + timedelta(hours=1)
    enqueue("a", run_after=later)
    assert (nudges(), run_due(), marks()) == ([], 0, 0)
    assert run_due(now=later) == 1


# Doing


@pytest.mark.django_db
def test_it_is_done_once_however_often_it_is_nudged() -> None:
    job("a")(leave_mark)
    row = enqueue("a")
    assert [run(row.pk), run(row.pk), run(row.pk)] == [True, False, False]
    row.refresh_from_db()
    assert (marks(), row.state, row.attempts, row.last_error) == (1, State.DONE, 1, "")
    assert row.done_at is not None


@pytest.mark.django_db
def test_run_due_does_follow_ups_and_stops_at_the_limit() -> None:
    @job("chain")
    def chain(row: Job) -> None:
        if row.payload["left"]:
            enqueue("chain", left=row.payload["left"] - 1)

    enqueue("chain", left=4)
    assert run_due(limit=2) == 2
    assert run_due() == 3
    assert run_due() == 0


@pytest.mark.django_db
def test_oldest_first() -> None:
    order: list[int] = []
    job("a")(lambda row: order.append(row.payload["n"]))
    now = timezone.now()
    for minutes in (1, 3, 2):
        enqueue("a", run_after=now - timedelta(minutes=minutes), n=minutes)
    run_due()
    assert order == [3, 2, 1]


@pytest.mark.django_db
def test_a_handler_starts_in_the_default_language_with_the_jobs_name_in_the_log() -> None:
    seen = []
    job("a")(lambda _row: seen.append((translation.get_language(), request_id.get())))
    row = enqueue("a")
    with translation.override("en"):
        run(row.pk)
    assert seen == [("zh-hans", f"job-{row.pk}")]
    assert request_id.get() == ""


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_no_job_is_run() -> None:
    job("a")(leave_mark)
    enqueue("a")
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        run_due()


# A person


@pytest.mark.django_db
def test_a_parked_job_is_tried_again_when_a_person_says_so() -> None:
    healthy = False

    @job("a")
    def fail(row: Job) -> None:
        if not healthy:
            raise ValueError("no")
        leave_mark(row)

    row = enqueue("a")
    reference = row.reference
    with pytest.raises(NotParked):
        try_again(row.pk, by="ann")
    for _attempt in range(5):
        row = travel(row.pk)
    OrmQ.objects.all().delete()
    healthy = True
    row = try_again(row.pk, by="ann")
    assert (row.state, row.attempts, nudges()) == (State.READY, 0, [row.pk])
    assert run(row.pk)
    assert (marks(), Job.objects.get().state, Job.objects.get().reference) == (1, State.DONE, reference)
