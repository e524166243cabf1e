"""What the key's account has, and how it stands with its members."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from accounts.models import Relationship
from config.api.view import checked
from finance.api.base import FundsView
from finance.reports import what_it_has
from finance.serializers import BalancesOut, MemberBalanceOut
from finance.standings import standings

TAGS = ["balances"]


@extend_schema_view(
    get=extend_schema(operation_id="balances_read", tags=TAGS, summary=_("Own balances"), responses=BalancesOut)
)
class Balances(FundsView):
    """Own funds."""

    def get(self, request: Request) -> Response:  # noqa: ARG002
        """Now."""
        have = what_it_has(self.account)
        answer = {name: getattr(have, name) for name in ("cash", "given", "balance")}
        answer["credit"] = {"limit": have.credit_limit, "used": have.credit_used, "left": have.credit_left}
        answer["free"] = have.balance - have.credit_used
        answer["available"] = have.balance + have.credit_left
        return Response(BalancesOut(answer).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="balances_members",
        tags=TAGS,
        summary=_("Balances of members"),
        description=_("Every established member: what it was allotted, what can be recalled, its funds if it agreed."),
        parameters=[Query],
        responses=envelope(MemberBalanceOut),
    )
)
class MemberBalances(FundsView):
    """The members."""

    def get(self, request: Request) -> Response:
        """One page, the newest relationship first."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Relationship.objects.in_force().filter(manager=self.account).select_related("member")
        return self.listing(
            rows, MemberBalanceOut, limit=query["limit"], prepare=lambda page: standings(self.account, page)
        )
