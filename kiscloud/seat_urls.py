"""Every page of who is in a set, and of clients."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
