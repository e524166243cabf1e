"""The open API. Its description is made from these addresses alone."""

from django.urls import URLResolver, include, path

urlpatterns: list[URLResolver] = [path("open/", include("invoicing.open_api.urls"))]
