"""Finds every translatable string of the project without system gettext, and keeps the catalogues in step.

`python -m config.strings` adds what is new (empty, to be translated) and drops what is gone.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import polib
from django.conf import settings
from django.utils.translation.template import templatize

from config.env import BASE_DIR

FOLDERS = ("config", "accounts", "finance", "invoicing", "kiscloud", "templates")
CATALOGUE = "locale/zh_Hans/LC_MESSAGES/django.po"
SINGULAR = {"_", "gettext", "gettext_lazy", "gettext_noop"}
PLURAL = {"ngettext", "ngettext_lazy"}
CONTEXT = {"pgettext", "pgettext_lazy"}
CALL = re.compile(r"\b(?:u?gettext|ngettext|pgettext|npgettext|_)\(")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@dataclass(frozen=True, slots=True)
class String:
    """One translatable string; `plural` and `context` are empty for most."""

    text: str
    plural: str = ""
    context: str = ""


# Django's own words that people meet in our forms and staff pages: its catalogue says them stiffly or not at all, and
# ours is asked first.
DJANGO = (
    String("This field is required."),
    String("Enter a valid value."),
    String("Enter a valid date."),
    String("Enter a valid time."),
    String("Enter a valid date/time."),
    String("Enter a number."),
    String("Enter a whole number."),
    String("Select a valid choice. %(value)s is not one of the available choices."),
    String("Select a valid choice. That choice is not one of the available choices."),
    String("Ensure this value is less than or equal to %(limit_value)s."),
    String("Ensure this value is greater than or equal to %(limit_value)s."),
    String(
        "Ensure this value has at most %(limit_value)d character (it has %(show_value)d).",
        plural="Ensure this value has at most %(limit_value)d characters (it has %(show_value)d).",
    ),
    String(
        "Ensure this value has at least %(limit_value)d character (it has %(show_value)d).",
        plural="Ensure this value has at least %(limit_value)d characters (it has %(show_value)d).",
    ),
    String("No file was submitted."),
    String("The submitted file is empty."),
    String("The password is too similar to the %(verbose_name)s."),
    String(
        "This password is too short. It must contain at least %(min_length)d character.",
        plural="This password is too short. It must contain at least %(min_length)d characters.",
    ),
    String("This password is too common."),
    String("This password is entirely numeric."),
    String(":"),
    String("Model name"),
    String("Add link"),
    String("Change or view list link"),
)


def collect(root: Path = BASE_DIR) -> dict[String, list[str]]:
    """Every string with the places it stands in."""
    found: dict[String, list[str]] = {string: ["django"] for string in DJANGO}
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in {".py", ".html", ".txt"} and "migrations" not in path.parts:
                for string, line in _strings(path):
                    found.setdefault(string, []).append(f"{path.relative_to(root)}:{line}")
    return found


def _strings(path: Path) -> Iterator[tuple[String, int]]:
    source = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        tree = ast.parse(source)
        yield from _calls(tree, 0, _other_names(tree))
        return
    code = templatize(source)
    for match in CALL.finditer(code):
        if (call := _parsed_call(code[match.start() :])) is not None:
            yield from _calls(call, code.count("\n", 0, match.start()), {})


def _parsed_call(code: str) -> ast.Module | None:
    """The call that the text begins with: up to the first closing bracket that makes it whole."""
    for end in (found.end() for found in re.finditer(r"\)", code)):
        try:
            return ast.parse(code[:end].strip())
        except SyntaxError:
            if end > 4000:
                return None
    return None


def _other_names(tree: ast.Module) -> dict[str, str]:
    """What the module calls the functions of gettext, where it imported them under names of its own."""
    taken = [
        node for node in tree.body if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
    ]
    return {name.asname: name.name for node in taken for name in node.names if name.asname}


def _calls(tree: ast.AST, above: int, other_names: Mapping[str, str]) -> Iterator[tuple[String, int]]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not node.args:
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        name = other_names.get(name, name)
        texts = [arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)]
        if name in SINGULAR and texts:
            yield String(texts[0]), above + node.lineno
        elif name in PLURAL and len(texts) >= 2:
            yield String(texts[0], plural=texts[1]), above + node.lineno
        elif name in CONTEXT and len(texts) >= 2:
            yield String(texts[1], context=texts[0]), above + node.lineno


def faults(catalogue: Path, strings: dict[String, list[str]]) -> list[str]:
    """What is wrong with a catalogue: missing, empty, superfluous, or with other placeholders than the source."""
    entries = {_key(entry): entry for entry in polib.pofile(str(catalogue)) if not entry.obsolete}
    found = [
        f"not in the catalogue: {string.text!r} ({places[0]})"
        for string, places in strings.items()
        if string not in entries
    ]
    found += [f"no longer in the code: {string.text!r}" for string in entries if string not in strings]
    for string, entry in entries.items():
        translations = [entry.msgstr] if not string.plural else list(entry.msgstr_plural.values())
        if not translations or not all(translations):
            found.append(f"not translated: {string.text!r}")
        wanted = set(PLACEHOLDER.findall(string.text + string.plural))
        found += [
            f"other placeholders than the source: {text!r}"
            for text in translations
            if text and set(PLACEHOLDER.findall(text)) - wanted
        ]
    return found


def update(catalogue: Path, strings: dict[String, list[str]]) -> None:
    """The catalogue holds exactly these strings, in the order of the code, and keeps every translation it had."""
    old = {_key(entry): entry for entry in polib.pofile(str(catalogue))} if catalogue.is_file() else {}
    fresh = polib.POFile()
    fresh.metadata = {
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Language": "zh_Hans",
        "MIME-Version": "1.0",
        "Plural-Forms": "nplurals=1; plural=0;",
    }
    for string in strings:
        entry = polib.POEntry(msgid=string.text, msgctxt=string.context or None, msgid_plural=string.plural)
        known = old.get(string)
        if string.plural:
            entry.msgstr_plural = known.msgstr_plural if known else {0: ""}
        else:
            entry.msgstr = known.msgstr if known else ""
        fresh.append(entry)
    catalogue.parent.mkdir(parents=True, exist_ok=True)
    fresh.save(str(catalogue))


def _key(entry: polib.POEntry) -> String:
    return String(entry.msgid, plural=entry.msgid_plural or "", context=entry.msgctxt or "")


if __name__ == "__main__":
    settings.configure(USE_I18N=True)
    update(BASE_DIR / CATALOGUE, collect())
