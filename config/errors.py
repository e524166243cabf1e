"""How the project says no.

A service raises a `DomainError`: a stable code for machines, a sentence for people (translated, with the numbers),
the id of the rule where there is one, and facts. `config.web.Refusals` shows it on pages, `config.api.problem` in the
API.
"""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


def worded(facts: Mapping[str, Any]) -> dict[str, Any]:
    """As a sentence shows them: amounts with commas between the thousands."""
    return {name: f"{fact:,f}" if isinstance(fact, Decimal) else fact for name, fact in facts.items()}


class DomainError(Exception):
    """Right input at the wrong moment (409). Subclasses fix `code`, `sentence`, `rule` and `status`."""

    code = "refused"
    rule = ""
    status = 409
    sentence: str | Promise = _("This is not possible now.")
    hint: str | Promise = ""  # what to do next

    def __init__(self, sentence: str | Promise | None = None, **facts: Any) -> None:
        self.facts: Mapping[str, Any] = facts
        self._sentence = sentence if sentence is not None else self.sentence
        super().__init__(self.code)

    def __str__(self) -> str:
        return str(self._sentence) % worded(self.facts) if self.facts else str(self._sentence)


class InputError(DomainError):
    """Wrong input (422): names the field, so that the page can show the sentence where it was made."""

    code = "invalid"
    status = 422

    def __init__(self, field: str, sentence: str | Promise | None = None, **facts: Any) -> None:
        self.field = field
        super().__init__(sentence, **facts)


class NotAllowed(DomainError):
    """Inside, but without the right (403)."""

    code = "not_allowed"
    status = 403
    sentence = _("Your role does not allow this. Ask the owner of this account.")


class NotFound(DomainError):
    """Outside: as if it did not exist (404)."""

    code = "not_found"
    status = 404
    sentence = _("There is nothing here, or it is not yours to see.")


class TooMany(DomainError):
    """A limit was reached (429); `seconds` says when to come back."""

    code = "too_many"
    status = 429
    sentence = _("Too many attempts. Please wait %(seconds)s seconds and try again.")


class Busy(DomainError):
    """Too many want the same thing at once (503); `seconds` says when to try again."""

    code = "busy"
    status = 503
    sentence = _("Others are using the same data just now, so nothing was done. Please try again in a moment.")
