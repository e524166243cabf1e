"""By which token a business system calls: `?access_token=…`. No session, cookie or header opens the open API."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.request import Request

from config.errors import DomainError
from invoicing import limits
from invoicing.models import Credential
from invoicing.services.tokens import client_of

PARAMETER: Final = "access_token"


class TokenMissing(DomainError):
    """No token."""

    code = "token_missing"
    status = 401
    sentence = _("Send the access token in the address: ?access_token=…&reqid=…")


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls, as far as the framework is concerned."""

    client: Credential
    is_authenticated: bool = True

    @property
    def pk(self) -> str:
        """A name for logs."""
        return f"client-{self.client.pk}"


class TokenAuthentication(BaseAuthentication):
    """A token that lives, or 401. Each call is counted for its client."""

    def authenticate(self, request: Request) -> tuple[Caller, Credential]:
        """Raises TokenMissing, TokenWrong, TooMany."""
        token = request.query_params.get(PARAMETER, "")
        if not token:
            raise TokenMissing()
        client = client_of(token=token)
        limits.client_calls(client.pk, client.calls_a_minute)
        return Caller(client), client


class AccessTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description names it; registered by being imported."""

    target_class = "invoicing.open_api.auth.TokenAuthentication"
    name = "AccessToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """A key in the address."""
        words = _("A token from /open/base/oauth/token.")
        return {"type": "apiKey", "in": "query", "name": PARAMETER, "description": str(words)}
