"""What every benchmark shares: the project set up, a database of its own, rounds side by side, medians, a table, JSON.

A benchmark calls `set_up()` before it imports anything of the apps.
Machines are shared and noisy: a ratio is formed within each round, whose runs stand side by side, and the median of
these is told. Rates are printed to show proportions; only ratios can be compared between machines.
"""

import argparse
import json
import logging
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

import django
from django.conf import settings
from django.core.management import call_command
from django.db import connection

K = TypeVar("K")
T = TypeVar("T")


def set_up() -> None:
    """Django is ready as it is in production: it keeps no log of queries."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    settings.DEBUG = False
    logging.disable(logging.INFO)


@dataclass(frozen=True, slots=True)
class Aim:
    """What a ratio should reach."""

    ratio: str
    value: float
    at_most: bool = False

    def is_met(self, found: float) -> bool:
        """Whether it does."""
        return found <= self.value if self.at_most else found >= self.value


@dataclass
class Report:
    """What a benchmark has to say, for people and for machines."""

    name: str
    aims: Sequence[Aim]
    columns: Sequence[str]
    rows: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    ratios: dict[str, float] = field(default_factory=dict)
    cells: list[dict[str, Any]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def write(self, *, as_json: bool) -> None:
        """To standard output."""
        print(self._as_json() if as_json else "\n".join(self._as_lines()))

    def _as_json(self) -> str:
        aims = {aim.ratio: aim.value for aim in self.aims}
        ratios = {name: round(value, 3) for name, value in self.ratios.items()}
        return json.dumps(
            {"benchmark": self.name, "ratios": ratios, "aims": aims, "cells": self.cells, "notes": self.notes}
        )

    def _as_lines(self) -> Iterator[str]:
        yield from _table(self.columns, self.rows)
        yield ""
        for aim in self.aims:
            if (found := self.ratios.get(aim.ratio)) is not None:
                wanted = f"aim {'at most' if aim.at_most else 'at least'} {aim.value:g}"
                yield f"  {aim.ratio:<24}{found:>8.2f}   {wanted}{'' if aim.is_met(found) else '  NOT REACHED'}"
        others = self.ratios.keys() - {aim.ratio for aim in self.aims}
        yield from (f"  {name:<24}{self.ratios[name]:>8.2f}" for name in sorted(others))
        yield from (f"\n{note}" for note in self.notes)


def _table(columns: Sequence[str], rows: Iterable[tuple[str, Sequence[str]]]) -> Iterator[str]:
    lines = [("", tuple(columns)), *rows]
    first = max(len(name) for name, _cells in lines)
    widths = [max(len(cells[place]) for _name, cells in lines if cells) for place in range(len(columns))]
    for name, cells in lines:
        padded = (f"{cell:>{width}}" for cell, width in zip(cells, widths, strict=False))
        yield f"{name:<{first}}  {'  '.join(padded)}".rstrip()


def arguments(doc: str | None) -> argparse.ArgumentParser:
    """The switches that every benchmark has."""
    parser = argparse.ArgumentParser(description=(doc or "").partition("\n")[0])
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--quick", action="store_true", help="a fast look: fewer and shorter rounds")
    return parser


def tell(text: str) -> None:
    """Progress, apart from the result."""
    print(text, file=sys.stderr, flush=True)


def run_rounds(cells: Mapping[K, Callable[[], T]], *, count: int, within: float) -> dict[K, list[T]]:
    """Every cell once in each round, in turn; the answers by cell, in the order of the rounds.

    Fewer rounds than asked for, but at least one, where another would not end within so many seconds.
    """
    found: dict[K, list[T]] = {name: [] for name in cells}
    began = time.perf_counter()
    for number in range(1, count + 1):
        for name, measure in cells.items():
            found[name].append(measure())
        passed = time.perf_counter() - began
        tell(f"round {number} of {count}, {passed:.0f} s")
        if passed / number * (number + 1) > within:
            break
    return found


def median_ratio(above: Sequence[float], below: Sequence[float]) -> float:
    """The median of the ratios formed within each round."""
    return statistics.median(one / other for one, other in zip(above, below, strict=True))


@contextmanager
def temporary_database(name: str) -> Iterator[None]:
    """Inside, Django's connection leads to an empty, migrated database of this name, which is dropped afterwards."""
    make_database(name)
    try:
        with connected_to(name):
            call_command("migrate", verbosity=0, interactive=False)
            yield
    finally:
        drop_database(name)


@contextmanager
def connected_to(name: str) -> Iterator[None]:
    """Inside, Django's connection leads to this database."""
    usual = connection.settings_dict["NAME"]
    connection.close()
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


def make_database(name: str, *, template: str = "template0") -> None:
    """A database of this name on the project's server, empty or a copy to which nobody is connected.

    Whatever an interrupted run left there is gone.
    """
    drop_database(name)
    made, origin = connection.ops.quote_name(name), connection.ops.quote_name(template)
    with connection._nodb_cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute(f"CREATE DATABASE {made} TEMPLATE {origin} STRATEGY FILE_COPY")


def drop_database(name: str) -> None:
    """No database of this name."""
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {connection.ops.quote_name(name)} WITH (FORCE)")


def address_of(name: str | None = None) -> dict[str, Any]:
    """How libpq reaches the database, for clients that are not Django."""
    wanted = ("host", "port", "user", "password", "sslmode", "sslrootcert")
    found = connection.get_connection_params()
    return {key: found[key] for key in wanted if found.get(key)} | {"dbname": name or found["dbname"]}
