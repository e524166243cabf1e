"""Statements: reading, confirming, repaying and disputing them, one's own and for members."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.actors import PointMissing
from accounts.api.inputs import Query
from accounts.api.schema import envelope
from accounts.models import Account
from accounts.permissions import Point
from accounts.services.looks import note_look
from config.api.view import Outcome, checked
from config.errors import NotFound
from finance.api.base import BillsView
from finance.api.statement_inputs import DisputeIn, RepaymentIn, StatementQuery
from finance.models import BillLine, Dispute, Statement
from finance.models.statement import StatementQuerySet
from finance.services.disputes import raise_dispute, withdraw_dispute
from finance.services.repayment import repay_statement
from finance.services.statements import confirm_statement, statements_of_group, statements_seen
from finance.statement_reports import Seen, narrowed, seen_statement
from finance.statement_serializers import DisputeOut, RepaymentOut, StatementLineOut, StatementOut

TAGS = ["statements"]


class StatementView(BillsView):
    """What stands below one statement."""

    def seen(self, pk: int) -> Seen:
        """The account's own, or one of a member that lets it see statements; the member sees in its log who looked."""
        seen = seen_statement(self.account, pk)
        if seen.link is not None and self.request.method == "GET":
            note_look(actor=self.actor, relationship=seen.link, page="statements", point=Point.VIEW_STATEMENTS)
        return seen

    def shown(self, pk: int) -> dict[str, Any]:
        """Freshly read."""
        return dict(StatementOut(self.seen(pk).statement).data)


def _own(*, account: Account) -> StatementQuerySet:
    return Statement.objects.of(account)


_WHOSE = {"own": _own, "members": statements_seen, "group": statements_of_group}


@extend_schema_view(
    get=extend_schema(
        operation_id="statements_list",
        tags=TAGS,
        summary=_("List statements"),
        description=_("The latest month first; the account's own or its members'."),
        parameters=[StatementQuery],
        responses=envelope(StatementOut),
    )
)
class Statements(BillsView):
    """The list."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(StatementQuery(data=request.query_params.dict()))
        rows = narrowed(self.account, _WHOSE[query["of"]](account=self.account), query).select_related("account")
        return self.listing(rows, StatementOut, limit=query["limit"], order=("-month", "-id"))


@extend_schema_view(
    get=extend_schema(operation_id="statements_read", tags=TAGS, summary=_("Read a statement"), responses=StatementOut)
)
class OneStatement(StatementView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(self.shown(pk))


@extend_schema_view(
    get=extend_schema(
        operation_id="statements_lines",
        tags=TAGS,
        summary=_("Lines of a statement"),
        description=_("Every charge and refund of the month, the latest first."),
        parameters=[Query],
        responses=envelope(StatementLineOut),
    )
)
class StatementLines(StatementView):
    """What a month is made of."""

    def get(self, request: Request, pk: int) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = BillLine.objects.filter(statement=self.seen(pk).statement).select_related("owner", "product")
        return self.listing(rows, StatementLineOut, limit=query["limit"])


@extend_schema_view(
    post=extend_schema(
        operation_id="statements_confirm",
        tags=TAGS,
        summary=_("Confirm a statement"),
        description=_("The amounts are agreed but for what is disputed. Nothing can be disputed afterwards."),
        request=None,
        responses={200: StatementOut},
    )
)
class StatementConfirmation(StatementView):
    """Its confirmation."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with the statement."""
        seen = self.seen(pk)

        def act() -> Outcome:
            confirm_statement(actor=self.actor, statement_id=pk, through=seen.through)
            return 200, self.shown(pk)

        return self.once(self.memory, act)


@extend_schema_view(
    post=extend_schema(
        operation_id="statements_repay",
        tags=TAGS,
        summary=_("Repay a statement"),
        description=_("All that is not disputed, or a part. For a member from the account's own cash only."),
        request=RepaymentIn,
        responses={201: RepaymentOut},
        examples=[OpenApiExample("repayment", {"amount": "300.00"}, request_only=True)],
    )
)
class StatementRepayments(StatementView):
    """What is paid on it."""

    def post(self, request: Request, pk: int) -> Response:
        """201 with what was repaid."""
        seen = self.seen(pk)
        asked = checked(RepaymentIn(data=request.data))

        def act() -> Outcome:
            done = repay_statement(
                actor=self.actor,
                statement_id=pk,
                amount=asked.get("amount"),
                through=seen.through,
                key=self.ledger_key,
            )
            return 201, dict(RepaymentOut(done).data)

        return self.once(self.memory, act)


@extend_schema_view(
    get=extend_schema(
        operation_id="disputes_list",
        tags=TAGS,
        summary=_("List disputes of a statement"),
        parameters=[Query],
        responses=envelope(DisputeOut),
    ),
    post=extend_schema(
        operation_id="disputes_create",
        tags=TAGS,
        summary=_("Dispute a line"),
        description=_("Before the statement is confirmed. What is disputed is not to be repaid until it is answered."),
        request=DisputeIn,
        responses={201: DisputeOut},
        examples=[OpenApiExample("dispute", {"line": 1, "amount": "20.00", "reason": "用量不对"}, request_only=True)],
    ),
)
class StatementDisputes(StatementView):
    """What is doubted."""

    def get(self, request: Request, pk: int) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Dispute.objects.filter(statement=self.seen(pk).statement)
        return self.listing(rows, DisputeOut, limit=query["limit"])

    def post(self, request: Request, pk: int) -> Response:
        """201 with the dispute."""
        seen = self.seen(pk)
        asked = checked(DisputeIn(data=request.data))
        if not BillLine.objects.filter(pk=asked["line"], statement=pk).exists():
            raise NotFound()

        def act() -> Outcome:
            dispute = raise_dispute(
                actor=self.actor,
                line_id=asked["line"],
                amount=asked["amount"],
                reason=asked["reason"],
                through=seen.through,
            )
            return 201, dict(DisputeOut(dispute).data)

        return self.once(self.memory, act)


@extend_schema_view(
    delete=extend_schema(
        operation_id="disputes_withdraw",
        tags=TAGS,
        summary=_("Withdraw a dispute"),
        description=_("The amount is to be repaid like the rest."),
        responses={200: DisputeOut},
    )
)
class OneDispute(StatementView):
    """One of them."""

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200; the body says that it is withdrawn."""
        if (dispute := Dispute.objects.filter(pk=pk).first()) is None:
            raise NotFound()
        seen = self.seen(dispute.statement_id)
        if not seen.may(Point.CONFIRM_STATEMENT):
            raise PointMissing(Point.CONFIRM_STATEMENT)

        def act() -> Outcome:
            done = withdraw_dispute(actor=self.actor, dispute_id=pk, through=seen.through)
            return 200, dict(DisputeOut(done).data)

        return self.once(self.memory, act)
