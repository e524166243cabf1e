"""The API's addresses."""

from django.urls import URLPattern

app_name = "api"
urlpatterns: list[URLPattern] = []
