"""Reading the project's source for `test_architecture.py`: files, imports and functions, by their syntax only."""

import ast
import functools
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parent.parent
# Each may import those before it.
APPS: Final = ("config", "accounts", "finance", "invoicing", "kiscloud", "kiscloud.books", "kiscloud.inventory")
CODE: Final = ("config", "accounts", "finance", "invoicing", "kiscloud", "tests", "benchmarks")
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file of the project."""

    path: Path
    tree: ast.Module
    lines: int

    @property
    def name(self) -> str:
        """`accounts.services.invitations`; a package is named like its folder."""
        parts = self.path.relative_to(ROOT).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def app(self) -> str:
        return app_of(self.name)

    @property
    def layer(self) -> str:
        """The folder or file directly in the app: models, services, views, credit_code …"""
        return self.name.removeprefix(self.app).removeprefix(".").partition(".")[0]

    @property
    def is_migration(self) -> bool:
        return "migrations" in self.path.parts

    def at(self, node: ast.AST) -> str:
        """Where a reader finds the node."""
        return f"{self.path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"

    def functions(self) -> Iterator[Function]:
        """Every function and method, however deep."""
        yield from (node for node in ast.walk(self.tree) if isinstance(node, Function))

    def calls(self) -> Iterator[ast.Call]:
        yield from (node for node in ast.walk(self.tree) if isinstance(node, ast.Call))

    def imports(self) -> Iterator[tuple[ast.AST, str]]:
        """Every import with the dotted name it may reach: `from accounts import sms` gives `accounts.sms`."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Import):
                yield from ((node, alias.name) for alias in node.names)
            elif isinstance(node, ast.ImportFrom):
                yield from ((node, f"{'.' * node.level}{node.module or ''}.{alias.name}") for alias in node.names)


def app_of(name: str) -> str:
    """The app to which a dotted name belongs, the innermost one; else its first word."""
    fitting = [app for app in APPS if name == app or name.startswith(f"{app}.")]
    return max(fitting, key=len, default=name.split(".", maxsplit=1)[0])


@functools.cache
def modules() -> tuple[Module, ...]:
    """All Python files of the apps, the tests and the benchmarks."""
    paths = sorted(path for folder in CODE for path in (ROOT / folder).rglob("*.py"))
    return tuple(_read(path) for path in paths)


def _read(path: Path) -> Module:
    source = path.read_text(encoding="utf-8")
    return Module(path, ast.parse(source, str(path)), source.count("\n"))


def of_apps() -> Iterator[Module]:
    """The files that run in production, without migrations."""
    yield from (module for module in modules() if module.app in APPS and not module.is_migration)


def in_layer(*layers: str) -> Iterator[Module]:
    yield from (module for module in of_apps() if module.layer in layers)


def dotted(node: ast.expr) -> str:
    """`timezone.now` for that expression, otherwise nothing."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        before = dotted(node.value)
        return f"{before}.{node.attr}" if before else f"?.{node.attr}"
    return ""


def length(function: Function) -> int:
    """Lines from `def` to the end, the docstring not counted."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or 0) - first.lineno + 1 if documented else 0
    return (function.end_lineno or 0) - function.lineno + 1 - docstring


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Every text file that belongs to the project, by its path; what is not text is left out."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        timeout=30,
    )
    names = listed.stdout.decode().split("\0") if listed.returncode == 0 else [str(module.path) for module in modules()]
    for name in sorted(filter(None, names)):
        path = ROOT / name
        if path.is_file():
            try:
                yield name, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def joined(*parts: str) -> re.Pattern[str]:
    """A pattern given in pieces, so that the file that forbids a word does not hold it."""
    return re.compile("".join(parts), re.IGNORECASE)
