"""The shape of a letter, and the list of all letters.

A letter is one function: news in, words out, in the language that is active. The same words make the mail, the text
message and the entry in the message centre. Names in it were made by users: they stand in one line, and the templates
escape them.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.letters.news import News
from accounts.models import Account
from accounts.wording import mask_middle, mask_number


@dataclass(frozen=True, slots=True)
class Fact:
    """One labelled line, or several under one label."""

    label: str
    values: tuple[str, ...]

    @property
    def line(self) -> str:
        """Label and all values in one line."""
        return _("%(label)s: %(value)s") % {"label": self.label, "value": " · ".join(self.values)}


@dataclass(frozen=True, slots=True)
class Text:
    """The text message: template of `accounts.sms.templates` and its parameters, the short link's path left out."""

    template: str
    params: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Drawn:
    """What stands in the mail alone: where its button leads, and lines that nobody but its reader may know."""

    page: str
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """What one person is told about one event.

    `page` is where the button leads within the product. With `answers` the short link of the question takes its
    place, and the letter is void once that is closed. `idle` says what happens if the reader does nothing.
    `draws` makes the secrets of one mail, from its reference: a mail that is tried again holds the same ones. A letter
    that is `void` is not sent any more.
    """

    subject: str
    says: tuple[str, ...]
    page: str
    button: str
    facts: tuple[Fact, ...] = field(default=())
    idle: str = ""
    text: Text | None = None
    answers: bool = False
    draws: Callable[[str], Drawn] | None = None
    void: bool = False

    @property
    def message(self) -> str:
        """The body for the message centre."""
        facts = "\n".join(fact.line for fact in self.facts)
        return "\n\n".join(part for part in (*self.says, facts, self.idle) if part)


Writer = Callable[[News], Letter]
_writers: dict[str, Writer] = {}


def letter(writer: Writer) -> Writer:
    """Adds the function to the letters, under its own name."""
    if writer.__name__ in _writers:
        raise ValueError(f"there are two letters {writer.__name__}")
    _writers[writer.__name__] = writer
    return writer


def write(name: str, news: News) -> Letter:
    """The letter of this name about this news, in the active language."""
    return _writers[name](news)


def is_void(written: Letter, news: News) -> bool:
    """The letter asks for an answer that can no longer be given, or has been overtaken."""
    return written.void or (written.answers and not news.invitation.is_open())


def names(app: str = "") -> list[str]:
    """Every letter that there is, or only those of an app."""
    return sorted(name for name, writer in _writers.items() if not app or writer.__module__.split(".")[0] == app)


def one_line(value: object) -> str:
    """Without line breaks: what a user typed can neither start a header nor look like a paragraph of ours."""
    return " ".join(str(value).split())


def fact(label: str | Promise, *values: object) -> Fact:
    """The labelled values, each in one line."""
    return Fact(str(label), tuple(one_line(value) for value in values))


def facts(*given: Fact | None) -> tuple[Fact, ...]:
    """Those that have something to say."""
    return tuple(item for item in given if item is not None and item.values)


def page(name: str, *args: object) -> str:
    """The path of a page of accounts."""
    return reverse(f"accounts:{name}", args=args)


def asker(account: Account) -> str:
    """The name that has been verified, where there is one; the account's own name is whatever its owner typed."""
    return one_line(account.enterprise.name if account.enterprise else account.name)


def shown(account: Account) -> str:
    """Name and user name of an account."""
    return _("%(name)s (%(username)s)") % {"name": one_line(account.name), "username": account.username}


def member_called(news: News) -> str:
    """The member as its manager may read it: by its verified name once it has agreed to a link, by the ends before."""
    name = asker(news.member)
    return name if news.relationship.established_at else mask_middle(name)


def member_shown(news: News) -> str:
    """The same for its account: with the user name, or with the ends of its number."""
    if news.relationship.established_at:
        return shown(news.member)
    return f"{mask_middle(one_line(news.member.name))} ({mask_number(news.member.number)})"


def moment(at: datetime) -> str:
    """Date and time for people, with the place whose time it is."""
    local = timezone.localtime(at, timezone.get_default_timezone())
    return _("%(time)s (Beijing time)") % {"time": f"{local:%Y-%m-%d %H:%M}"}


def labels(values: Iterable[str], choices: type[models.Choices]) -> list[str]:
    """The names of the values, as people read them; one that is no longer known keeps its code."""
    known = dict(choices.choices)
    return [str(known.get(value, value)) for value in values]
