"""The API of invoices for an account's own systems, below `/api/v1/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
