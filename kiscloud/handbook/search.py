"""Search in the handbook: BM25 over words and, for Chinese, pairs of signs.

The whole handbook is some hundred parts, so its index is made once and kept in memory. Chinese has no spaces and the
database's own search does not split it; pairs of neighbouring signs find any word of two or more signs.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import log
from typing import Final

from kiscloud.handbook.markup import Part, parts_of
from kiscloud.handbook.pages import Page, pages_of

HITS_MAX: Final = 12
PER_PAGE: Final = 3
EXCERPT: Final = 120
_WORD = re.compile(r"[a-z0-9][a-z0-9.]*[a-z0-9]|[a-z0-9]|[\u3400-\u9fff]+")
_ENDINGS = re.compile(r"(?<=[a-z]{3})(?:ies|ing|ed|es|s|y|e)$")
_IDLE: Final = frozenset(
    re.split(
        r"\s+",
        "the a an of to is are how do does i can what happens in my for and or "
        "怎么 如何 什么 么办 可以 是否 哪里 为什 没有 一个 能否",
    )
)
_TITLE, _HEADING, _KEYWORD, _BODY = 5, 4, 3, 1  # how often a word counts, by where it stands
_LENGTH, _SATURATION = 0.6, 1.4
_PHRASE = 4.0


@dataclass(frozen=True, slots=True)
class Hit:
    """A part of a page that fits, with a piece of its text: (words, whether they were asked for)."""

    page: Page
    part: Part
    excerpt: Sequence[tuple[str, bool]]


@dataclass(frozen=True, slots=True)
class _Entry:
    page: Page
    part: Part
    words: Mapping[str, int]
    length: float
    plain: str


@dataclass(frozen=True, slots=True)
class _Index:
    entries: Sequence[_Entry]
    rarity: Mapping[str, float]
    mean: float


def search(query: str, code: str) -> list[Hit]:
    """The parts that fit best, those of a page together and the best page first; none for words that nobody knows."""
    asked, index = words_of(query[:200]), _index_of(code)
    known = {word for word in asked if word in index.rarity}
    if not known or 3 * len(known) < len(set(asked)):
        return []
    phrase = _plain(query).strip()
    by_page: dict[str, list[tuple[float, _Entry]]] = {}
    for entry in index.entries:
        if score := _score(entry, index, known, phrase):
            by_page.setdefault(entry.page.slug, []).append((score, entry))
    groups = [sorted(group, key=lambda pair: -pair[0])[:PER_PAGE] for group in by_page.values()]
    groups.sort(key=lambda group: -(group[0][0] + _named(group[0][1].page, known)))
    best = max(score for group in groups for score, _entry in group)
    fitting = [entry for group in groups for score, entry in group if score >= best / 3]
    return [
        Hit(entry.page, entry.part, excerpt_of(entry.part.text or entry.page.summary, query))
        for entry in fitting[:HITS_MAX]
    ]


def words_of(text: str, *, signs: bool = False) -> list[str]:
    """Words without their endings, and pairs of Chinese signs (single `signs`, too); without those that say nothing."""
    words: list[str] = []
    for run in _WORD.findall(_plain(text)):
        if run[0] < "\u3400":
            words.append(run if run in _IDLE else _ENDINGS.sub("", run))
        else:
            words += [run[at : at + 2] for at in range(len(run) - 1)]
            words += run if signs or len(run) == 1 else ""
    return [word for word in words if word not in _IDLE]


def excerpt_of(text: str, query: str) -> list[tuple[str, bool]]:
    """A piece of the text around the first place where most of the query stands, cut into asked and other words."""
    plain, spots = _plain(text), list[tuple[int, int]]()
    for word in set(words_of(query)):
        whole = rf"(?<![a-z0-9]){re.escape(word)}[a-z]*" if word.isascii() else word
        spots += [found.span() for found in re.finditer(whole, plain)]
    spots.sort()
    start, end = _window(text, spots)
    pieces = [("…", False)] if start else []
    at = start
    for begin, until in _merged(spots):
        if begin < at or begin >= end:
            continue
        pieces += [(text[at:begin], False), (text[begin:until], True)]
        at = until
    pieces.append((text[at : max(end, at)], False))
    if end < len(text):
        pieces.append(("…", False))
    return [piece for piece in pieces if piece[0]]


def _window(text: str, spots: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Where the piece begins and ends: at most of what was asked, and not within a word of letters."""
    best = max(spots, key=lambda spot: (_near(spots, spot[0]), -spot[0]))[0] if spots else 0
    start = max(0, min(best - EXCERPT // 4, len(text) - EXCERPT))
    end = min(start + EXCERPT, len(text))
    while 0 < start < best and text[start - 1 : start + 1].isascii() and text[start - 1] != " ":
        start += 1
    while best < end < len(text) and text[end - 1 : end + 1].isascii() and text[end] != " ":
        end -= 1
    return start, end


def _near(spots: Sequence[tuple[int, int]], at: int) -> int:
    return sum(1 for begin, _end in spots if at <= begin < at + EXCERPT * 3 // 4)


def _named(page: Page, known: Iterable[str]) -> float:
    """How much of the query the page's title and keywords name: they say what the whole page is about."""
    named = set(words_of(f"{page.title} {page.keywords}", signs=True))
    rarity = _index_of(page.language).rarity
    return sum(rarity[word] for word in known if word in named)


def _merged(spots: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for begin, end in spots:
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((begin, end))
    return merged


def _score(entry: _Entry, index: _Index, known: Iterable[str], phrase: str) -> float:
    """Where all of the words stand together, each of them counts fully."""
    stretch = 1 - _LENGTH + _LENGTH * entry.length / index.mean
    score = found = 0.0
    for word in known:
        if count := entry.words.get(word):
            found += index.rarity[word]
            score += index.rarity[word] * count * (_SATURATION + 1) / (count + _SATURATION * stretch)
    score *= found / sum(index.rarity[word] for word in known)
    if score and len(phrase) > 1 and phrase in entry.plain:
        score += _PHRASE
    return score


@cache
def _index_of(code: str) -> _Index:
    entries = [_entry(page, part) for page in pages_of(code).values() for part in parts_of(page)]
    spread = Counter(word for entry in entries for word in entry.words)
    rarity = {word: log(1 + (len(entries) - count + 0.5) / (count + 0.5)) for word, count in spread.items()}
    return _Index(entries, rarity, sum(entry.length for entry in entries) / len(entries))


def _entry(page: Page, part: Part) -> _Entry:
    """The title and keywords of a page speak for its beginning; below, they count once each."""
    first = not part.heading
    words: Counter[str] = Counter()
    texts = [(page.title, _TITLE if first else 1), (page.keywords, _KEYWORD if first else 1), (part.heading, _HEADING)]
    texts += [(page.summary, 1 if first else 0), (part.text, _BODY)]
    for text, weight in texts:
        for word in words_of(text, signs=True):
            words[word] += weight
    words += Counter()  # drops what counts nothing
    plain = _plain(" ".join((page.title, part.heading, part.text)))
    return _Entry(page, part, words, float(len(words_of(part.text)) + 10), plain)


def _plain(text: str) -> str:
    """Letters of either width and case are the same. Every sign keeps its place."""
    signs = ((sign, unicodedata.normalize("NFKC", sign).casefold()) for sign in text)
    return "".join(plain if len(plain) == 1 else sign for sign, plain in signs)
