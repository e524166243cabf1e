"""Name and password, tried: counted the same way wherever somebody logs in."""

from django.contrib.auth import authenticate
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts import limits
from accounts.backends import counted_name, login_name
from accounts.models import User
from config.errors import DomainError
from config.web import client_address


class WrongLogin(DomainError):
    """One answer for an unknown name, a wrong password, a disabled login and one that waits for its password."""

    code = "wrong_login"
    status = 422
    sentence = _(
        "This name and password do not belong together. If somebody added you and you have no password yet, or you "
        "forgot it, set one with “Forgot password”."
    )


def person_by_password(request: HttpRequest, *, identifier: str, password: str) -> User:
    """The person whose name and password these are. Raises WrongLogin, TooMany."""
    name = login_name(identifier)
    counted = counted_name(name)
    limits.logins(counted, client_address(request))
    user = authenticate(request, username=name, password=password)
    if not isinstance(user, User):
        raise WrongLogin()
    limits.logins_passed(counted)
    return user
