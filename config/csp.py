"""The Content-Security-Policy header, under the setting name that Django itself uses from 6.0 on.

One fixed policy for every answer. The rare page that must differ says so with `csp_override`, in sight of its view;
when the project moves to a Django that has both, this module goes and the names stay.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any, TypeVar, cast

from django.conf import settings
from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"
Directives = Mapping[str, Sequence[str]]
View = TypeVar("View", bound=Callable[..., Any])


def build_policy(directives: Directives) -> str:
    """The header's value: `default-src 'none'; script-src 'self'`."""
    return "; ".join(" ".join([name, *sources]) for name, sources in directives.items())


class ContentSecurityPolicy:
    """Every answer leaves with a policy."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = build_policy(settings.SECURE_CSP)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if settings.DEBUG and response.status_code in {404, 500}:
            return response  # a developer's traceback page is full of inline script; Django 6 makes the same exception
        directives: Directives | None = getattr(response, "_csp_config", None)
        response.headers.setdefault(HEADER, self.policy if directives is None else build_policy(directives))
        return response


def csp_override(directives: Directives) -> Callable[[View], View]:
    """The view's answers carry exactly these directives instead of the site's."""

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(*args: Any, **kwargs: Any) -> Any:
            response = view(*args, **kwargs)
            response._csp_config = directives
            return response

        return cast(View, inner)

    return decorate
