"""Every page of a set's books, by noun."""

from django.urls import URLPattern

app_name = "books"
urlpatterns: list[URLPattern] = []
