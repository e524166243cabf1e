"""Load from several processes: how many acts a second, and how long one takes.

Knows nothing of Django or of this project: a peer in an environment of its own measures itself by the same code.
"""

import multiprocessing
import os
import time
from array import array
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.synchronize import Barrier

Act = Callable[[], int]  # does something once and tells how many things that were
Prepare = Callable[[int], Act]  # in the worker's own process, given its number: connects, answers what to repeat

WARM_UP_CALLS = 3  # so that connections stand, plans are made and statements are prepared
START_SECONDS_MAX = 60


@dataclass(frozen=True, slots=True)
class Measured:
    """What one run under load gave."""

    rate: float  # things a second
    p50: float  # milliseconds a call
    p99: float


def run(prepare: Prepare, *, workers: int, seconds: float) -> Measured:
    """All workers begin together and repeat their act for that long; nothing of them is left afterwards.

    The caller has closed its database connections: workers are forked.
    """
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(workers)
    pipes, processes = [], []
    for number in range(workers):
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(prepare, number, seconds, gate, theirs), daemon=True)
        process.start()
        theirs.close()
        pipes.append(ours)
        processes.append(process)
    answers = [pipe.recv() for pipe in pipes]
    for process in processes:
        process.join()
    if failures := [answer for answer in answers if isinstance(answer, str)]:
        raise RuntimeError(failures[0])
    return _measured(answers)


def _work(prepare: Prepare, number: int, seconds: float, gate: Barrier, pipe: Connection) -> None:
    try:
        act = prepare(number)
        for _ in range(WARM_UP_CALLS):
            act()
        gate.wait(START_SECONDS_MAX)
        pipe.send(_repeat(act, seconds))
    except BaseException as error:
        gate.abort()
        pipe.send(f"{type(error).__name__}: {error}")
    finally:
        pipe.close()
        os._exit(0)  # without the parent's exit handlers, which stop what the parent started


def _repeat(act: Act, seconds: float) -> tuple[int, float, bytes]:
    clock, took, done = time.perf_counter, array("d"), 0
    began = before = clock()
    deadline = began + seconds
    while before < deadline:
        done += act()
        after = clock()
        took.append(after - before)
        before = after
    return done, before - began, took.tobytes()


def _measured(answers: list[tuple[int, float, bytes]]) -> Measured:
    took = array("d")
    for _done, _elapsed, raw in answers:
        took.frombytes(raw)
    ordered = sorted(took)
    rate = sum(done / elapsed for done, elapsed, _raw in answers)
    return Measured(rate, _quantile(ordered, 0.5) * 1000, _quantile(ordered, 0.99) * 1000)


def _quantile(ordered: list[float], part: float) -> float:
    return ordered[min(len(ordered) - 1, int(len(ordered) * part))]
