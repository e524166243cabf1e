"""A database that makes somebody wait: deadlocks are undone and done again, a wait that is too long gets a sentence."""

import threading

import psycopg
import pytest
from django.db import OperationalError, connection, transaction

from accounts.models import Account, Relationship
from config.interruptions import is_busy
from config.transactions import TRIES, atomic
from tests.accounts.linking import url
from tests.factories import make_invitation
from tests.racing import race

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cheap_hashes")]


def deadlock() -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = psycopg.errors.DeadlockDetected()
    return error


@pytest.fixture
def impatient(settings):
    """This connection waits a moment only; another one holds the row that it wants."""
    with connection.cursor() as cursor:
        cursor.execute("SET lock_timeout = '100ms'")
    yield
    connection.close()


@pytest.fixture
def hold():
    """Holds an account's row in another transaction."""
    held, enough = threading.Event(), threading.Event()

    def keep(account: Account) -> None:
        def work() -> None:
            with transaction.atomic():
                Account.objects.select_for_update().get(pk=account.pk)
                held.set()
                enough.wait(timeout=30)
            connection.close()

        thread.append(threading.Thread(target=work))
        thread[0].start()
        assert held.wait(timeout=10)

    thread: list[threading.Thread] = []
    yield keep
    enough.set()
    for started in thread:
        started.join()


def test_of_two_that_lock_crosswise_both_come_through(manager: Account, member: Account) -> None:
    meet, order = threading.Barrier(2, timeout=60), [manager.pk, member.pk]

    @atomic
    def rename(name: str, first: int, second: int) -> None:
        with connection.cursor() as cursor:  # a slow machine must not give up before the deadlock is found
            cursor.execute("SET LOCAL lock_timeout = 0; SET LOCAL statement_timeout = 0")
        Account.objects.filter(pk=first).update(name=name)
        if not done:
            meet.wait()
            done.append(name)
        Account.objects.filter(pk=second).update(name=name)

    done: list[str] = []
    results = race(2, lambda n: rename(f"名{n}", order[n], order[1 - n]))
    assert results == [None, None]
    assert Account.objects.filter(pk__in=order).values_list("name", flat=True).distinct().count() == 1


def test_a_deadlock_that_comes_back_each_time_is_let_through() -> None:
    tried: list[int] = []

    @atomic
    def unlucky() -> None:
        tried.append(1)
        raise deadlock()

    with pytest.raises(OperationalError) as caught:
        unlucky()
    assert len(tried) == TRIES
    assert is_busy(caught.value)


def test_within_another_transaction_nothing_is_done_again() -> None:
    tried: list[int] = []

    @atomic
    def inner() -> None:
        tried.append(1)
        raise deadlock()

    with pytest.raises(OperationalError), transaction.atomic():
        inner()
    assert len(tried) == 1


def test_whoever_waits_too_long_reads_that_nothing_was_done(browse, manager, member, hold, impatient):
    invitation = make_invitation(manager, member)
    console = browse(member)
    hold(manager)
    page = console.post(url("received-accept", invitation.pk), {"agree": "on"})
    assert page.status_code == 503
    assert page["Retry-After"] == "2"
    assert 'class="notice notice-warn"' in page.text
    assert not Relationship.objects.in_force().exists()


def test_an_error_that_is_no_lock_stays_an_error(manager):
    with pytest.raises(OperationalError) as caught, connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pg_backend_pid())")
    assert not is_busy(caught.value)
    connection.close()
