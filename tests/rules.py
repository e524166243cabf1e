"""Which rules there are, and which of them the tests showed. Plain Python: `script/rules` needs nothing installed.

A rule counts as shown when at least one test that names it passed and none that names it failed.
"""

import ast
import json
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
RULES_FILE: Final = "tests/rules.toml"
RESULTS_FILE: Final = "var/rules.json"
PASSED: Final = "passed"
NAMED: Final = "named"  # a test names the rule, nobody knows yet how it ends


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: its id, its kind, the section it stands in, and what it asks for."""

    id: str
    kind: str
    area: str
    section: str
    says: str


@dataclass(frozen=True, slots=True)
class Result:
    """How one test ended that names rules."""

    test: str
    outcome: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """The results at hand and where they come from: a `run` of the tests, or only their `marks`."""

    source: str
    finished: str
    whole: bool
    results: tuple[Result, ...]

    def shown(self) -> set[str]:
        """The rules that count as shown."""
        wanted = PASSED if self.source == "run" else NAMED
        good = {rule for result in self.results if result.outcome == wanted for rule in result.rules}
        bad = {rule for result in self.results if result.outcome == "failed" for rule in result.rules}
        return good - bad

    def tests_of(self, rule: str) -> list[str]:
        """The tests that show the rule, in order."""
        return sorted(result.test for result in self.results if rule in result.rules and result.outcome != "failed")


def read_rules(file: Path = ROOT / RULES_FILE) -> dict[str, Rule]:
    """Every rule by its id, in the order of the file."""
    rules = {}
    for area, sections in tomllib.loads(file.read_text(encoding="utf-8")).items():
        for section, entries in sections.items():
            if isinstance(entries, dict):
                for key, facts in entries.items():
                    if key != "title":
                        rules[key] = Rule(key, facts["kind"], area, section, facts["says"])
    return rules


def read_titles(file: Path = ROOT / RULES_FILE) -> dict[str, str]:
    """The titles of areas and sections."""
    titles = {}
    for area, sections in tomllib.loads(file.read_text(encoding="utf-8")).items():
        titles[area] = sections["title"]
        titles |= {key: entries["title"] for key, entries in sections.items() if isinstance(entries, dict)}
    return titles


def read_record(root: Path = ROOT) -> Record:
    """The last results; without a run, what the tests' marks promise."""
    try:
        kept = json.loads((root / RESULTS_FILE).read_text(encoding="utf-8"))
        results = tuple(Result(test, facts["outcome"], tuple(facts["rules"])) for test, facts in kept["tests"].items())
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return Record("marks", "", whole=True, results=tuple(marked(root / "tests")))
    living = _Living(root)
    there = tuple(result for result in results if living.has(result.test))
    return Record("run", kept.get("finished", ""), whole=bool(kept.get("whole")), results=there)


def marked(folder: Path) -> Iterator[Result]:
    """What the source of the tests names, by `mark.rule` on a function, a class, a module or a parameter."""
    for file in sorted(folder.rglob("test_*.py")):
        tree = ast.parse(file.read_text(encoding="utf-8"))
        yield from _marks_below(tree, f"{file.relative_to(folder.parent)}")


def _marks_below(node: ast.AST, name: str) -> Iterator[Result]:
    own: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield from _marks_below(child, f"{name}::{child.name}")
        else:
            own |= {rule for call in ast.walk(child) if isinstance(call, ast.Call) for rule in _named(call)}
    if own:
        yield Result(name, NAMED, tuple(sorted(own)))


def _named(call: ast.Call) -> Iterator[str]:
    target = call.func
    if isinstance(target, ast.Attribute) and target.attr == "rule" and isinstance(target.value, ast.Attribute):
        yield from (arg.value for arg in call.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str))


class _Living:
    """Whether a test of an earlier run still exists; partial runs would else keep the dead for ever."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.names: dict[str, set[str]] = {}

    def has(self, test: str) -> bool:
        file, *_classes, name = test.split("[", maxsplit=1)[0].split("::")
        if file not in self.names:
            self.names[file] = self._functions(self.root / file)
        return name in self.names[file]

    def _functions(self, file: Path) -> set[str]:
        if not file.is_file():
            return set()
        tree = ast.parse(file.read_text(encoding="utf-8"))
        return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def summary(rules: Iterable[Rule], record: Record) -> dict[str, Any]:
    """The figures for machines: total, shown, both by area, and the missing ids."""
    shown = record.shown()
    areas: dict[str, dict[str, int]] = {}
    missing = []
    total = 0
    for rule in rules:
        area = areas.setdefault(rule.area, {"total": 0, "shown": 0})
        area["total"] += 1
        total += 1
        if rule.id in shown:
            area["shown"] += 1
        else:
            missing.append(rule.id)
    return {
        "total": total,
        "shown": total - len(missing),
        "areas": areas,
        "missing": missing,
        "source": record.source,
        "whole": record.whole,
    }
