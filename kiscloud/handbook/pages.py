"""The pages and the change log, read once from their files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from kiscloud.handbook.figures import FIGURES

ROOT: Final = Path(__file__).resolve().parent.parent / "content"
LANGUAGES: Final = ("zh-hans", "en")
CHANGES: Final = "changes"
_PARTS = re.compile(r"---\n(?P<facts>.*?)\n---\n(?P<text>.*)", re.S)
_FIGURE = re.compile(r"(?<!#)\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Section:
    """A group of pages, in the order of the contents."""

    key: str
    label: str | Promise
    icon: str


SECTIONS: Final = (
    Section("start", _("Getting started"), "rocket"),
    Section("product", _("Product introduction"), "package"),
    Section("manage", _("Using the management centre"), "blocks"),
    Section("sets", _("Account sets and their data"), "database"),
    Section("work", _("Working every day"), "layout-grid"),
    Section("clients", _("Clients"), "monitor-smartphone"),
    Section("private", _("Private cloud"), "server"),
    Section("more", _("Questions and safety"), "circle-question-mark"),
)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of the handbook in one language."""

    slug: str
    language: str
    title: str
    section: str
    order: int
    summary: str
    keywords: str
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """What a release brought. Only people who are logged in see it (S23.2)."""

    version: str
    language: str
    title: str
    released: date
    summary: str
    text: str

    @property
    def slug(self) -> str:
        """Its name, as its address has it."""
        return self.version


def language() -> str:
    """In which language the reader gets the handbook."""
    wanted = (get_language() or "").lower()
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


@cache
def pages_of(code: str) -> Mapping[str, Page]:
    """All pages by slug, in reading order."""
    order = [section.key for section in SECTIONS]
    found = [_page(path, code) for path in (ROOT / code).glob("*.md")]
    found.sort(key=lambda page: (order.index(page.section), page.order, page.slug))
    return {page.slug: page for page in found}


@cache
def changes_of(code: str) -> Mapping[str, Change]:
    """The releases by version, newest first."""
    found = [_change(path, code) for path in (ROOT / code / CHANGES).glob("*.md")]
    found.sort(key=lambda change: change.released, reverse=True)
    return {change.version: change for change in found}


def contents_of(code: str) -> Sequence[tuple[Section, Sequence[Page]]]:
    """The sections that have pages, each with them."""
    pages = pages_of(code).values()
    groups = [(section, [page for page in pages if page.section == section.key]) for section in SECTIONS]
    return [group for group in groups if group[1]]


def neighbours(page: Page) -> tuple[Page | None, Page | None]:
    """The pages before and after this one."""
    order = list(pages_of(page.language).values())
    at = order.index(page)
    return (order[at - 1] if at else None), (order[at + 1] if at + 1 < len(order) else None)


def _page(path: Path, code: str) -> Page:
    facts, text = _read(path)
    return Page(
        slug=path.stem,
        language=code,
        title=facts["title"],
        section=facts["section"],
        order=int(facts["order"]),
        summary=facts["summary"],
        keywords=facts.get("keywords", ""),
        text=text,
    )


def _change(path: Path, code: str) -> Change:
    facts, text = _read(path)
    return Change(
        version=path.stem,
        language=code,
        title=facts["title"],
        released=date.fromisoformat(facts["released"]),
        summary=facts["summary"],
        text=text,
    )


def _read(path: Path) -> tuple[dict[str, str], str]:
    """The facts and the text, with the figures in their places; an unknown figure is an error."""
    whole = _FIGURE.sub(lambda found: FIGURES[found[1]], path.read_text(encoding="utf-8"))
    parts = _PARTS.fullmatch(whole)
    if parts is None:
        raise ValueError(f"{path} does not begin with its facts")
    facts = dict(line.split(": ", 1) for line in parts["facts"].splitlines())
    return facts, parts["text"].strip()
