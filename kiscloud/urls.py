"""Every page of KIS cloud, by noun."""

from django.urls import URLPattern

app_name = "kiscloud"
urlpatterns: list[URLPattern] = []
