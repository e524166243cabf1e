"""A repeated write gets the first answer, and does nothing."""

import threading

import pytest
from django.db import connection, transaction

from config.errors import DomainError, InputError
from config.idempotency import Answer, KeyReused, StillRunning, digest_of, remembered
from config.models import IdempotentAnswer, WorkerBeat
from tests.racing import race

DIGEST = digest_of("POST", "/api/v1/things/", b'{"a": 1}')


def make_thing(key: str = "k-1", *, scope: str = "client-1", digest: str = DIGEST) -> Answer | None:
    """A write through the door that remembers; what was answered."""
    with remembered(scope, key, digest) as memory:
        if memory.answer is None:
            thing = WorkerBeat.objects.create(name=f"thing {WorkerBeat.objects.count()}")
            memory.keep(201, {"name": thing.name})
        return memory.answer


def refuse_half_way() -> None:
    """Writes, then says no."""
    WorkerBeat.objects.create(name="half done")
    raise DomainError


@pytest.mark.django_db
def test_the_same_request_again_gets_the_first_answer() -> None:
    first = make_thing()
    assert first == Answer(201, {"name": "thing 0"})
    assert make_thing() == first
    assert WorkerBeat.objects.count() == 1


@pytest.mark.django_db
def test_it_says_whether_it_is_a_repetition() -> None:
    make_thing()
    with remembered("client-1", "k-1", DIGEST) as memory:
        assert memory.repeated


@pytest.mark.django_db
def test_the_same_key_for_another_request_is_refused() -> None:
    make_thing()
    with pytest.raises(KeyReused) as caught:
        make_thing(digest=digest_of("POST", "/api/v1/things/", b'{"a": 2}'))
    assert caught.value.status == 409
    assert WorkerBeat.objects.count() == 1


@pytest.mark.django_db
def test_scopes_and_keys_are_apart() -> None:
    make_thing()
    make_thing("k-2")
    make_thing(scope="client-2")
    assert WorkerBeat.objects.count() == 3


@pytest.mark.django_db
def test_a_refusal_is_not_remembered() -> None:
    with pytest.raises(DomainError), remembered("client-1", "k-1", DIGEST):
        refuse_half_way()
    assert not WorkerBeat.objects.exists()
    make_thing(digest=digest_of("POST", "/api/v1/things/", b"mended"))
    assert WorkerBeat.objects.count() == 1


@pytest.mark.django_db
def test_nothing_kept_is_nothing_done() -> None:
    with remembered("client-1", "k-1", DIGEST):
        WorkerBeat.objects.create(name="forgotten")
    assert not WorkerBeat.objects.exists()
    assert not IdempotentAnswer.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "a\x00"])
def test_a_key_that_cannot_be_kept_is_wrong_input(key: str) -> None:
    with pytest.raises(InputError):
        make_thing(key)


@pytest.mark.django_db
def test_the_longest_key_is_kept() -> None:
    assert make_thing("鍵" * 255) == make_thing("鍵" * 255)


def test_a_digest_tells_requests_apart() -> None:
    digests = {
        digest_of("POST", "/a", b"b"),
        digest_of("POST", "/ab", b""),
        digest_of("PUT", "/a", b"b"),
        digest_of("POST", "/a", b""),
    }
    assert len(digests) == 4
    assert digest_of("post", "/a", b"b") in digests


@pytest.mark.django_db(transaction=True)
def test_of_ten_at_once_one_works_and_all_get_its_answer() -> None:
    results = race(10, lambda _number: make_thing())
    assert results == [Answer(201, {"name": "thing 0"})] * 10
    assert WorkerBeat.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_while_the_first_runs_too_long_the_second_is_told_so() -> None:
    inside, go_on = threading.Event(), threading.Event()

    def act(number: int) -> Answer | None:
        if number == 0:
            with remembered("client-1", "slow", DIGEST) as memory:
                inside.set()
                go_on.wait(timeout=30)
                memory.keep(200, {})
                return memory.answer
        inside.wait(timeout=30)
        try:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '100ms'")
                return make_thing("slow")
        finally:
            go_on.set()

    first, second = race(2, act)
    assert first == Answer(200, {})
    assert isinstance(second, StillRunning)
    assert second.status == 409
