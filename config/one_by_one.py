"""Work on many things of which none may hinder another."""

import logging
from collections.abc import Callable, Iterable
from typing import TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)


def one_by_one(what: str, things: Iterable[T], act: Callable[[T], int]) -> int:
    """The act was tried with each thing, in a transaction of its own; answers the sum of what it answered.

    Where it fails, the log says so under this name, and the next has its turn.
    """
    done = 0
    for thing in things:
        try:
            done += act(thing)
        except Exception:
            log.exception("%s failed", what, extra={"of": str(thing)})
    return done
