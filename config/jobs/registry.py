"""Which kinds of jobs there are, and what does them."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from config.models import Job

Handler = Callable[["Job"], None]


class Retry(Exception):
    """Raised by a handler that knows when another attempt makes sense; it counts as one of the five."""

    def __init__(self, *, after: timedelta, reason: str = "") -> None:
        self.after = after
        super().__init__(reason or "not yet")


class UnknownKind(LookupError):
    """No handler has this name."""


@dataclass(frozen=True)
class Work:
    """One kind of job."""

    kind: str
    handler: Handler
    outside: bool = False
    every: timedelta | None = None
    within: timedelta | None = None


_works: dict[str, Work] = {}


def job(
    kind: str, *, outside: bool = False, every: timedelta | None = None, within: timedelta | None = None
) -> Callable[[Handler], Handler]:
    """The decorated function does jobs of this kind; with `every`, one is queued in each such period.

    With `within` its attempts may last so long, else the queue's 60 seconds; only outside jobs may.
    """
    if within is not None and not outside:
        raise ValueError("long work locks no job: it must be outside")

    def register(handler: Handler) -> Handler:
        known = _works.get(kind)
        if known is not None and _path(known.handler) != _path(handler):
            raise ValueError(f"{kind} is done by {_path(known.handler)} already")
        _works[kind] = Work(kind, handler, outside=outside, within=within)
        if every is not None:
            schedule(kind, every)
        return handler

    return register


def schedule(kind: str, every: timedelta) -> None:
    """One job of this registered kind is queued in each period from now on."""
    if every < timedelta(seconds=1):
        raise ValueError("a period has at least one second")
    _works[kind] = replace(find(kind), every=every)


def find(kind: str) -> Work:
    """The kind's handler and form."""
    try:
        return _works[kind]
    except KeyError:
        raise UnknownKind(f"no handler is registered for jobs of kind {kind!r}") from None


def is_outside(kind: str) -> bool:
    """Whether the kind calls the outside; an unknown one does nothing at all."""
    return kind in _works and _works[kind].outside


def long_kinds() -> dict[str, timedelta]:
    """Every kind whose attempts may outlast the queue's time limit, and how long they may take."""
    return {work.kind: work.within for work in _works.values() if work.within is not None}


def periodic() -> list[tuple[str, timedelta]]:
    """Every kind with a period, and the period."""
    return [(work.kind, work.every) for work in _works.values() if work.every is not None]


def _path(handler: Handler) -> str:
    return f"{handler.__module__}.{getattr(handler, '__qualname__', handler)}"
