"""Every page of change requests, and the help of the invoice cloud."""

from django.urls import URLPattern, path

from invoicing.views import changes, cloud_help

urlpatterns: list[URLPattern] = [
    path("invoice-cloud/changes/", changes.listing, name="change-list"),
    path("invoice-cloud/changes/add/", changes.add, name="change-add"),
    path("invoice-cloud/changes/<int:pk>/", changes.detail, name="change-detail"),
    path("invoice-cloud/changes/<int:pk>/withdraw/", changes.withdraw, name="change-withdraw"),
    path("invoice-cloud/changes/<int:pk>/agree/", changes.agree, name="change-agree"),
    path("invoice-cloud/changes/<int:pk>/decline/", changes.decline, name="change-decline"),
    path("invoice-cloud/help/", cloud_help.show, name="cloud-help"),
]
