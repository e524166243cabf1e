"""Markdown as HTML that the policy of the site allows: no HTML of the text's own, no styles, links that are known."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override
from markdown_it import MarkdownIt
from markdown_it.token import Token

from kiscloud.handbook.figures import FIGURES
from kiscloud.handbook.pages import Change, Page

_ANCHOR = re.compile(r"\s*\{#([a-z0-9-]+)\}$")
_MARKDOWN: Final = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
PICTURES: Final = "kiscloud/help/pictures"


@dataclass(frozen=True, slots=True)
class Part:
    """A heading and what stands beneath it, as plain text; the first part of a page has no heading."""

    anchor: str
    heading: str
    level: int
    text: str


def tokens_of(text: str) -> list[Token]:
    """The text as Markdown sees it; each heading's anchor is its attribute and no longer in its words."""
    tokens = _MARKDOWN.parse(text)
    for before, token in pairwise(tokens):
        if before.type == "heading_open" and (found := _ANCHOR.search(token.content)):
            before.attrSet("id", found[1])
            token.content = token.content[: found.start()]
            token.children = _MARKDOWN.parseInline(token.content)[0].children
    return tokens


@cache
def html_of(page: Page | Change) -> SafeString:
    """The whole text, in its language."""
    with override(page.language):
        tokens = list(_without_styles(tokens_of(page.text)))
        for token in tokens:
            for child in token.children or []:
                _lead(child)
        drawn: str = _MARKDOWN.renderer.render(_framed(tokens), _MARKDOWN.options, {})
    return mark_safe(drawn)  # noqa: S308  (made by the renderer from our own files, whose HTML it escapes)


@cache
def parts_of(page: Page | Change) -> Sequence[Part]:
    """The text in pieces, one a heading."""
    anchor, heading, level, texts, parts = "", "", 0, list[str](), list[Part]()
    tokens = tokens_of(page.text)
    for before, token in zip([None, *tokens], tokens, strict=False):
        if token.type != "inline":
            continue
        words = "".join(" " if child.type == "softbreak" else child.content for child in token.children or [])
        if before is not None and before.type == "heading_open":
            parts.append(Part(anchor, heading, level, " ".join(texts)))
            anchor, heading, level, texts = str(before.attrGet("id") or ""), words, int(before.tag[1:]), []
        else:
            texts.append(words)
    parts.append(Part(anchor, heading, level, " ".join(texts)))
    return [part for part in parts if part.heading or part.text]


def targets_of(text: str) -> Iterator[str]:
    """Where the text's links lead, as they are written."""
    for token in tokens_of(text):
        for child in token.children or []:
            if child.type == "link_open":
                yield str(child.attrGet("href"))


def pictures_of(text: str) -> Iterator[str]:
    """Which pictures the text shows."""
    for token in tokens_of(text):
        for child in token.children or []:
            if child.type == "image":
                yield str(child.attrGet("src"))


def address_of(target: str) -> str:
    """Where a link leads; a page of the product that is not there is an error."""
    if target.startswith("page:"):
        name, _hash, anchor = target.removeprefix("page:").partition("#")
        return reverse(name) + (f"#{anchor}" if anchor else "")
    if target.startswith("out:"):
        return str(settings.HELP_ADDRESSES[target.removeprefix("out:")])
    if target.startswith(("https://", "#")):
        return target
    slug, _hash, anchor = target.partition("#")
    return reverse("kiscloud:help-page", args=[slug]) + (f"#{anchor}" if anchor else "")


def _lead(token: Token) -> None:
    if token.type == "link_open":
        address = address_of(str(token.attrGet("href")))
        token.attrSet("href", address)
        if address.startswith("https://"):
            token.attrSet("rel", "noopener noreferrer external")


def _without_styles(tokens: Sequence[Token]) -> Iterator[Token]:
    """Alignment of columns would come as a style."""
    for token in tokens:
        token.attrs.pop("style", None)
        yield token


def _framed(tokens: Sequence[Token]) -> list[Token]:
    """A paragraph that is only a picture becomes a figure; a table can be moved sideways, also by keyboard."""
    framed: list[Token] = []
    skip = 0
    for at, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        inside = tokens[at + 1].children if token.type == "paragraph_open" else None
        if inside and len(inside) == 1 and inside[0].type == "image":
            framed.append(_raw(_figure(inside[0])))
            skip = 2
        elif token.type == "table_open":
            framed += [_raw(f'<div class="prose-table" role="group" aria-label="{_("Table")}" tabindex="0">'), token]
        elif token.type == "table_close":
            framed += [token, _raw("</div>")]
        else:
            framed.append(token)
    return framed


def _figure(image: Token) -> str:
    """The drawing in the language of the page; its caption says in words what it shows."""
    drawing = render_to_string(f"{PICTURES}/{image.attrGet('src')}.html", dict(FIGURES))
    caption = escape(image.content)
    frame = f'<div class="picture-frame" role="group" aria-label="{caption}" tabindex="0">{drawing}</div>'
    return f'<figure class="picture">{frame}<figcaption>{caption}</figcaption></figure>\n'


def _raw(html: str) -> Token:
    return Token("html_block", "", 0, content=html)
