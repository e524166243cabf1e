"""Jobs: asked for with the change, done once, tried again with patience, parked for a person in the end."""

import logging
import pydoc
import threading
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from django.utils import timezone, translation
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ

from config.jobs import Retry, UnknownKind, enqueue, job, policy, registry, run_due, try_again
from config.jobs.outbox import NotParked
from config.jobs.runner import describe, run
from config.logs import request_id
from config.models import Job, WorkerBeat
from tests.racing import race

pytestmark = pytest.mark.usefixtures("kinds")
NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
State = Job.State


def leave_mark(row: Job) -> None:
    """The effect that these tests count."""
    WorkerBeat.objects.create(name=f"{row.payload.get('mark', 'mark')}-{WorkerBeat.objects.count()}")


def marks() -> int:
    return WorkerBeat.objects.count()


def nudges() -> list[int]:
    """The jobs that the queue holds a nudge for."""
    return [row.task["args"][0] for row in OrmQ.objects.order_by("pk")]


def travel(pk: int) -> Job:
    """One attempt, at the moment at which the job is due."""
    run(pk, Job.objects.get(pk=pk).run_after)
    return Job.objects.get(pk=pk)


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
def test_a_failure_takes_its_effect_back_and_waits() -> None:
    @job("a")
    def fail(row: Job) -> None:
        leave_mark(row)
        raise ValueError("no\nDETAIL: Key (mobile)=(13800000000)")

    row = enqueue("a")
    assert run(row.pk, row.run_after)
    began = row.run_after
    row.refresh_from_db()
    assert (marks(), row.state, row.attempts, row.last_error) == (0, State.READY, 1, "ValueError: no")
    assert row.run_after == began + timedelta(seconds=30)


@pytest.mark.django_db
@pytest.mark.parametrize("outside", [False, True])
def test_the_pauses_grow_and_the_fifth_failure_parks(outside: bool) -> None:
    @job("a", outside=outside)
    def fail(row: Job) -> None:
        assert row.is_last_attempt == (row.attempts == 5)
        raise ValueError("no")

    row, pauses = enqueue("a"), []
    for _attempt in range(5):
        before = Job.objects.get().run_after
        pauses.append((travel(row.pk).run_after - before).total_seconds())
    row.refresh_from_db()
    assert pauses[:4] == [30, 120, 600, 3600]
    assert (row.state, row.attempts, row.last_error) == (State.PARKED, 5, "ValueError: no")
    assert run_due(now=row.run_after + timedelta(days=9)) == 0


@pytest.mark.django_db
def test_a_handler_may_say_when_to_come_back() -> None:
    @job("a")
    def busy(_row: Job) -> None:
        raise Retry(after=timedelta(minutes=7), reason="the provider is busy")

    row = enqueue("a")
    began = row.run_after
    row = travel(row.pk)
    assert row.run_after == began + timedelta(minutes=7)
    assert row.last_error == "Retry: the provider is busy"
    for _attempt in range(4):
        row = travel(row.pk)
    assert row.state == State.PARKED


@pytest.mark.django_db
@pytest.mark.parametrize("outside", [False, True])
def test_a_death_counts_as_an_attempt_and_the_fifth_parks(outside: bool) -> None:
    @job("a", outside=outside)
    def die(_row: Job) -> None:
        raise SystemExit(9)

    row = enqueue("a")
    for attempt in range(1, 6):
        with pytest.raises(SystemExit):
            travel(row.pk)
        row.refresh_from_db()
        assert (row.attempts, row.state) == (attempt, State.SENDING if outside else State.READY)
    row = travel(row.pk)
    assert row.state == State.PARKED
    assert "died" in row.last_error


@pytest.mark.django_db
def test_the_time_limit_is_noted_and_ends_the_process() -> None:
    @job("a")
    def sleep(_row: Job) -> None:
        raise TimeoutException("60 seconds")

    row = enqueue("a")
    with pytest.raises(TimeoutException):
        run(row.pk)
    row.refresh_from_db()
    assert (row.attempts, row.last_error) == (1, "TimeoutException: 60 seconds")


@pytest.mark.django_db
def test_a_kind_that_this_code_does_not_know_waits_like_a_failure() -> None:
    row = Job.objects.create(kind="from newer code")
    assert run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.attempts) == (State.READY, 1)
    assert "UnknownKind" in row.last_error


@pytest.mark.django_db
def test_a_handler_starts_in_the_default_language_with_the_jobs_name_in_the_log() -> None:
    seen = []
    job("a")(lambda _row: seen.append((translation.get_language(), request_id.get())))
    row = enqueue("a")
    with translation.override("en"):
        run(row.pk)
    assert seen == [("zh-hans", f"job-{row.pk}")]
    assert request_id.get() == ""


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ValueError(), "ValueError"),
        (ValueError(" a\x00b \nc"), "ValueError: ab"),
        (KeyError("x" * 900), "KeyError: '" + "x" * 289),
    ],
)
def test_an_error_is_told_in_one_short_line(error: Exception, text: str) -> None:
    assert describe(error) == text


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_no_job_is_run() -> None:
    job("a")(leave_mark)
    enqueue("a")
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        run_due()


# Outside effects


@pytest.mark.django_db(transaction=True)
def test_an_outside_call_is_made_in_no_transaction_and_committed_before() -> None:
    seen: list[object] = []

    @job("a", outside=True)
    def call(row: Job) -> None:
        seen.append((connection.in_atomic_block, race(1, lambda _n: Job.objects.get().state)))
        seen.append(row.reference)

    row = enqueue("a")
    run(row.pk)
    assert seen == [(False, [State.SENDING]), row.reference]
    assert Job.objects.get().state == State.DONE


@pytest.mark.django_db
def test_an_outside_call_that_died_is_repeated_with_the_same_reference_and_not_too_soon() -> None:
    references: list[str] = []

    @job("a", outside=True)
    def call(row: Job) -> None:
        references.append(row.reference)
        if len(references) == 1:
            raise SystemExit

    row = enqueue("a")
    with pytest.raises(SystemExit):
        run(row.pk, row.run_after)
    assert not run(row.pk, row.run_after + timedelta(seconds=80))
    assert run(row.pk, row.run_after + timedelta(seconds=90))
    assert references[0] == references[1]
    assert str(row.pk) in references[0]


@pytest.mark.django_db
@pytest.mark.parametrize("outside", [False, True])
def test_an_attempt_that_was_taken_over_settles_nothing(outside: bool, caplog: pytest.LogCaptureFixture) -> None:
    @job("a", outside=outside)
    def slow(row: Job) -> None:
        leave_mark(row)
        Job.objects.filter(pk=row.pk).update(attempts=4)

    row = enqueue("a")
    with caplog.at_level(logging.WARNING, "config.jobs.runner"):
        run(row.pk)
    assert "taken over" in caplog.text
    assert marks() == (1 if outside else 0)
    assert Job.objects.get().state != State.DONE


# Several at once


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("outside", [False, True])
def test_of_six_nudged_at_once_one_works(outside: bool) -> None:
    job("a", outside=outside)(leave_mark)
    row = enqueue("a")
    results = race(6, lambda _number: run(row.pk))
    assert sorted(results, key=str) == [False] * 5 + [True]
    assert (marks(), Job.objects.get().state) == (1, State.DONE)


@pytest.mark.django_db(transaction=True)
def test_a_job_at_work_is_left_alone_even_when_it_takes_longer_than_its_pause() -> None:
    inside, go_on = threading.Event(), threading.Event()

    @job("a")
    def slow(row: Job) -> None:
        leave_mark(row)
        inside.set()
        go_on.wait(timeout=30)

    row = enqueue("a")

    def act(number: int) -> bool:
        if number == 0:
            return run(row.pk)
        inside.wait(timeout=30)
        try:
            return run(row.pk, timezone.now() + timedelta(hours=2))
        finally:
            go_on.set()

    assert race(2, act) == [True, False]
    row.refresh_from_db()
    assert (marks(), row.state, row.attempts) == (1, State.DONE, 1)


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


def test_the_pauses_are_those_that_the_documentation_names() -> None:
    assert [policy.pause_after(n).total_seconds() for n in range(1, 6)] == [30, 120, 600, 3600, 3600]
    assert registry.periodic() == []
