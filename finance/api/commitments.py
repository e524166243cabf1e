"""Commitments: what was bought ahead, and who consumed what of it, line by line (A2.2)."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from accounts.permissions import Point
from accounts.services.looks import note_look
from config.api.view import checked
from finance.api.base import BillsView
from finance.api.inputs import DayQuery
from finance.api.order_inputs import MemberQuery
from finance.flows import midnight
from finance.models import Commitment, CommitmentUse
from finance.months import DAY
from finance.offer_serializers import CommitmentOut, CommitmentUseOut
from finance.offers import commitment_seen

TAGS = ["bills"]


@extend_schema_view(
    get=extend_schema(
        operation_id="commitments_list",
        tags=TAGS,
        summary=_("List commitments"),
        description=_(
            "Reserved instances, storage units and savings plans, past ones too; newest first. Our support sells them."
        ),
        parameters=[MemberQuery],
        responses=envelope(CommitmentOut),
    )
)
class Commitments(BillsView):
    """What was bought ahead of usage."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(MemberQuery(data=request.query_params.dict()))
        owner = self.whose(query.get("relationship"), Point.VIEW_BILLS, page="bills")
        rows = Commitment.objects.filter(account=owner).select_related("product", "category")
        return self.listing(rows, CommitmentOut, limit=query["limit"])


class CommitmentView(BillsView):
    """What stands below one commitment."""

    def seen(self, pk: int) -> Commitment:
        """The account's own, or one of a member that shows its bills, which reads that in its log."""
        found, link = commitment_seen(account=self.account, commitment_id=pk)
        if link is not None:
            note_look(actor=self.actor, relationship=link, page="bills", point=Point.VIEW_BILLS)
        return found


@extend_schema_view(
    get=extend_schema(
        operation_id="commitments_read", tags=TAGS, summary=_("Read a commitment"), responses=CommitmentOut
    )
)
class OneCommitment(CommitmentView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """What it covers, and until when."""
        return Response(CommitmentOut(self.seen(pk)).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="commitments_uses",
        tags=TAGS,
        summary=_("Uses of a commitment"),
        description=_("What it covered of which bill line, and who consumed it; the latest cycle first."),
        parameters=[DayQuery],
        responses=envelope(CommitmentUseOut),
    )
)
class CommitmentUses(CommitmentView):
    """Where its capacity went."""

    def get(self, request: Request, pk: int) -> Response:
        """One page, of cycles that begin on these days."""
        query = checked(DayQuery(data=request.query_params.dict()))
        rows = CommitmentUse.objects.filter(commitment=self.seen(pk)).select_related("consumer", "line__product")
        if since := query.get("since"):
            rows = rows.filter(cycle_start__gte=midnight(since))
        if until := query.get("until"):
            rows = rows.filter(cycle_start__lt=midnight(until) + DAY)
        return self.listing(rows, CommitmentUseOut, limit=query["limit"], order=("-cycle_start", "-id"))
