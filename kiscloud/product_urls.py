"""Every page of products."""

from django.urls import URLPattern, path

from kiscloud.views import products

urlpatterns: list[URLPattern] = [
    path("manage/companies/<int:pk>/", products.listing, name="company-detail"),
]
