"""Every address of the open API, below `/open/`. As in the contract none ends with a slash."""

from django.urls import URLPattern, path, re_path

from invoicing.open_api import tokens
from invoicing.open_api.envelope import nothing_here

app_name = "open"
urlpatterns: list[URLPattern] = [
    path("base/oauth/token", tokens.Token.as_view(), name="token"),
    re_path(r"", nothing_here, name="nothing"),
]
