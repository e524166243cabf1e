"""Account sets by the API. What holds books is deleted in the console only, with a code (S15.1)."""

from typing import Any

from django.db.models import Count, Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from kiscloud.api.base import SetsView
from kiscloud.api.set_inputs import SetIn, SetQuery, parameters_from
from kiscloud.models import AccountSet
from kiscloud.services.account_sets import create_set, retry_set
from kiscloud.services.set_deletion import delete_set
from kiscloud.set_serializers import SetOut, SetProductOut

TAGS = ["account sets"]
EXAMPLE = {"product": 7, "name": "云岭商贸 2026", "company": "云岭商贸有限公司", "start_month": "2026-03"}


@extend_schema_view(
    get=extend_schema(
        operation_id="set_products_list",
        tags=TAGS,
        summary=_("List products that hold account sets"),
        description=_("The company's products of KIS cloud, with how many sets each has and may have."),
        parameters=[Query],
        responses=envelope(SetProductOut),
    )
)
class SetProducts(SetsView):
    """The list."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        used = Count("sets", filter=~Q(sets__state=AccountSet.State.DELETED))
        rows = self.company.subscriptions.listed().annotate(sets_used=used)
        return self.listing(rows, SetProductOut, limit=query["limit"])


@extend_schema_view(
    get=extend_schema(
        operation_id="sets_list",
        tags=TAGS,
        summary=_("List account sets"),
        description=_("Newest first; of the whole company, or of one product."),
        parameters=[SetQuery],
        responses=envelope(SetOut),
    ),
    post=extend_schema(
        operation_id="sets_create",
        tags=TAGS,
        summary=_("Create an account set"),
        description=_(
            "It is being created when the answer comes: read it again until its state is “ready” or “failed”. The "
            "founder of the company becomes its administrator."
        ),
        request=SetIn,
        responses={201: SetOut},
        examples=[OpenApiExample("set", EXAMPLE, request_only=True)],
    ),
)
class Sets(SetsView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(SetQuery(data=request.query_params.dict()))
        rows = self.sets()
        if "product" in query:
            rows = rows.filter(subscription=query["product"])
        return self.listing(rows, SetOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the set; its address in `Location`."""
        response = self.once(self.memory, lambda: self._create(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _create(self, request: Request) -> Outcome:
        asked = dict(checked(SetIn(data=request.data)))
        made = create_set(
            actor=self.actor,
            subscription_id=asked["product"],
            name=asked["name"],
            parameters=parameters_from(asked),
        )
        return 201, shown(self, made.pk)


@extend_schema_view(
    get=extend_schema(operation_id="sets_read", tags=TAGS, summary=_("Read an account set"), responses=SetOut),
    delete=extend_schema(
        operation_id="sets_delete",
        tags=TAGS,
        summary=_("Delete an account set that failed"),
        description=_("One that holds books is deleted in the console, with a code from the founder's phone."),
        request=None,
        responses={200: SetOut},
    ),
)
class OneSet(SetsView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(shown(self, pk))

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with what it was; the set does not exist any more."""

        def act() -> Outcome:
            before = shown(self, pk)
            gone = delete_set(actor=self.actor, set_id=pk)
            return 200, {**before, "state": gone.state}

        return self.once(self.memory, act)


@extend_schema_view(
    post=extend_schema(
        operation_id="sets_retry",
        tags=TAGS,
        summary=_("Create a failed account set again"),
        request=None,
        responses=SetOut,
    )
)
class SetRetry(SetsView):
    """Another try."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with the set, which is being created."""

        def act() -> Outcome:
            self.account_set(pk)
            retry_set(actor=self.actor, set_id=pk)
            return 200, shown(self, pk)

        return self.once(self.memory, act)


def shown(view: SetsView, pk: int) -> dict[str, Any]:
    """One of the company's own, freshly read."""
    return dict(SetOut(view.account_set(pk)).data)
