"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path, re_path

from config import preferences
from config.api.problems import nothing_here

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("accounts.urls")),
    path("", include("finance.urls")),
    path("", include("invoicing.urls")),
    path("", include("kiscloud.urls")),
    path("sets/<str:number>/", include("kiscloud.books.urls")),
    path("stock/<str:number>/", include("kiscloud.inventory.urls")),
    path("admin/", admin.site.urls),
    path("", include("config.api_urls")),
    re_path(r"^api/", nothing_here),
    path("", include("invoicing.open_urls")),
    path("preferences/theme/", preferences.set_theme, name="theme"),
]
if settings.DEBUG:
    urlpatterns.append(path("dev/", include("config.dev_urls")))

handler400 = "config.error_views.bad_request"
handler403 = "config.error_views.permission_denied"
handler404 = "config.error_views.not_found"
handler500 = "config.error_views.server_error"
