"""Every page of backups and archives."""

from django.urls import URLPattern, path

from kiscloud.views import backups, upgrades

urlpatterns: list[URLPattern] = [
    path("manage/products/<int:pk>/backups/", backups.listing, name="backup-list"),
    path("manage/products/<int:pk>/backups/delete/", backups.delete, name="backup-delete"),
    path("manage/products/<int:pk>/restore/", backups.restore, name="set-restore"),
    path("manage/products/<int:pk>/upgrade/", upgrades.upgrade, name="set-upgrade"),
    path("manage/products/<int:pk>/archive/", backups.archive, name="product-archive"),
    path("manage/products/<int:pk>/archive/fetch/", backups.fetch_archive, name="product-archive-fetch"),
    path("manage/sets/<int:pk>/backup/", backups.start, name="backup-start"),
    path("manage/backups/<int:pk>/", backups.detail, name="backup-detail"),
    path("manage/backups/<int:pk>/download/", backups.download, name="backup-download"),
]
