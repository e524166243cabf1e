"""The API of invoices for an account's own systems, below `/api/v1/`."""

from django.urls import URLPattern, path

from invoicing.api import invoices

urlpatterns: list[URLPattern] = [
    path("invoices/", invoices.Invoices.as_view(), name="invoices"),
    path("invoices/<int:pk>/", invoices.OneInvoice.as_view(), name="invoice"),
    path("invoices/<int:pk>/pdf/", invoices.InvoicePdf.as_view(), name="invoice-pdf"),
    path("invoices/<int:pk>/xml/", invoices.InvoiceXml.as_view(), name="invoice-xml"),
]
