"""Every page of the help centre."""

from django.urls import URLPattern, path

from kiscloud.views import help as views

urlpatterns: list[URLPattern] = [
    path("help/", views.index, name="help"),
    path("help/search/", views.find, name="help-search"),
    path("help/sitemap.xml", views.sitemap, name="help-sitemap"),
    path("help/changes/", views.changes, name="help-changes"),
    path("help/changes/<str:slug>/", views.change, name="help-change"),
    path("help/<slug:slug>/", views.show, name="help-page"),
]
