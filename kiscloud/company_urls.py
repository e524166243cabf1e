"""Every page of companies and of their people."""

from django.urls import URLPattern, path

from kiscloud.views import companies, members

urlpatterns: list[URLPattern] = [
    path("manage/", companies.landing, name="manage"),
    path("manage/companies/", companies.listing, name="company-list"),
    path("manage/companies/to-add/", companies.to_add, name="company-to-add"),
    path("manage/companies/new/", companies.register, name="company-register"),
    path("manage/companies/<int:pk>/about/", companies.about, name="company-about"),
    path("manage/companies/<int:pk>/remove/", companies.remove, name="company-remove"),
    path("manage/companies/<int:pk>/delete/", companies.delete, name="company-delete"),
    path("manage/companies/<int:pk>/people/", members.listing, name="member-list"),
    path("manage/companies/<int:pk>/people/add/", members.add, name="member-add"),
    path("manage/people/<int:pk>/name/", members.rename, name="member-rename"),
    path("manage/people/<int:pk>/administrator/", members.administrator, name="member-administrator"),
    path("manage/people/<int:pk>/remove/", members.remove, name="member-remove"),
]
