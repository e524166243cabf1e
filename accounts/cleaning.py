"""Wrong input from the pure rules, turned into the service's refusal at the right field."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from config.errors import InputError


@contextmanager
def at_field(field: str) -> Iterator[None]:
    """A ValidationError raised inside becomes an InputError at this field."""
    try:
        yield
    except ValidationError as error:
        raise InputError(field, " ".join(str(sentence) for sentence in error.messages)) from error


def cleaned(field: str, rule: Callable[[str], str], value: str) -> str:
    """The value in stored form, or an InputError at the field."""
    with at_field(field):
        return rule(value)


def check_password(
    password: str, *, username: str = "", name: str = "", email: str | None = None, field: str = "password"
) -> None:
    """Raises InputError when the password is too weak for this person."""
    with at_field(field):
        validate_password(password, User(username=username, name=name, email=email))
