"""Addresses: the message centre."""

from django.urls import URLPattern, path

from accounts.views import messages

urlpatterns: list[URLPattern] = [
    path("messages/", messages.index, name="message-list"),
    path("messages/<int:pk>/", messages.detail, name="message-open"),
    path("messages/<int:pk>/close/", messages.close, name="message-close"),
]
