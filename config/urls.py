"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path

from config import outbox_views, preferences

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("accounts.api_urls")),
    path("preferences/theme/", preferences.set_theme, name="theme"),
]
if settings.DEBUG:
    urlpatterns += [
        path("dev/outbox/", outbox_views.index, name="outbox"),
        path("dev/outbox/<str:key>/", outbox_views.item, name="outbox-item"),
        path("dev/outbox/<str:key>/letter/", outbox_views.letter, name="outbox-letter"),
    ]

handler400 = "config.error_views.bad_request"
handler403 = "config.error_views.permission_denied"
handler404 = "config.error_views.not_found"
handler500 = "config.error_views.server_error"
