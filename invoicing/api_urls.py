"""The API of invoices for an account's own systems, below `/api/v1/`."""

from django.urls import URLPattern, path

from invoicing.api import cloud, invoices, requests

urlpatterns: list[URLPattern] = [
    path("invoices/", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<int:pk>/", invoices.OneInvoice.as_view(), name="invoice"),
    path("invoices/<int:pk>/pdf/", invoices.InvoicePdf.as_view(), name="invoice-pdf"),
    path("invoices/<int:pk>/xml/", invoices.InvoiceXml.as_view(), name="invoice-xml"),
    path("invoices/invoiceable/", requests.Invoiceables.as_view(), name="invoiceable"),
    path("invoices/titles/", requests.Titles.as_view(), name="invoice-titles"),
    path("invoices/titles/<int:pk>/", requests.OneTitle.as_view(), name="invoice-title"),
    path("invoices/requests/", requests.Requests.as_view(), name="invoice-requests"),
    path("invoices/requests/<int:pk>/", requests.OneRequest.as_view(), name="invoice-request"),
    path("invoice-cloud/tenants/", cloud.Tenants.as_view(), name="cloud-tenants"),
    path("invoice-cloud/tenants/<int:pk>/", cloud.OneTenant.as_view(), name="cloud-tenant"),
    path("invoice-cloud/entitlements/", cloud.Entitlements.as_view(), name="cloud-entitlements"),
    path("invoice-cloud/entitlements/<int:pk>/", cloud.OneEntitlement.as_view(), name="cloud-entitlement"),
    path("invoice-cloud/entitlements/<int:pk>/uses/", cloud.Uses.as_view(), name="cloud-uses"),
]
