"""The shape of the code, kept by a test: who may import whom, how long things may be, how services look."""

import ast
from collections.abc import Iterable

import pytest

from tests import architecture
from tests.architecture import APPS, Module, app_of, dotted, in_layer, joined, length, modules, of_apps, tracked_texts

MODULE_LINES = 300
FUNCTION_LINES = 70
# Inside an app each layer imports only what stands below it.
NOT_FOR_MODELS = ("services", "forms", "views", "api", "admin", "tasks", "handlers", "urls", "middleware")
NOT_FOR_SERVICES = ("forms", "views", "api", "admin", "tasks", "urls", "middleware", "guards", "http", "context")
NOT_FOR_FORMS = ("views", "api", "admin", "tasks", "urls")
REQUESTS = (
    "django.http",
    "django.shortcuts",
    "rest_framework.request",
    "rest_framework.response",
    "django.contrib.messages",
)
PURE = (
    *("credit_code", "mobile", "names", "email_address", "citizen_id", "inputs", "policy"),
    *("amounts", "capitals", "tax_numbers", "invoice_numbers", "checks", "line_checks", "faces"),
)
NAIVE = ("datetime.now", "datetime.utcnow", "datetime.today", "datetime.utcfromtimestamp", "date.today")
# What belongs to the place where the code is written and means nothing to its readers.
FOREIGN = [
    joined("/", r"work/"),
    joined("/tmp/", "team"),
    joined(r"\.\./", "shared"),
    joined("shared/", "(design|requirements|hooks)"),
    joined(r"\b(architecture|style|reliability|performance|beyond|facts)", r"\.md\b"),
    joined(r"\bthe ", r"brief\b"),
    joined(r"\bhelper ", r"session"),
    joined(r"\b(cla", "ude|anth", "ropic|chat", r"gpt)\b"),
    joined(r"\b(?-i:TO", "DO|FIX", r"ME)\b"),
]


def found(problems: Iterable[str]) -> str:
    return "\n".join(problems)


def reaches(name: str, targets: Iterable[str]) -> bool:
    return any(name == target or name.startswith(f"{target}.") for target in targets)


def test_apps_import_downwards_only():
    problems = [
        f"{module.at(node)} imports {name}"
        for module in of_apps()
        for node, name in module.imports()
        if app_of(name) in APPS and APPS.index(app_of(name)) > APPS.index(module.app)
    ]
    assert not problems, found(problems)


def test_imports_are_absolute_and_stand_at_the_top():
    problems = []
    for module in modules():
        ready = module.path.name == "apps.py"
        for function in module.functions():
            hidden = [node for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom)]
            problems += [
                f"{module.at(node)} in {function.name}()" for node in hidden if not (ready and function.name == "ready")
            ]
        problems += [f"{module.at(node)} is relative" for node, name in module.imports() if name.startswith(".")]
    assert not problems, found(problems)


def layered(layer: str, forbidden: Iterable[str]) -> list[str]:
    """Where this layer of any app imports one that stands above it."""
    targets = [f"{app}.{name}" for app in APPS[1:] for name in forbidden] + list(REQUESTS if layer != "forms" else ())
    return [
        f"{module.at(node)} imports {name}"
        for module in in_layer(layer)
        for node, name in module.imports()
        if reaches(name, targets)
    ]


@pytest.mark.parametrize(
    ("layer", "forbidden"), [("models", NOT_FOR_MODELS), ("services", NOT_FOR_SERVICES), ("forms", NOT_FOR_FORMS)]
)
def test_layers_import_downwards_only(layer, forbidden):
    problems = layered(layer, forbidden)
    assert not problems, found(problems)


def test_pure_rules_know_no_tables():
    targets = [f"{app}.{layer}" for app in APPS[1:] for layer in ("models", *NOT_FOR_MODELS)] + ["django.db", *REQUESTS]
    problems = [
        f"{module.at(node)} imports {name}"
        for module in in_layer(*PURE)
        for node, name in module.imports()
        if reaches(name, targets)
    ]
    assert not problems, found(problems)


def test_modules_and_functions_stay_short():
    long = [f"{module.at(module.tree)} has {module.lines} lines" for module in modules() if too_long(module)]
    long += [
        f"{module.at(function)} {function.name}() has {length(function)} lines"
        for module in modules()
        if not module.is_migration
        for function in module.functions()
        if length(function) > FUNCTION_LINES
    ]
    assert not long, found(long)


def too_long(module: Module) -> bool:
    return module.lines > MODULE_LINES and not module.is_migration


def services() -> Iterable[tuple[Module, architecture.Function]]:
    """Every public function of a services package."""
    for module in in_layer("services"):
        for node in module.tree.body:
            if isinstance(node, architecture.Function) and not node.name.startswith("_"):
                yield module, node


def test_services_take_keywords_and_say_what_is_true_afterwards():
    problems = []
    for module, function in services():
        where = f"{module.at(function)} {function.name}()"
        if function.args.posonlyargs or function.args.args or function.args.vararg:
            problems.append(f"{where} takes positional arguments")
        if function.returns is None:
            problems.append(f"{where} does not say what it returns")
        if not ast.get_docstring(function):
            problems.append(f"{where} has no docstring")
    assert not problems, found(problems)


def test_saving_names_the_fields():
    problems = []
    for module in of_apps():
        if module.layer == "models":  # a manager makes rows, nothing there changes one
            continue
        for call in module.calls():
            keywords = {keyword.arg for keyword in call.keywords}
            # With a place to write to it is a file that is saved.
            row = dotted(call.func).endswith(".save") and not call.args
            if row and not keywords & {"update_fields", "force_insert", "commit", None}:
                problems.append(f"{module.at(call)} saves a whole row")
    assert not problems, found(problems)


def test_no_test_sleeps():
    problems = [
        module.at(call)
        for module in modules()
        if module.app == "tests"
        for call in module.calls()
        if dotted(call.func) in {"time.sleep", "sleep"}
    ]
    assert not problems, found(problems)


def test_every_moment_knows_its_zone():
    problems = []
    for module in modules():
        for call in module.calls():
            name = dotted(call.func)
            aware = bool(call.args or call.keywords) and name.endswith(".now")
            if any(name == naive or name.endswith(f".{naive}") for naive in NAIVE) and not aware:
                problems.append(f"{module.at(call)} {name}()")
    assert not problems, found(problems)


def test_the_text_belongs_to_the_product_alone():
    problems = [
        f"{name}: {match[0]!r}"
        for name, text in tracked_texts()
        for pattern in FOREIGN
        for match in pattern.finditer(text)
    ]
    assert not problems, found(problems)
