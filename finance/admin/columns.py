"""What several of the pages about money show."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.paginator import Paginator
from django.utils.functional import cached_property
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from accounts.admin.panels import link
from accounts.models import Account
from config.templatetags.ui import money

if TYPE_CHECKING:
    Base = Paginator[Any]
else:
    Base = Paginator

COUNTED_MAX = 10_000
DIGITS_MAX = 18  # as many as every whole number of the database can hold


def yuan(name: str, label: Any) -> Callable[[Any], SafeString | str]:
    """A column of a list or a fact: the amount in this field."""

    @admin.display(description=label, ordering=name)
    def shown(row: Any) -> SafeString | str:
        return money(getattr(row, name))

    shown.__name__ = f"yuan_{name}"
    return shown


def owner(account: Account | None) -> SafeString | str:
    """The account's page, or that it is the platform's own."""
    return str(_("The platform")) if account is None else link(account)


def number_in(text: str) -> int | None:
    """The row number that somebody searched for."""
    typed = text.strip()
    return int(typed) if typed.isdecimal() and len(typed) <= DIGITS_MAX else None


class BoundedPaginator(Base):
    """Counts no further than ten thousand: beyond that people search, and counting millions of rows takes seconds."""

    @cached_property
    def count(self) -> int:
        """How many rows there are, at most ten thousand."""
        rows: Any = self.object_list[:COUNTED_MAX]
        return int(rows.count())
