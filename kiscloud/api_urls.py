"""The doors of clients and private servers, below `/api/v1/client/`."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
