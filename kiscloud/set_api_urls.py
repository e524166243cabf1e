"""The API of account sets and of their users, below `/api/v1/`."""

from django.urls import URLPattern, path

from kiscloud.api import account_sets, set_users

urlpatterns: list[URLPattern] = [
    path("sets/", account_sets.Sets.as_view(), name="sets"),
    path("sets/products/", account_sets.SetProducts.as_view(), name="set-products"),
    path("sets/<int:pk>/", account_sets.OneSet.as_view(), name="set"),
    path("sets/<int:pk>/again/", account_sets.SetRetry.as_view(), name="set-retry"),
    path("sets/<int:pk>/users/", set_users.SetUsers.as_view(), name="set-users"),
    path("set-users/<int:pk>/", set_users.OneSetUser.as_view(), name="set-user"),
]
