"""The addresses of received invoices."""

from django.urls import URLPattern, path

from invoicing.views import received

urlpatterns: list[URLPattern] = [
    path("invoice-cloud/received/", received.listing, name="received-list"),
    path("invoice-cloud/received/add/", received.add, name="received-add"),
    path("invoice-cloud/received/upload/", received.upload, name="received-upload"),
    path("invoice-cloud/received/template.csv", received.template, name="received-template"),
    path("invoice-cloud/received/<int:pk>/", received.detail, name="received-detail"),
    path("invoice-cloud/received/<int:pk>/verify/", received.verify, name="received-verify"),
    path("invoice-cloud/received/<int:pk>/use/", received.use, name="received-use"),
]
