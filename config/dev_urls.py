"""Addresses that exist only while DEBUG is on: the outbox, and the gallery of the look."""

from django.urls import path

from config import look_views, outbox_views

urlpatterns = [
    path("outbox/", outbox_views.index, name="outbox"),
    path("outbox/<str:key>/", outbox_views.item, name="outbox-item"),
    path("outbox/<str:key>/letter/", outbox_views.letter, name="outbox-letter"),
    path("look/", look_views.look, name="look"),
    path("look/<slug:name>/", look_views.look, name="look-page"),
]
