"""Log-in by mobile number, e-mail or user name (S2.1)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.mobile import is_mobile, normalise_mobile
from accounts.models import User


def login_name(typed: str) -> str:
    """The one writing under which a name is looked up."""
    return normalise_mobile(typed) if is_mobile(typed) else typed.strip().lower()


def counted_name(name: str) -> str:
    """Under which failures are counted: the three names of a person share one count."""
    person = User.objects.by_identifier(name)
    return person.username if person else name


class AnyIdentifierBackend(ModelBackend):
    """Takes any of the three names; the answer takes as long for an unknown name as for a wrong password."""

    def authenticate(
        self,
        request: HttpRequest | None,  # noqa: ARG002
        username: str | None = None,
        password: str | None = None,
        **kwargs: Any,  # noqa: ARG002
    ) -> User | None:
        """The person, if name and password fit and the login is active and activated."""
        if username is None or password is None:
            return None
        user = User.objects.by_identifier(login_name(username))
        if user is None:
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
