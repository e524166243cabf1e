"""The description of the API and the page that shows it. Both are public: they hold no data."""

from functools import cache
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from accounts import policy
from config.web import page


def envelope(item: type[serializers.Serializer[Any]]) -> serializers.Serializer[Any]:
    """The shape of a list of these."""
    return inline_serializer(
        f"{item.__name__.removesuffix('Out')}Page",
        {
            "data": item(many=True),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
        },
    )


@login_not_required
@require_safe
def description(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """OpenAPI 3.1, in the language of the caller."""
    return HttpResponse(_written(translation.get_language()), content_type="application/vnd.oai.openapi+json")


@cache
def _written(language: str) -> bytes:
    """Once per language and process: it takes half a second and says the same every time."""
    with translation.override(language):
        generator = SchemaGenerator(urlconf="config.api_urls")  # type: ignore[no-untyped-call]
        described = generator.get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
        text: bytes = OpenApiJsonRenderer().render(described)
    return text


@login_not_required
@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """The page to read and try the API."""
    return page(request, "accounts/api/docs.html", {"calls": policy.API_CALLS_PER_KEY[0]})
