"""Every page of invoices and of the invoice cloud, by noun."""

from django.urls import URLPattern

from invoicing import change_urls, cloud_urls, invoice_urls, received_urls, red_urls, request_urls

app_name = "invoicing"
urlpatterns: list[URLPattern] = [
    *cloud_urls.urlpatterns,
    *change_urls.urlpatterns,
    *invoice_urls.urlpatterns,
    *received_urls.urlpatterns,
    *request_urls.urlpatterns,
    *red_urls.urlpatterns,
]
