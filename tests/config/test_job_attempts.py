"""Attempts at a job: they fail, die, time out, overlap; it acts once all the same, or is parked."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_q.exceptions import TimeoutException
from django_q.models import OrmQ

from config.jobs import Retry, enqueue, job, policy, registry, run_due
from config.jobs.runner import describe, run
from config.models import Job
from tests.config.marks import leave_mark, marks, travel
from tests.racing import race

pytestmark = pytest.mark.usefixtures("kinds")
State = Job.State


# Failing


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


def test_the_pauses_are_those_that_the_documentation_names() -> None:
    assert [policy.pause_after(n).total_seconds() for n in range(1, 6)] == [30, 120, 600, 3600, 3600]
    assert registry.periodic() == []


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


@pytest.mark.django_db(transaction=True)
def test_long_work_is_nobody_elses_while_it_says_that_it_lives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policy, "RENEW_EVERY", timedelta(milliseconds=5))

    @job("a", outside=True, within=timedelta(hours=1))
    def take_long(row: Job) -> None:
        Job.objects.update(run_after=began)  # as if its first lease were nearly over
        while Job.objects.get().run_after == began:
            pass

    began = timezone.now()
    row = enqueue("a")
    assert OrmQ.objects.get().task["timeout"] == 3600
    assert run(row.pk)
    row.refresh_from_db()
    assert (row.state, row.run_after > began + timedelta(seconds=80)) == (State.DONE, True)


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
