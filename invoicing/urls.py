"""Every page of invoices and of the invoice cloud, by noun."""

from django.urls import URLPattern

app_name = "invoicing"
urlpatterns: list[URLPattern] = []
