"""Views of the API that act for the account of a key."""

from collections.abc import Mapping
from typing import ClassVar, cast

from django.utils.translation import gettext_lazy as _
from rest_framework.permissions import IsAuthenticated

from accounts.actors import Actor, Door
from accounts.api_auth import HasScope
from accounts.http import actor_at
from accounts.models import Account, ApiKey, Invitation, Relationship
from accounts.models.api_key import Scope
from accounts.standing import with_standing
from config.api.view import ApiView
from config.errors import NotAllowed, NotFound

READS: dict[str, Scope] = {"GET": Scope.READ}
WRITES: dict[str, Scope] = dict.fromkeys(("POST", "PATCH", "DELETE"), Scope.WRITE)


class ManagerOnly(NotAllowed):
    """The member sees the question and the link; what becomes of them from this side is the manager's."""

    code = "manager_only"
    sentence = _("Only the account that sent the invitation can do this.")


class AccountView(ApiView):
    """Behind a key; `scopes` says which scope each method needs."""

    permission_classes = [IsAuthenticated, HasScope]
    scopes: ClassVar[Mapping[str, Scope]] = {**READS, **WRITES}

    @property
    def key(self) -> ApiKey:
        """The key that calls."""
        return cast(ApiKey, self.request.auth)

    @property
    def account(self) -> Account:
        """The account that the key acts for."""
        return self.key.account

    @property
    def actor(self) -> Actor:
        """As whom the services see the call."""
        return actor_at(self.request._request, Door.API, account=self.account, key=self.key)

    @property
    def memory(self) -> str:
        """Whose idempotency keys these are: two keys never meet each other's."""
        return f"key-{self.key.pk}"

    def relationship(self, pk: int) -> Relationship:
        """One of the account's relationships with its standing; anything else does not exist."""
        rows = Relationship.objects.visible_to(self.account).select_related(*SIDES_OF_RELATIONSHIP)
        if (found := rows.filter(pk=pk).first()) is None:
            raise NotFound()
        return with_standing([found])[0]

    def managed(self, pk: int) -> Relationship:
        """The same, and the account is its manager: 403 for the member."""
        relationship = self.relationship(pk)
        if relationship.manager_id != self.account.pk:
            raise ManagerOnly()
        return relationship

    def invitation(self, pk: int) -> Invitation:
        """A question that the account asked or was asked."""
        rows = Invitation.objects.select_related(*SIDES_OF_INVITATION)
        found = rows.filter(pk=pk).first()
        if found is None or self.account.pk not in {found.relationship.manager_id, found.relationship.member_id}:
            raise NotFound()
        return found

    def asked(self, pk: int) -> Invitation:
        """The same, and the account asked it: 403 for the member."""
        invitation = self.invitation(pk)
        if invitation.relationship.manager_id != self.account.pk:
            raise ManagerOnly()
        return invitation


SIDES_OF_RELATIONSHIP = ("manager__enterprise", "member__enterprise")
SIDES_OF_INVITATION = ("relationship__manager__enterprise", "relationship__member__enterprise")
