"""The API of invoices for an account's own systems, below `/api/v1/`."""

from django.urls import URLPattern, path

from invoicing.api import cloud, invoices

urlpatterns: list[URLPattern] = [
    path("invoices/", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<int:pk>/", invoices.OneInvoice.as_view(), name="invoice"),
    path("invoices/<int:pk>/pdf/", invoices.InvoicePdf.as_view(), name="invoice-pdf"),
    path("invoices/<int:pk>/xml/", invoices.InvoiceXml.as_view(), name="invoice-xml"),
    path("invoice-cloud/tenants/", cloud.Tenants.as_view(), name="cloud-tenants"),
    path("invoice-cloud/tenants/<int:pk>/", cloud.OneTenant.as_view(), name="cloud-tenant"),
    path("invoice-cloud/entitlements/", cloud.Entitlements.as_view(), name="cloud-entitlements"),
    path("invoice-cloud/entitlements/<int:pk>/", cloud.OneEntitlement.as_view(), name="cloud-entitlement"),
    path("invoice-cloud/entitlements/<int:pk>/uses/", cloud.Uses.as_view(), name="cloud-uses"),
]
