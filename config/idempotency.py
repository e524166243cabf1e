"""Writes that a client may repeat: the same key gets the first answer again, and nothing happens twice.

    with remembered(f"key-{api_key.pk}", request.headers["Idempotency-Key"], digest_of(...)) as memory:
        if memory.answer is None:
            …the work…
            memory.keep(201, body)
    return Response(memory.answer.body, memory.answer.status)

The effect and the answer stand in one transaction: both are there or neither is. An exception (input that does not
hold, a refusal) and a block that keeps nothing leave no trace, so the client may mend the request and use its key
again. A body that shows a secret must not be kept: the row is plain text.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import OperationalError, transaction
from django.utils.translation import gettext_lazy as _
from psycopg.errors import LockNotAvailable

from config.errors import DomainError, InputError
from config.models import IdempotentAnswer
from config.transactions import lock_name

KEY_LENGTH_MAX = 255


class KeyReused(DomainError):
    """The key was used before for another request."""

    code = "idempotency_key_reused"
    sentence = _("This idempotency key was already used for a different request.")
    hint = _("Use a new key for a new request; repeat a request unchanged.")


class StillRunning(DomainError):
    """The first request with this key has not ended yet; `seconds` says when to ask again."""

    code = "still_running"
    sentence = _("The first request with this key is still running. Please ask again in %(seconds)s seconds.")


@dataclass(frozen=True)
class Answer:
    """A status and a JSON body."""

    status: int
    body: Any


class Memory:
    """What is known of one key: the first answer, or nothing yet."""

    def __init__(self, scope: str, key: str, digest: str) -> None:
        self.scope, self.key, self.digest = scope, key, digest
        self.repeated = False
        self.answer: Answer | None = None

    def recall(self) -> None:
        """Finds the first answer; the same key for another request is refused."""
        row = IdempotentAnswer.objects.filter(scope=self.scope, key=self.key).first()
        if row is None:
            return
        if row.digest != self.digest:
            raise KeyReused
        self.repeated, self.answer = True, Answer(row.status, row.body)

    def keep(self, status: int, body: Any) -> None:
        """This is the answer, now and at every repetition; commits with the work."""
        IdempotentAnswer.objects.create(scope=self.scope, key=self.key, digest=self.digest, status=status, body=body)
        self.answer = Answer(status, body)


@contextmanager
def remembered(scope: str, key: str, digest: str) -> Iterator[Memory]:
    """One transaction for the work and its answer; a simultaneous request with the same key waits for its end."""
    if not 0 < len(key) <= KEY_LENGTH_MAX or not key.isprintable():
        raise InputError("Idempotency-Key", _("An idempotency key has 1 to 255 printable characters."))
    memory = Memory(scope, key, digest)
    with transaction.atomic():
        _wait_for_turn(scope, key)
        memory.recall()
        yield memory
        if memory.answer is None:
            transaction.set_rollback(True)


def digest_of(method: str, path: str, body: bytes) -> str:
    """What makes two requests the same."""
    digest = hashlib.sha256()
    for part in (method.upper().encode(), path.encode(), body):
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _wait_for_turn(scope: str, key: str) -> None:
    """Held to the end of the transaction."""
    try:
        lock_name(f"{scope}\n{key}")
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise StillRunning(seconds=2) from error
        raise
