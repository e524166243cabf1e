"""One way for a page with a form to try its service: nothing sent, done, or shown again with the reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from django import forms
from django.http import HttpRequest

from accounts.forms.base import show
from config.errors import DomainError, NotAllowed, NotFound

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Attempt(Generic[Result]):
    """Whether it was done, what the service answered, and the status of the page where it was not."""

    done: bool
    status: int = 200
    result: Result | None = None


def attempt(
    request: HttpRequest,
    form: forms.BaseForm,
    act: Callable[[], Result],
    *,
    shown: Callable[[forms.BaseForm, DomainError], int] = show,
) -> Attempt[Result]:
    """Acts when the form was sent and its shape is right; the service's refusal then stands in the form (`shown`).

    Somebody outside, or without the right, gets the refusal page instead.
    """
    if request.method != "POST":
        return Attempt(done=False)
    if not form.is_valid():
        return Attempt(done=False, status=422)
    try:
        return Attempt(done=True, result=act())
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        return Attempt(done=False, status=shown(form, error))
