"""By which key the vendor's metering calls: `Authorization: Bearer tm_…`. A customer's key does not open it."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.services.api_keys import digest_of
from finance.models import MeteringKey

SCHEME = "Bearer"


@dataclass(frozen=True, slots=True)
class Meter:
    """Who calls, as far as the framework is concerned."""

    key: MeteringKey
    is_authenticated: bool = True

    @property
    def pk(self) -> str:
        """A name for logs."""
        return f"meter-{self.key.pk}"


class MeteringAuthentication(BaseAuthentication):
    """A key that staff made and nobody revoked, or 401."""

    def authenticate(self, request: Request) -> tuple[Meter, MeteringKey] | None:
        """Holder and key; None without any credentials."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if not scheme:
            return None
        wanted = digest_of(secret=secret.strip())
        key = MeteringKey.objects.filter(digest=wanted, revoked_at=None).first() if scheme.lower() == "bearer" else None
        if key is None:
            raise AuthenticationFailed(_("Only a key of the vendor's metering opens this address."), "key_unknown")
        return Meter(key), key

    def authenticate_header(self, request: Request) -> str:  # noqa: ARG002
        """What a 401 asks for."""
        return f'{SCHEME} realm="metering"'


class MeteringKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """How the description of the API names it; registered by being imported."""

    target_class = "finance.api.metering_auth.MeteringAuthentication"
    name = "MeteringKey"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:  # noqa: ARG002
        """A bearer token."""
        words = _("A key of the vendor's metering, made by staff.")
        return {"type": "http", "scheme": "bearer", "description": str(words)}
