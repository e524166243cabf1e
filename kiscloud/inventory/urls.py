"""Every page of a set's inventory, by noun."""

from django.urls import URLPattern

app_name = "inventory"
urlpatterns: list[URLPattern] = []
