"""The way in: a signature for a token."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import InputError
from config.web import client_address
from invoicing import limits, policy
from invoicing.open_api.base import OpenView
from invoicing.open_api.envelope import answer
from invoicing.services.tokens import ClientMissing, grant_token
from invoicing.tax.cipher import SignKind


class TokenIn(serializers.Serializer[Any]):
    """What signs for a token."""

    client_id = serializers.CharField(max_length=24)
    sign = serializers.CharField(
        max_length=64, help_text=_("Hex, in lower case, over client id + client secret + timestamp.")
    )
    timestamp = serializers.RegexField(
        r"^\d{10}(\d{3})?$", help_text=_("Seconds (10 digits) or milliseconds (13); each works once.")
    )
    encType = serializers.ChoiceField(  # noqa: N815
        [("0", "MD5"), ("1", "SHA-256"), ("2", "HMAC-SHA256")], required=False
    )


class TokenOut(serializers.Serializer[Any]):
    """A token for two hours."""

    errcode = serializers.ChoiceField(["0000"])
    description = serializers.CharField()
    access_token = serializers.CharField()
    token_type = serializers.ChoiceField(["bearer"])
    expires_in = serializers.IntegerField(help_text=_("Seconds."))


class Token(OpenView):
    """Open to everybody who can sign."""

    authentication_classes = []
    permission_classes = []

    @extend_schema(
        operation_id="token",
        tags=["token"],
        summary=_("Get an access token"),
        description=_(
            "Old tokens stay valid until their end. After the secret was renewed the old one signs for a day."
        ),
        request=TokenIn,
        responses={200: TokenOut},
    )
    def post(self, request: Request) -> Response:
        """200 with the token, shown this once."""
        limits.token_requests(client_address(request._request))
        body = self.body()
        if body.get("client_id") in (None, ""):
            raise ClientMissing("client_id")
        _row, token = grant_token(
            client_id=_text(body, "client_id"),
            signature=_text(body, "sign"),
            timestamp=_text(body, "timestamp"),
            kind=_kind(body),
        )
        seconds = int(policy.TOKEN_LIFE.total_seconds())
        return answer(access_token=token, token_type="bearer", expires_in=seconds)  # noqa: S106  (the kind of token)


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or not value:
        raise InputError(name, _("This must not be empty."))
    return value


def _kind(body: dict[str, Any]) -> SignKind:
    chosen = str(body.get("encType", SignKind.MD5.value))
    if chosen not in list(SignKind):
        raise InputError("encType", _("0 is MD5, 1 is SHA-256, 2 is HMAC-SHA256."))
    return SignKind(chosen)
