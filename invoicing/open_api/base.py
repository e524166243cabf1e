"""What every view of the open API stands on."""

import re
from collections.abc import Callable
from typing import Any, Final, cast

from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import JSONParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from accounts.actors import Actor, Door
from accounts.http import actor_at
from config.errors import DomainError
from invoicing.client_secrets import encrypt_keys_at
from invoicing.models import Credential, Tenant
from invoicing.open_api.auth import TokenAuthentication
from invoicing.open_api.bodies import raw_body, read_object, unsealed
from invoicing.open_api.envelope import refused

REQID: Final = re.compile(r"[0-9A-Za-z_-]{1,40}")


class RequestIdWrong(DomainError):
    """The contract wants one with each call."""

    code = "reqid_wrong"
    status = 400
    sentence = _("Send a request id in the address: reqid=, the time in milliseconds and three random digits.")


class JsonAlways(BaseContentNegotiation):
    """Business systems accept all sorts of things and understand JSON."""

    def select_parser(self, request: Any, parsers: Any) -> Any:  # noqa: ARG002
        """Bodies are read by the view."""
        return None

    def select_renderer(self, request: Any, renderers: Any, format_suffix: Any = None) -> Any:  # noqa: ARG002
        """The only one."""
        return renderers[0], renderers[0].media_type


class OpenView(APIView):
    """JSON out, whatever was accepted; the body is read by `body`; nothing is kept by anybody on the way."""

    parser_classes = [JSONParser]  # for the description alone
    renderer_classes = [JSONRenderer]
    content_negotiation_class = JsonAlways
    metadata_class = None
    http_method_names = ["get", "post"]

    def get_exception_handler(self) -> Callable[..., Any]:
        """Errors in the envelope."""
        return refused

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        """The answer is the caller's alone, in the language that was asked for."""
        response = super().finalize_response(request, response, *args, **kwargs)
        response.headers["Cache-Control"] = "no-store"
        patch_vary_headers(response, ["Accept-Language"])
        return response

    def body(self) -> dict[str, Any]:
        """The JSON object that was sent in plain."""
        return read_object(raw_body(self.request._request))


class ClientView(OpenView):
    """Behind a token; acts for the client's tenant."""

    authentication_classes = [TokenAuthentication]
    permission_classes = [IsAuthenticated]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Who calls, and that the call has an id."""
        super().initial(request, *args, **kwargs)
        if not REQID.fullmatch(request.query_params.get("reqid", "")):
            raise RequestIdWrong()

    @property
    def client(self) -> Credential:
        """The client that calls."""
        return cast(Credential, self.request.auth)

    @property
    def tenant(self) -> Tenant:
        """Whose client it is."""
        return self.client.tenant

    @property
    def actor(self) -> Actor:
        """As the log shows it."""
        return actor_at(self.request._request, Door.API, account=self.tenant.account)

    def sealed_body(self) -> dict[str, Any]:
        """The JSON object that was sent encrypted."""
        keys = encrypt_keys_at(self.client, timezone.now())
        return read_object(unsealed(raw_body(self.request._request), keys))
