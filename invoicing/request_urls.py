"""The pages of invoices for cloud spending: what can be invoiced, requests, titles, members, who asks."""

from typing import Final

from django.urls import URLPattern, path

from invoicing.views import controls, members, overview, requests, titles, wizard

urlpatterns: Final[list[URLPattern]] = [
    path("invoices/", overview.show, name="overview"),
    path("invoices/requests/", requests.listing, name="request-list"),
    path("invoices/requests/new/", wizard.choose, name="request-create"),
    path("invoices/requests/new/title/", wizard.title, name="request-title"),
    path("invoices/requests/new/preview/", wizard.preview, name="request-preview"),
    path("invoices/requests/<int:pk>/", requests.detail, name="request-detail"),
    path("invoices/requests/<int:pk>/cancel/", requests.cancel, name="request-cancel"),
    path("invoices/titles/", titles.listing, name="title-list"),
    path("invoices/titles/new/", titles.create, name="title-create"),
    path("invoices/titles/<int:pk>/", titles.edit, name="title-edit"),
    path("invoices/titles/<int:pk>/default/", titles.default, name="title-default"),
    path("invoices/titles/<int:pk>/archive/", titles.archive, name="title-archive"),
    path("invoices/members/", members.listing, name="member-list"),
    path("invoices/members/<int:pk>/", members.detail, name="member-detail"),
    path("invoices/members/<int:pk>/new/", wizard.choose, name="member-request-create"),
    path("invoices/members/<int:pk>/new/title/", wizard.title, name="member-request-title"),
    path("invoices/members/<int:pk>/new/preview/", wizard.preview, name="member-request-preview"),
    path("invoices/members/<int:pk>/control/", controls.propose, name="control-create"),
    path("invoices/controls/", controls.listing, name="control-list"),
    path("invoices/controls/<int:pk>/agree/", controls.agree, name="control-agree"),
    path("invoices/controls/<int:pk>/refuse/", controls.refuse, name="control-refuse"),
    path("invoices/controls/<int:pk>/end/", controls.end, name="control-end"),
]
