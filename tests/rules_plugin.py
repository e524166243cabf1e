"""Keeps, for `script/rules`, which tests name which rules and how each of them ended last.

A whole run replaces what was kept; a run of some tests replaces only their entries. An id that `tests/rules.toml` does
not have is an error at collection. Works the same under xdist, where the workers' reports reach the one that writes.
"""

import fcntl
import json
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.rules import RESULTS_FILE, RULES_FILE, read_rules

PROPERTY = "rules"
PARTIAL_OPTIONS = ("keyword", "markexpr", "lf", "ignore", "ignore_glob", "deselect", "stepwise")


def pytest_configure(config: pytest.Config) -> None:
    """Only the process that sees every report keeps them; the others mark what they run."""
    config.pluginmanager.register(RuleMarks(config.rootpath), "rule-marks")
    if not hasattr(config, "workerinput") and not config.option.collectonly:
        config.pluginmanager.register(RuleResults(config), "rule-results")


class RuleMarks:
    """Checks the ids of each collected test and puts them on its reports."""

    def __init__(self, root: Path) -> None:
        self.known = set(read_rules(root / RULES_FILE))

    @pytest.hookimpl(wrapper=True)
    def pytest_make_collect_report(self) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
        report = yield
        for item in report.result or []:
            if isinstance(item, pytest.Item):
                named = sorted({rule for mark in item.iter_markers("rule") for rule in mark.args})
                unknown = [rule for rule in named if rule not in self.known]
                if unknown:
                    report.outcome, report.result = "failed", []
                    report.longrepr = f"{item.nodeid} names rules that {RULES_FILE} does not have: {unknown}"
                    break
                item.user_properties.append((PROPERTY, named))
        return report


class RuleResults:
    """Gathers the reports and writes them down at the end."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.seen: dict[str, dict[str, Any]] = {}
        self.deselected = False

    def pytest_deselected(self, items: list[pytest.Item]) -> None:
        self.deselected = self.deselected or bool(items)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        named = dict(report.user_properties).get(PROPERTY, [])
        entry = self.seen.setdefault(report.nodeid, {"outcome": "incomplete", "rules": named})
        if report.failed:
            entry["outcome"] = "failed"
        elif report.skipped:
            entry["outcome"] = "skipped"
        elif report.when == "call":
            entry["outcome"] = "passed"

    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        if not self.seen:
            return
        stopped = bool(session.shouldstop or session.shouldfail)
        whole = exitstatus in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED} and not stopped and self._is_whole()
        file = self.config.rootpath / RESULTS_FILE
        with _locked(file):
            tests = {} if whole else _read(file)
            for test, entry in self.seen.items():
                tests.pop(test, None)
                if entry["rules"]:
                    tests[test] = entry
            _write(file, {"finished": datetime.now(UTC).isoformat(timespec="seconds"), "whole": whole, "tests": tests})

    def _is_whole(self) -> bool:
        """Every test was asked for."""
        chosen = any(getattr(self.config.option, name, None) for name in PARTIAL_OPTIONS)
        everywhere = {str(self.config.rootpath / path) for path in self.config.getini("testpaths")}
        asked = {str((self.config.invocation_params.dir / arg).resolve()) for arg in self.config.args}
        return not chosen and not self.deselected and asked == everywhere


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    """One writer at a time: two runs in one tree must not lose each other's results."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _read(file: Path) -> dict[str, Any]:
    try:
        tests = json.loads(file.read_text(encoding="utf-8"))["tests"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}
    return tests if isinstance(tests, dict) else {}


def _write(file: Path, document: dict[str, Any]) -> None:
    draft = file.with_suffix(".new")
    draft.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    draft.replace(file)
