"""The counter of rules, tried on a small project of its own in a process of its own."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.rules import ROOT, Record, Result, Rule, marked, read_record, read_rules, read_titles, summary

RULES = """
[K]
title = "Things"

[K.K1]
title = "First things"
"K1.1" = { kind = "R", says = "One." }
"K1.2" = { kind = "U", says = "Two." }
"K1.3" = { kind = "U", says = "Three." }
"""
TESTS = """
import pytest

@pytest.mark.rule("K1.1")
def test_good():
    pass

@pytest.mark.rule("K1.2")
@pytest.mark.parametrize("number", [1, 2])
def test_half(number):
    assert number == 1

@pytest.mark.rule("K1.2", "K1.3")
def test_left_out():
    pytest.skip("not today")

def test_plain():
    pass
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "rules.toml").write_text(RULES)
    (tmp_path / "tests" / "test_things.py").write_text(TESTS)
    (tmp_path / "pytest.ini").write_text("[pytest]\ntestpaths = tests\nmarkers =\n    rule(*ids): rules\n")
    return tmp_path


def run(project: Path, *args: str) -> str:
    """What pytest printed for this run in the small project."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "DJANGO"))}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:django", "-p", "tests.rules_plugin", *args]
    ran = subprocess.run(
        command,
        cwd=project,
        env=environment | {"PYTHONPATH": str(ROOT), "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return ran.stdout + ran.stderr


def kept(project: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads((project / "var" / "rules.json").read_text())
    return document


def outcomes(project: Path) -> dict[str, str]:
    return {test.split("::")[1]: facts["outcome"] for test, facts in kept(project)["tests"].items()}


def test_every_rule_of_the_product_is_listed_once():
    rules = read_rules()

    assert Counter(rule.area for rule in rules.values()) == {"K": 90, "A": 36, "I": 20, "S": 212}
    assert len({rule.says for rule in rules.values()}) == len(rules)
    assert all(rule.id.split(".")[0] == rule.section for rule in rules.values())
    assert {kind for rule in rules.values() for kind in rule.kind} == {*"RUNCDO"}
    assert {rule.section for rule in rules.values()} | {"K", "A", "I", "S"} == set(read_titles())


def test_a_whole_run_keeps_each_test_and_a_partial_one_only_replaces_its_own(project):
    run(project)

    assert kept(project)["whole"]
    assert outcomes(project) == {
        "test_good": "passed",
        "test_half[1]": "passed",
        "test_half[2]": "failed",
        "test_left_out": "skipped",
    }

    (project / "tests" / "test_things.py").write_text(TESTS.replace("number == 1", "number"))
    run(project, "-k", "half")

    assert not kept(project)["whole"]
    assert outcomes(project)["test_half[2]"] == "passed"
    assert outcomes(project)["test_good"] == "passed"
    assert read_record(project).shown() == {"K1.1", "K1.2"}


def test_parallel_workers_report_to_one_file(project):
    run(project, "-n2")

    assert kept(project)["whole"]
    assert len(outcomes(project)) == 4


def test_an_unknown_id_stops_the_collection(project):
    (project / "tests" / "test_things.py").write_text(TESTS.replace("K1.3", "K9.9"))

    assert "names rules that tests/rules.toml does not have: ['K9.9']" in run(project)
    assert not (project / "var" / "rules.json").exists()


def result(test: str, outcome: str, *rules: str) -> Result:
    return Result(test, outcome, rules)


def test_a_rule_counts_when_a_test_passed_and_none_failed():
    record = Record(
        "run",
        "",
        whole=True,
        results=(
            result("a", "passed", "K1.1", "K1.2"),
            result("b", "failed", "K1.2"),
            result("c", "skipped", "K1.1", "K1.3"),
        ),
    )
    rules = [Rule(f"K1.{number}", "R", "K", "K1", "") for number in (1, 2, 3)]

    figures = summary(rules, record)
    assert (figures["total"], figures["shown"], figures["missing"]) == (3, 1, ["K1.2", "K1.3"])
    assert figures["areas"] == {"K": {"total": 3, "shown": 1}}


def test_without_a_run_the_marks_are_counted_and_said_to_be_marks(project):
    assert read_record(project).source == "marks"
    assert {rule for found in marked(project / "tests") for rule in found.rules} == {"K1.1", "K1.2", "K1.3"}


def test_a_test_that_is_gone_shows_nothing_any_more(project):
    entry = {"outcome": "passed", "rules": ["K1.1"]}
    tests = dict.fromkeys(("tests/test_things.py::test_old", "tests/test_gone.py::test_good"), entry)
    (project / "var").mkdir()
    (project / "var" / "rules.json").write_text(json.dumps({"tests": tests}))

    assert read_record(project).shown() == set()


def test_the_command_prints_figures_for_machines():
    printed = subprocess.run(
        [ROOT / "script" / "rules", "--json"], capture_output=True, text=True, timeout=30, check=True
    )

    figures = json.loads(printed.stdout)
    assert figures["total"] == sum(area["total"] for area in figures["areas"].values()) == 358
    assert figures["shown"] + len(figures["missing"]) == 358
