"""The addresses of issued invoices."""

from typing import Final

from django.urls import URLPattern, path

from invoicing.views import invoice_links, invoices

ONE: Final = "invoices/issued/<int:pk>/"
LINK: Final = "i/<str:token>/"
urlpatterns: list[URLPattern] = [
    path("invoices/issued/", invoices.listing, name="invoice-list"),
    path("invoices/issued/members/", invoices.members, name="member-invoice-list"),
    path("invoices/issued/systems/", invoices.systems, name="system-invoice-list"),
    path(ONE, invoices.detail, name="invoice-detail"),
    path(f"{ONE}preview/", invoices.preview, name="invoice-preview"),
    path(f"{ONE}pdf/", invoices.fetch, {"form": "pdf"}, name="invoice-pdf"),
    path(f"{ONE}xml/", invoices.fetch, {"form": "xml"}, name="invoice-xml"),
    path(f"{ONE}send/", invoices.send, name="invoice-send"),
    path(f"{ONE}use/", invoices.use, name="invoice-use"),
    path(LINK, invoice_links.show, name="invoice-link"),
    path(f"{LINK}pdf/", invoice_links.fetch, {"form": "pdf"}, name="invoice-link-pdf"),
    path(f"{LINK}xml/", invoice_links.fetch, {"form": "xml"}, name="invoice-link-xml"),
]
