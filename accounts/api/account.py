"""The key's account itself, and the look at an account that might be invited."""

from dataclasses import asdict
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.api.base import AccountView
from accounts.api.inputs import TargetQuery
from accounts.models.api_key import Scope
from accounts.serializers import AccountOut, TargetOut
from accounts.targets import check_target
from config.api.view import checked


@extend_schema_view(
    get=extend_schema(
        operation_id="account_read",
        tags=["account"],
        summary=_("The account and the key"),
        description=_("Who the key acts for and what it may do; needs no scope."),
        responses=AccountOut,
    )
)
class OwnAccount(AccountView):
    """Who am I?"""

    scopes: ClassVar[dict[str, Scope]] = {}

    def get(self, request: Request) -> Response:  # noqa: ARG002
        """The account."""
        return Response(AccountOut(self.account, context=self.serializer_context()).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="targets_check",
        tags=["invitations"],
        summary=_("Check whom you would invite"),
        description=_("Says at once whether an account can be invited, as what, or why not. Sixty an hour."),
        parameters=[TargetQuery],
        responses=TargetOut,
    )
)
class Target(AccountView):
    """The check before inviting; it looks at other accounts, so it needs the scope of whoever invites."""

    scopes: ClassVar[dict[str, Scope]] = {"GET": Scope.WRITE}

    def get(self, request: Request) -> Response:
        """The kinds that work, or the reason against it."""
        asked = checked(TargetQuery(data=request.query_params.dict()))
        limits.target_checks(self.account.pk)
        found = check_target(self.account, asked["identifier"])
        answer: dict[str, Any] = {
            "account": found.target,
            "problem": found.problem and asdict(found.problem),
            "kinds": found.kinds,
            "group_problem": found.group_problem and asdict(found.group_problem),
        }
        return Response(TargetOut(answer).data)
