"""People of account sets by the API."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from config.errors import NotFound
from kiscloud.api.base import SetsView
from kiscloud.api.set_inputs import SetUserChangeIn, SetUserIn, SetUserQuery
from kiscloud.models import SetUser
from kiscloud.services.platform_users import add_person
from kiscloud.services.set_users import (
    add_users,
    delete_user,
    disable_user,
    enable_user,
    rename_user,
    set_administrator,
    users_of,
)
from kiscloud.set_serializers import SetUserOut, shown_user

TAGS = ["account sets"]


@extend_schema_view(
    get=extend_schema(
        operation_id="set_users_list",
        tags=TAGS,
        summary=_("List the users of an account set"),
        description=_("The latest first."),
        parameters=[SetUserQuery],
        responses=envelope(SetUserOut),
    ),
    post=extend_schema(
        operation_id="set_users_add",
        tags=TAGS,
        summary=_("Add a user to an account set"),
        description=_("Any number can be added; how many may be in at the same time was bought with the product."),
        request=SetUserIn,
        responses={201: SetUserOut},
        examples=[OpenApiExample("user", {"mobile": "13800001234", "name": "王芳"}, request_only=True)],
    ),
)
class SetUsers(SetsView):
    """The list, and more of them."""

    def get(self, request: Request, pk: int) -> Response:
        """One page."""
        query = checked(SetUserQuery(data=request.query_params.dict()))
        rows = users_of(account_set=self.account_set(pk), text=query.get("q", ""))
        return self.listing(rows, SetUserOut, limit=query["limit"])

    def post(self, request: Request, pk: int) -> Response:
        """201 with the user."""
        return self.once(self.memory, lambda: self._add(request, pk))

    def _add(self, request: Request, pk: int) -> Outcome:
        asked = checked(SetUserIn(data=request.data))
        self.account_set(pk)
        member = add_person(actor=self.actor, company_id=self.company.pk, **asked)
        (added,) = add_users(actor=self.actor, set_id=pk, member_ids=[member.pk])
        return 201, shown_user(added)


@extend_schema_view(
    get=extend_schema(operation_id="set_users_read", tags=TAGS, summary=_("Read a set user"), responses=SetUserOut),
    patch=extend_schema(
        operation_id="set_users_change",
        tags=TAGS,
        summary=_("Rename, disable or enable a set user, or make one an administrator"),
        description=_("A new name also stands in the set's user list, on the employee and on vouchers."),
        request=SetUserChangeIn,
        responses=SetUserOut,
    ),
    delete=extend_schema(
        operation_id="set_users_delete",
        tags=TAGS,
        summary=_("Delete a disabled set user"),
        description=_("Inside the set the user stays, with everything that was entered."),
        request=None,
        responses={200: SetUserOut},
    ),
)
class OneSetUser(SetsView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(shown_user(self._user(pk)))

    def patch(self, request: Request, pk: int) -> Response:
        """200 with what is true now."""
        return self.once(self.memory, lambda: self._change(checked(SetUserChangeIn(data=request.data)), pk))

    def _change(self, asked: Mapping[str, Any], pk: int) -> Outcome:
        found, actor = self._user(pk), self.actor
        if "name" in asked:
            rename_user(actor=actor, set_user_id=pk, name=asked["name"])
        if "is_admin" in asked:
            set_administrator(actor=actor, set_user_id=pk, admin=asked["is_admin"])
        if "enabled" in asked and asked["enabled"] != (found.state == SetUser.State.ENABLED):
            (enable_user if asked["enabled"] else disable_user)(actor=actor, set_user_id=pk)
        return 200, shown_user(self._user(pk))

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with what was; the person is out of the list."""

        def act() -> Outcome:
            before = shown_user(self._user(pk))
            delete_user(actor=self.actor, set_user_id=pk)
            return 200, before

        return self.once(self.memory, act)

    def _user(self, pk: int) -> SetUser:
        found = SetUser.objects.select_related("user").filter(pk=pk, account_set__in=self.sets().values("pk")).first()
        if found is None:
            raise NotFound()
        return found
