"""Trusteeships: who pays for whom, proposed, answered, withdrawn and ended by either side's system."""

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from config.errors import NotFound
from finance.api.base import BillsView
from finance.api.trust_shapes import EndIn, TrustIn, TrustOut, TrustQuery, UnderstoodIn
from finance.models import Trust
from finance.services.caps import with_used
from finance.services.trusteeships import (
    accept_trust,
    end_trust,
    keep_trust,
    propose_trust,
    refuse_trust,
    withdraw_trust,
)

TAGS = ["trusteeships"]


class TrustView(BillsView):
    """Trusteeships of the key's account, whichever side it is."""

    def rows(self) -> QuerySet[Trust]:
        """All of them, with what counts on a limit by now."""
        rows = Trust.objects.visible_to(self.account).select_related("manager", "member")
        return with_used(rows=rows, at=timezone.now())

    def found(self, pk: int) -> Trust:
        """One of them, freshly read."""
        rows = self.rows()
        if (trust := rows.filter(pk=pk).first()) is None:
            raise NotFound()
        return trust

    def shown(self, pk: int) -> dict[str, Any]:
        """As the API says it."""
        return dict(TrustOut(self.found(pk), context={"view": self}).data)

    def acted(self, pk: int, act: Callable[[], Trust]) -> Response:
        """200 with what is true afterwards; the same key again answers the same."""
        self.found(pk)

        def done() -> Outcome:
            act()
            return 200, self.shown(pk)

        return self.once(self.memory, done)


@extend_schema_view(
    get=extend_schema(
        operation_id="trusts_list",
        tags=TAGS,
        summary=_("List trusteeships"),
        description=_("Newest first, in which this account pays and by which it is paid for."),
        parameters=[TrustQuery],
        responses=envelope(TrustOut),
    ),
    post=extend_schema(
        operation_id="trusts_propose",
        tags=TAGS,
        summary=_("Propose to pay for a member"),
        description=_("The member has 48 hours to agree. Refused with the rule that stands in the way."),
        request=TrustIn,
        responses={201: TrustOut},
        examples=[OpenApiExample("trust", {"relationship": 1, "starts_on": "2027-01-01"}, request_only=True)],
    ),
)
class Trusts(TrustView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page, narrowed as asked."""
        query = checked(TrustQuery(data=request.query_params.dict()))
        rows = self.rows()
        if "side" in query:
            rows = rows.filter(**{query["side"]: self.account})
        if "relationship" in query:
            rows = rows.filter(relationship=query["relationship"])
        if "state" in query:
            rows = rows.filter(_in_state(query["state"]))
        return self.listing(rows, TrustOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the proposal; its address in `Location`."""
        response = self.once(self.memory, lambda: self._propose(request))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _propose(self, request: Request) -> Outcome:
        asked = dict(checked(TrustIn(data=request.data)))
        trust = propose_trust(actor=self.actor, relationship_id=asked.pop("relationship"), **asked)
        return 201, self.shown(trust.pk)


def _in_state(state: str) -> Q:
    """As it is judged now: whatever has run out or ended counts so before anybody has written it down."""
    now = timezone.now()
    over = Q(expires_at__lte=now, state=Trust.State.PROPOSED)
    ended = Q(ends_at__lte=now, state=Trust.State.AGREED)
    match state:
        case Trust.State.EXPIRED:
            return Q(state=state) | over
        case Trust.State.ENDED:
            return Q(state=state) | ended
        case _:
            return Q(state=state) & ~over & ~ended


@extend_schema_view(
    get=extend_schema(operation_id="trusts_read", tags=TAGS, summary=_("Read a trusteeship"), responses=TrustOut),
    delete=extend_schema(
        operation_id="trusts_withdraw",
        tags=TAGS,
        summary=_("Withdraw a trusteeship"),
        description=_("Only before it has any effect: a proposal, or what is agreed for a later day."),
        responses={200: TrustOut},
    ),
)
class OneTrust(TrustView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(self.shown(pk))

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """Withdrawn; the body says so."""
        return self.acted(pk, lambda: withdraw_trust(actor=self.actor, trust_id=pk))


@extend_schema_view(
    post=extend_schema(
        operation_id="trusts_accept",
        tags=TAGS,
        summary=_("Agree to be paid for"),
        description=_("As the member. Read `counts_from` before: the current billing periods stay with the member."),
        request=UnderstoodIn,
        responses={200: TrustOut},
    )
)
class TrustAcceptance(TrustView):
    """The member agrees."""

    def post(self, request: Request, pk: int) -> Response:
        """Agreed."""
        checked(UnderstoodIn(data=request.data))
        return self.acted(pk, lambda: accept_trust(actor=self.actor, trust_id=pk))


@extend_schema_view(
    post=extend_schema(
        operation_id="trusts_refuse",
        tags=TAGS,
        summary=_("Refuse to be paid for"),
        request=None,
        responses={200: TrustOut},
    )
)
class TrustRefusal(TrustView):
    """The member does not."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """Refused."""
        return self.acted(pk, lambda: refuse_trust(actor=self.actor, trust_id=pk))


@extend_schema_view(
    post=extend_schema(
        operation_id="trusts_end",
        tags=TAGS,
        summary=_("Stop paying for a member"),
        description=_("From now or from a day on; each product follows with its next billing period."),
        request=EndIn,
        responses={200: TrustOut},
    )
)
class TrustEnd(TrustView):
    """The manager stops paying."""

    def post(self, request: Request, pk: int) -> Response:
        """Ended, or its end is planned."""
        asked = checked(EndIn(data=request.data))
        return self.acted(pk, lambda: end_trust(actor=self.actor, trust_id=pk, **asked))


@extend_schema_view(
    post=extend_schema(
        operation_id="trusts_keep",
        tags=TAGS,
        summary=_("Take back a planned end"),
        request=None,
        responses={200: TrustOut},
    )
)
class TrustKeeping(TrustView):
    """The manager goes on paying after all."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """No end is planned."""
        return self.acted(pk, lambda: keep_trust(actor=self.actor, trust_id=pk))
