"""Every page of the help centre."""

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
