"""Every page of the invoice cloud."""

from django.urls import URLPattern, path

from invoicing.views import activations, cloud, cloud_orders, credentials, entitlements, taxpayers, tenants

urlpatterns: list[URLPattern] = [
    path("invoice-cloud/", cloud.home, name="cloud-home"),
    path("invoice-cloud/help/letter/", cloud.letter_help, name="cloud-letter-help"),
    path("invoice-cloud/activate/<str:token>/", activations.enter, name="activation"),
    path("invoice-cloud/orders/", cloud_orders.listing, name="cloud-order-list"),
    path("invoice-cloud/orders/<int:pk>/", cloud_orders.detail, name="cloud-order-detail"),
    path("invoice-cloud/orders/<int:pk>/contact/", cloud_orders.contact, name="cloud-order-contact"),
    path("invoice-cloud/orders/<int:pk>/activate/", activations.choose, name="cloud-order-activate"),
    path("invoice-cloud/orders/<int:pk>/assign/", entitlements.assign_order, name="entitlement-assign"),
    path("invoice-cloud/orders/<int:pk>/assigned/", entitlements.result, name="entitlement-result"),
    path("invoice-cloud/tenants/<int:pk>/", tenants.detail, name="tenant-detail"),
    path("invoice-cloud/tenants/<int:pk>/enterprises/add/", taxpayers.add, name="taxpayer-add"),
    path("invoice-cloud/enterprises/search/", taxpayers.search, name="taxpayer-search"),
    path("invoice-cloud/tenants/<int:pk>/keys/", credentials.detail, name="credential-detail"),
    path("invoice-cloud/tenants/<int:pk>/keys/show/", credentials.show, name="credential-show"),
    path("invoice-cloud/tenants/<int:pk>/keys/renew/", credentials.renew, name="credential-renew"),
    path("invoice-cloud/entitlements/", entitlements.listing, name="entitlement-list"),
    path("invoice-cloud/entitlements/<int:pk>/", entitlements.detail, name="entitlement-detail"),
    path("invoice-cloud/entitlements/<int:pk>/undo/", entitlements.undo_assignment, name="entitlement-undo"),
]
