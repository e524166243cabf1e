"""The API of a company, its products, account sets and their users, below `/api/v1/`."""

from django.urls import URLPattern, path

from kiscloud.api import account_sets, companies, products, set_users

urlpatterns: list[URLPattern] = [
    path("company/", companies.OneCompany.as_view(), name="company"),
    path("company/people/", companies.People.as_view(), name="company-people"),
    path("company/products/", products.Products.as_view(), name="company-products"),
    path("company/products/<int:pk>/", products.OneProduct.as_view(), name="company-product"),
    path("company/products/<int:pk>/try/", products.Trial.as_view(), name="company-product-try"),
    path("company/products/<int:pk>/activate/", products.Activation.as_view(), name="company-product-activate"),
    path("company/products/<int:pk>/update/", products.Renewal.as_view(), name="company-product-update"),
    path("company/products/<int:pk>/module/", products.Module.as_view(), name="company-product-module"),
    path("company/products/<int:pk>/to-private/", products.ToPrivate.as_view(), name="company-product-to-private"),
    path("sets/", account_sets.Sets.as_view(), name="sets"),
    path("sets/products/", account_sets.SetProducts.as_view(), name="set-products"),
    path("sets/<int:pk>/", account_sets.OneSet.as_view(), name="set"),
    path("sets/<int:pk>/again/", account_sets.SetRetry.as_view(), name="set-retry"),
    path("sets/<int:pk>/users/", set_users.SetUsers.as_view(), name="set-users"),
    path("set-users/<int:pk>/", set_users.OneSetUser.as_view(), name="set-user"),
]
