"""Every page of who is in a set, and of clients."""

from django.urls import URLPattern, path

from kiscloud.views import browsers, devices, downloads, drive, launches, private_servers, seats

urlpatterns: list[URLPattern] = [
    path("manage/companies/<int:pk>/online/", seats.company, name="company-online"),
    path("manage/products/<int:pk>/online/", seats.product, name="product-online"),
    path("manage/seats/<int:pk>/log-off/", seats.log_off, name="seat-log-off"),
    path("manage/seats/<int:pk>/ask/", seats.ask, name="seat-ask"),
    path("workbench/products/<int:pk>/seat/", browsers.in_inventory, name="seat-in-inventory"),
    path("workbench/sets/<int:pk>/seat/", browsers.in_set, name="seat-in-set"),
    path("manage/companies/<int:pk>/private-clouds/", private_servers.listing, name="private-server-list"),
    path("manage/products/<int:pk>/private-cloud/", private_servers.register, name="private-server-register"),
    path("manage/products/<int:pk>/private-cloud/revoke/", private_servers.revoke, name="private-server-revoke"),
    path("downloads/", downloads.listing, name="downloads"),
    path("downloads/<int:pk>/", downloads.file, name="download-file"),
    path("workbench/drive/", drive.listing, name="drive"),
    path("workbench/drive/<int:pk>/", drive.download, name="drive-file"),
    path("workbench/drive/<int:pk>/delete/", drive.delete, name="drive-delete"),
    path("workbench/clients/", devices.listing, name="device-list"),
    path("workbench/clients/remove/", devices.remove_all, name="device-remove-all"),
    path("workbench/clients/<int:pk>/remove/", devices.remove, name="device-remove"),
    path("workbench/sets/<int:pk>/launch/", launches.launch, name="set-launch"),
]
