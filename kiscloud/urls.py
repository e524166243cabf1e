"""Every page of KIS cloud, by noun."""

from django.urls import URLPattern

from kiscloud import backup_urls, company_urls, help_urls, product_urls, seat_urls, set_urls

app_name = "kiscloud"
urlpatterns: list[URLPattern] = [
    *company_urls.urlpatterns,
    *product_urls.urlpatterns,
    *backup_urls.urlpatterns,
    *seat_urls.urlpatterns,
    *set_urls.urlpatterns,
    *help_urls.urlpatterns,
]
