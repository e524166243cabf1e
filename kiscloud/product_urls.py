"""Every page of products."""

from django.urls import URLPattern, path

from kiscloud.views import keys, products

urlpatterns: list[URLPattern] = [
    path("manage/companies/<int:pk>/", products.listing, name="company-detail"),
    path("manage/companies/<int:pk>/products/add/", products.add, name="product-add"),
    path("manage/companies/<int:pk>/keys/", keys.listing, name="key-list"),
    path("manage/keys/<int:pk>/send/", keys.send, name="key-send"),
    path("manage/products/<int:pk>/", products.detail, name="product-detail"),
    path("manage/products/<int:pk>/activate/", products.activate, name="product-activate"),
    path("manage/products/<int:pk>/try/", products.try_out, name="product-try"),
    path("manage/products/<int:pk>/update/", products.update, name="product-update"),
    path("manage/products/<int:pk>/module/", products.module, name="product-module"),
    path("manage/products/<int:pk>/switch/", products.switch, name="product-switch"),
    path("manage/products/<int:pk>/delete/", products.delete, name="product-delete"),
]
