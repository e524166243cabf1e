"""The API, in the one namespace that all apps share. Its description is made from these addresses alone."""

from django.urls import URLPattern, URLResolver, include, path

API: list[URLPattern | URLResolver] = [
    path("", include("accounts.api_urls")),
    path("", include("finance.api_urls")),
    path("", include("invoicing.api_urls")),
    path("", include("kiscloud.api_urls")),
    path("", include("kiscloud.set_api_urls")),
    path("", include("kiscloud.books.api_urls")),
]

urlpatterns: list[URLPattern | URLResolver] = [path("api/v1/", include((API, "api")))]
