"""By which key a business system calls: `Authorization: Bearer tz_…`. No session and no cookie opens the API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts import limits
from accounts.models import ApiKey
from accounts.models.api_key import Scope
from accounts.services.api_keys import digest_of, note_use
from config.errors import NotAllowed

SCHEME = "Bearer"


class ScopeMissing(NotAllowed):
    """The key was not given what this call needs; `scope` names it."""

    code = "scope_missing"

    def __init__(self, scope: Scope) -> None:
        super().__init__(
            _("This key does not have the scope “%(scope)s”. Create a key that has it."), scope=scope.value
        )


@dataclass(frozen=True, slots=True)
class KeyHolder:
    """Who calls, as far as the framework is concerned; the views know the key."""

    key: ApiKey
    is_authenticated: bool = True

    @property
    def pk(self) -> str:
        """A name for logs."""
        return f"key-{self.key.pk}"


class ApiKeyAuthentication(BaseAuthentication):
    """A usable key, or 401. Each call is counted; the key remembers when it was last used, to the minute."""

    def authenticate(self, request: Request) -> tuple[KeyHolder, ApiKey] | None:
        """Holder and key; None without any credentials. Raises TooMany."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        if scheme.lower() != SCHEME.lower() or not secret.strip():
            raise AuthenticationFailed(_("Write the header as “Authorization: Bearer tz_…”."), "key_malformed")
        rows = ApiKey.objects.usable().select_related("account__enterprise")
        key = rows.filter(digest=digest_of(secret=secret.strip())).first()
        if key is None:
            raise AuthenticationFailed(
                _("This API key is not known here, or it was revoked, or its time is over."), "key_unknown"
            )
        limits.api_calls(key.pk)
        note_use(key=key)
        return KeyHolder(key), key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """What a 401 asks for."""
        return f'{SCHEME} realm="api"'


class HasScope(BasePermission):
    """The view names the scope for each method in `scopes`; a method that it leaves out asks for none."""

    def has_permission(self, request: Request, view: Any) -> bool:
        """True, or ScopeMissing."""
        if not isinstance(request.auth, ApiKey):
            return False
        scopes: Mapping[str, Scope] = view.scopes
        needed = scopes.get("GET" if request.method == "HEAD" else str(request.method))
        if needed is not None and needed not in request.auth.scopes:
            raise ScopeMissing(needed)
        return True


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API names it; registered by being imported."""

    target_class = "accounts.api_auth.ApiKeyAuthentication"
    name = "ApiKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """A bearer token."""
        words = _("An API key of the account, made in its console.")
        return {"type": "http", "scheme": "bearer", "description": str(words)}
