"""Log-in by mobile number, e-mail or user name (S2.1)."""

from typing import Any

from django.contrib.auth.backends import ModelBackend
from django.http import HttpRequest

from accounts.mobile import is_mobile, normalise_mobile
from accounts.models import User


class AnyIdentifierBackend(ModelBackend):
    """Takes any of the three names; the answer takes as long for an unknown name as for a wrong password."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **kwargs: Any
    ) -> User | None:
        """The person, if name and password fit and the login is active and activated."""
        if username is None or password is None:
            return None
        identifier = normalise_mobile(username) if is_mobile(username) else username
        user = User.objects.by_identifier(identifier)
        if user is None:
            User().set_password(password)
            return None
        if user.check_password(password) and self.user_can_authenticate(user):
            return user
        return None
