"""Relationships of the key's account: seen from both sides, changed and dissolved by the manager."""

from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import SIDES_OF_RELATIONSHIP, AccountView
from accounts.api.inputs import ChangeIn, DissolveQuery, RelationshipQuery, changed_terms
from accounts.api.schema import envelope
from accounts.models import Relationship
from accounts.preflight import digest
from accounts.serializers import PreflightOut, RelationshipOut
from accounts.services.relationships import (
    dissolve_relationship,
    edit_remark,
    rehearse_dissolution,
    request_change,
)
from accounts.standing import narrowed, with_standing
from config.api.view import Outcome, checked

TAGS = ["relationships"]


@extend_schema_view(
    get=extend_schema(
        operation_id="relationships_list",
        tags=TAGS,
        summary=_("List relationships"),
        description=_("Newest first, as manager and as member."),
        parameters=[RelationshipQuery],
        responses=envelope(RelationshipOut),
    )
)
class Relationships(AccountView):
    """The list."""

    def get(self, request: Request) -> Response:
        """One page, narrowed as asked."""
        query = checked(RelationshipQuery(data=request.query_params.dict()))
        rows = Relationship.objects.visible_to(self.account).select_related(*SIDES_OF_RELATIONSHIP)
        if "state" in query:
            rows = narrowed(rows, query["state"])
        if "kind" in query:
            rows = rows.filter(kind=query["kind"])
        if "side" in query:
            rows = rows.filter(Q(**{query["side"]: self.account}))
        return self.listing(rows, RelationshipOut, limit=query["limit"], prepare=with_standing)


@extend_schema_view(
    get=extend_schema(
        operation_id="relationships_read", tags=TAGS, summary=_("Read a relationship"), responses=RelationshipOut
    ),
    patch=extend_schema(
        operation_id="relationships_change",
        tags=TAGS,
        summary=_("Change permissions or the remark"),
        description=_(
            "Other permissions are asked for: 202, and the member has 48 hours to answer; until then the old ones "
            "stay. A remark alone, and permissions of a resource account, hold at once: 200."
        ),
        request=ChangeIn,
        responses={200: RelationshipOut, 202: RelationshipOut},
        examples=[OpenApiExample("change", {"preset": "operate", "remark": "苏州工厂"}, request_only=True)],
    ),
    delete=extend_schema(
        operation_id="relationships_dissolve",
        tags=TAGS,
        summary=_("Dissolve a relationship"),
        description=_(
            "At once and without the member's consent. Ask for the preflight first: it names what blocks, and its "
            "“seen”, sent along here, makes sure that nothing has changed since."
        ),
        parameters=[DissolveQuery],
        responses={200: RelationshipOut},
    ),
)
class OneRelationship(AccountView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(self.shown(pk))

    def patch(self, request: Request, pk: int) -> Response:
        """The member is asked, or it holds at once."""
        self.managed(pk)

        def act() -> Outcome:
            asked = checked(ChangeIn(data=request.data))
            relationship = self.managed(pk)
            if "remark" in asked:
                edit_remark(actor=self.actor, relationship_id=pk, remark=asked["remark"])
            if (terms := changed_terms(relationship, asked)) is not None:
                request_change(actor=self.actor, relationship_id=pk, terms=terms)
            body = self.shown(pk)
            return (202 if terms is not None and body["waiting"] else 200), body

        return self.once(self.memory, act)

    def delete(self, request: Request, pk: int) -> Response:
        """Ended; the body says so."""
        self.relationship(pk)

        def act() -> Outcome:
            seen = checked(DissolveQuery(data=request.query_params.dict())).get("seen", "")
            dissolve_relationship(actor=self.actor, relationship_id=pk, seen=seen)
            return 200, self.shown(pk)

        return self.once(self.memory, act)

    def shown(self, pk: int) -> dict[str, Any]:
        """The relationship as the API shows it, freshly read."""
        return dict(RelationshipOut(self.relationship(pk), context=self.serializer_context()).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="relationships_preflight",
        tags=TAGS,
        summary=_("What dissolving would meet"),
        description=_("Blockers by their rule, and what will follow. Nothing is changed."),
        responses=PreflightOut,
    )
)
class Preflight(AccountView):
    """The look before the leap."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """Blockers first; nothing of it stays done."""
        self.managed(pk)
        found = rehearse_dissolution(actor=self.actor, relationship_id=pk)
        possible = not any(finding.blocks for finding in found)
        return Response(PreflightOut({"possible": possible, "findings": found, "seen": digest(found)}).data)
