"""The addresses of red letters."""

from typing import Final

from django.urls import URLPattern, path

from invoicing.views import red_letters

ONE: Final = "invoices/red-letters/<int:pk>/"
urlpatterns: list[URLPattern] = [
    path("invoices/red-letters/", red_letters.listing, name="red-letter-list"),
    path("invoices/issued/<int:pk>/take-back/", red_letters.create, name="red-letter-create"),
    path(ONE, red_letters.detail, name="red-letter-detail"),
    path(f"{ONE}confirm/", red_letters.answer, {"agrees": True}, name="red-letter-confirm"),
    path(f"{ONE}refuse/", red_letters.answer, {"agrees": False}, name="red-letter-refuse"),
    path(f"{ONE}withdraw/", red_letters.withdraw, name="red-letter-withdraw"),
]
