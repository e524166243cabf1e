"""Every page of account sets, of their people, and of what was deleted."""

from django.urls import URLPattern, path

from kiscloud.views import account_sets, deletions, set_deletion, set_users, workbench

urlpatterns: list[URLPattern] = [
    path("manage/companies/<int:pk>/sets/", account_sets.listing, name="set-list"),
    path("manage/companies/<int:pk>/deletions/", deletions.listing, name="deletion-list"),
    path("manage/products/<int:pk>/sets/", account_sets.of_product, name="product-set-list"),
    path("manage/products/<int:pk>/sets/new/", account_sets.create, name="set-create"),
    path("manage/sets/<int:pk>/", account_sets.detail, name="set-detail"),
    path("manage/sets/<int:pk>/again/", account_sets.retry, name="set-retry"),
    path("manage/sets/<int:pk>/delete/", set_deletion.delete, name="set-delete"),
    path("manage/sets/<int:pk>/users/", set_users.listing, name="set-user-list"),
    path("manage/sets/<int:pk>/users/add/", set_users.add, name="set-user-add"),
    path("manage/sets/<int:pk>/users/person/", set_users.person, name="set-user-person"),
    path("manage/sets/<int:pk>/users/check/", set_users.check, name="set-user-check"),
    path("manage/set-users/<int:pk>/name/", set_users.rename, name="set-user-rename"),
    path("manage/set-users/<int:pk>/administrator/", set_users.administrator, name="set-user-administrator"),
    path("manage/set-users/<int:pk>/enable/", set_users.enable, name="set-user-enable"),
    path("manage/set-users/<int:pk>/disable/", set_users.disable, name="set-user-disable"),
    path("manage/set-users/<int:pk>/delete/", set_users.delete, name="set-user-delete"),
    path("workbench/sets/<int:pk>/", workbench.choose, name="workbench-choose"),
]
