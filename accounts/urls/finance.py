"""Addresses: Enterprise Finance's linked accounts, and the short links."""

from django.urls import URLPattern, path

from accounts.views import (
    answers,
    dissolving,
    invitations,
    managers,
    members,
    permissions,
    received,
    registering,
)

urlpatterns: list[URLPattern] = [
    path("finance/", members.home, name="finance-home"),
    path("account-group/", members.former, name="account-group"),
    path("account-group/<path:rest>", members.former, name="account-group-page"),
    path("finance/members/", members.listing, name="member-list"),
    path("finance/members/invite/", invitations.start, name="invitation-start"),
    path("finance/members/invite/check/", invitations.check, name="invitation-check"),
    path("finance/members/invite/terms/", invitations.terms, name="invitation-terms"),
    path("finance/members/invite/terms/preview/", invitations.preview, name="invitation-preview"),
    path("finance/members/register/", registering.start, name="member-register"),
    path("finance/members/register/terms/", registering.terms, name="member-register-terms"),
    path("finance/members/<int:pk>/", members.detail, name="member-detail"),
    path("finance/members/<int:pk>/remark/", members.remark, name="member-remark"),
    path("finance/members/<int:pk>/permissions/", permissions.edit, name="member-permissions"),
    path("finance/members/<int:pk>/permissions/preview/", permissions.preview, name="member-permissions-preview"),
    path("finance/members/<int:pk>/dissolve/", dissolving.confirm, name="member-dissolve"),
    path("finance/invitations/<int:pk>/", invitations.sent, name="invitation-sent"),
    path("finance/invitations/<int:pk>/resend/", invitations.resend, name="invitation-resend"),
    path("finance/invitations/<int:pk>/withdraw/", invitations.withdraw, name="invitation-withdraw"),
    path("finance/managers/", managers.index, name="manager-list"),
    path("finance/managers/log/", managers.log, name="manager-log"),
    path("finance/received/", received.received, name="invitation-received"),
    path("finance/received/<int:pk>/", received.question, name="received-question"),
    path("finance/received/<int:pk>/accept/", received.accept, name="received-accept"),
    path("finance/received/<int:pk>/refuse/", received.refuse, name="received-refuse"),
    path("s/<str:token>/", answers.show_question, name="link-open"),
    path("s/<str:token>/accept/", answers.accept_link, name="link-accept"),
    path("s/<str:token>/refuse/", answers.refuse_link, name="link-refuse"),
    path("s/<str:token>/ask/", answers.ask_again, name="link-ask"),
]
