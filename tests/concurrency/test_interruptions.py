"""What the database does to a write that is under way: the caller does not notice, or may repeat it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import InterfaceError, OperationalError, connection, transaction

from accounts.models import Account, Relationship
from config.interruptions import begin_anew, is_lost, is_undone
from config.models import IdempotentAnswer
from config.transactions import lock_number
from finance.models import Allotment
from tests.accounts.api_client import ApiClient
from tests.factories import make_relationship
from tests.finance.funds import D, funds, top_up
from tests.racing import wait_until_blocked

pytestmark = pytest.mark.django_db(transaction=True)
KEY = "one"


@pytest.fixture
def link(manager, member):
    top_up(manager, "100.00")
    return make_relationship(manager, member)


def send_while_held(api: ApiClient, link: Relationship, meanwhile: Callable[[int], None]) -> Any:
    """The answer to an allotment that had to wait for us; `meanwhile` gets the process number of its connection."""

    def send() -> Any:
        try:
            return api.post("allotments/", {"relationship": link.pk, "amount": "10.00"}, key=KEY)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Relationship.objects.select_for_update().get(pk=link.pk)
            answer = pool.submit(send)
            meanwhile(wait_until_blocked())
        return answer.result(timeout=60)


def ask(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def assert_done_once(answer: Any, member: Account) -> None:
    assert answer.status_code == 201, answer.text
    assert Allotment.objects.count() == IdempotentAnswer.objects.count() == 1
    assert funds(member).balance == D("10.00")


def test_a_write_whose_connection_is_killed_is_done_on_another(manager, member, link):
    answer = send_while_held(ApiClient(manager), link, lambda pid: ask("SELECT pg_terminate_backend(%s)", pid))
    assert_done_once(answer, member)


def test_a_write_that_loses_a_deadlock_is_done_after_it(manager, member, link):
    api = ApiClient(manager)
    number = lock_number(f"key-{api.key.pk}\n{KEY}")
    answer = send_while_held(api, link, lambda _pid: ask("SELECT pg_advisory_xact_lock(%s)", number))
    assert_done_once(answer, member)


def test_a_read_whose_connection_is_killed_may_be_repeated(manager, english):
    api = ApiClient(manager)

    def read() -> Any:
        try:
            return api.get("flows/")
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        ask("LOCK TABLE finance_allotment IN ACCESS EXCLUSIVE MODE")
        reading = pool.submit(read)
        ask("SELECT pg_terminate_backend(%s)", wait_until_blocked())
        answer = reading.result(timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (503, "interrupted")
    assert answer.headers["Retry-After"] == "2"
    assert api.get("flows/").status_code == 200


def test_inside_a_transaction_of_the_caller_nothing_begins_anew():
    with transaction.atomic():
        assert not begin_anew(InterfaceError("connection already closed"))
    assert begin_anew(InterfaceError("connection already closed"))


def test_other_failures_are_what_they_are():
    with pytest.raises(OperationalError) as refused, connection.cursor() as cursor:
        cursor.execute("SET LOCAL statement_timeout = 1; SELECT pg_sleep(1)")
    assert not is_lost(refused.value)
    assert not is_undone(refused.value)
