"""The company of the key's account by the API: how it stands, and who belongs to it."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.view import checked
from kiscloud.api.base import SetsView
from kiscloud.models import CompanyMember
from kiscloud.services.limits import Act, verification_of

TAGS = ["companies"]


class CompanyOut(serializers.Serializer[Any]):
    """A company of KIS cloud."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    verified = serializers.BooleanField()
    verify_by = serializers.DateTimeField(
        allow_null=True, help_text=_("By when it has to be verified; null where nothing depends on it.")
    )
    refused = serializers.ListField(
        child=serializers.ChoiceField([act.value for act in Act]),
        help_text=_("What is not possible now because the company was not verified in time."),
    )
    created_at = serializers.DateTimeField()


class MemberOut(serializers.Serializer[CompanyMember]):
    """Somebody in the address book."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    username = serializers.CharField(source="user.username")
    is_admin = serializers.BooleanField()
    joined_at = serializers.DateTimeField()


@extend_schema_view(
    get=extend_schema(
        operation_id="company_read",
        tags=TAGS,
        summary=_("Read the company"),
        description=_("The company of KIS cloud to whose account the key belongs; 404 for an account without one."),
        responses=CompanyOut,
    )
)
class OneCompany(SetsView):
    """It."""

    def get(self, request: Request) -> Response:  # noqa: ARG002
        """With what its verification allows."""
        company = self.company
        standing = verification_of(company=company)
        shown = {
            "id": company.pk,
            "name": company.name,
            "verified": standing.verified,
            "verify_by": standing.verify_by,
            "refused": [act.value for act in Act if standing.refuses(act)],
            "created_at": company.created_at,
        }
        return Response(CompanyOut(shown).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="company_people_list",
        tags=TAGS,
        summary=_("List the people of the company"),
        description=_("The latest first. Those who left are not among them."),
        parameters=[Query],
        responses=envelope(MemberOut),
    )
)
class People(SetsView):
    """The address book."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = self.company.members.filter(left_at=None).select_related("user")
        return self.listing(rows, MemberOut, limit=query["limit"])
