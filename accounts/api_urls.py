"""The API of accounts, below `/api/v1/`; `config.urls` names the namespace that all apps share."""

from django.urls import path

from accounts.api import account, invitations, relationships, schema

urlpatterns = [
    path("account/", account.OwnAccount.as_view(), name="account"),
    path("targets/", account.Target.as_view(), name="targets"),
    path("relationships/", relationships.Relationships.as_view(), name="relationships"),
    path("relationships/<int:pk>/", relationships.OneRelationship.as_view(), name="relationship"),
    path("relationships/<int:pk>/preflight/", relationships.Preflight.as_view(), name="preflight"),
    path("invitations/", invitations.Invitations.as_view(), name="invitations"),
    path("invitations/<int:pk>/", invitations.OneInvitation.as_view(), name="invitation"),
    path("invitations/<int:pk>/resend/", invitations.Resending.as_view(), name="resend"),
    path("schema/", schema.description, name="schema"),
    path("docs/", schema.docs, name="docs"),
]
