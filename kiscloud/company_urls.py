"""Every page of companies."""

from django.urls import URLPattern, path

from kiscloud.views import companies

urlpatterns: list[URLPattern] = [
    path("manage/", companies.landing, name="manage"),
    path("manage/companies/", companies.listing, name="company-list"),
    path("manage/companies/to-add/", companies.to_add, name="company-to-add"),
]
