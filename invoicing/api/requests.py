"""Money that can be invoiced, titles, and requests: of the account, and on behalf of its members."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from accounts.guards import managed
from accounts.models import Account
from accounts.permissions import Point
from accounts.services.looks import note_look
from config.api.view import Outcome, checked
from config.errors import NotFound
from invoicing.api.base import InvoicesView
from invoicing.api.request_inputs import (
    UNDER_WAY,
    InvoiceableQuery,
    LinkQuery,
    RequestIn,
    RequestQuery,
    TitleIn,
    buyer_of,
)
from invoicing.models import Invoiceable, InvoiceRequest, Title
from invoicing.request_reports import seen_request
from invoicing.request_serializers import InvoiceableOut, RequestOut, TitleOut, WholeRequestOut
from invoicing.services.invoiceables import collect
from invoicing.services.requests import Wish, cancel_request, submit_request
from invoicing.services.titles import add_title, archive_title

TAGS = ["invoice requests"]


class PayerView(InvoicesView):
    """What belongs to one payer: the account, or a member by its relationship."""

    def payer(self, relationship: int | None, point: Point) -> Account:
        """404 outside, 403 without the point; the member sees in its log that somebody looked."""
        if relationship is None:
            return self.account
        link = managed(self.account, relationship, point)
        note_look(actor=self.actor, relationship=link, page="invoices", point=point)
        return link.member


@extend_schema_view(
    get=extend_schema(
        operation_id="invoiceable_list",
        tags=TAGS,
        summary=_("List what can be invoiced"),
        description=_(
            "Settled statements, summed by account and product, and paid orders; the latest first. What vouchers paid "
            "and what is requested already is not among them."
        ),
        parameters=[InvoiceableQuery],
        responses=envelope(InvoiceableOut),
    )
)
class Invoiceables(PayerView):
    """The list."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(InvoiceableQuery(data=request.query_params.dict()))
        payer = self.payer(query.get("relationship"), Point.VIEW_INVOICES)
        collect(payer=payer)
        rows: QuerySet[Invoiceable] = Invoiceable.objects.open().filter(payer=payer)
        if "month" in query:
            rows = rows.filter(month=query["month"])
        if "member" in query:
            rows = rows.filter(owner__number=query["member"])
        joined = rows.select_related("owner", "product")
        return self.listing(joined, InvoiceableOut, limit=query["limit"], order=("-month", "-id"))


@extend_schema_view(
    get=extend_schema(
        operation_id="titles_list",
        tags=TAGS,
        summary=_("List titles"),
        description=_("Of the account, or of a member for which it may request invoices."),
        parameters=[LinkQuery],
        responses=envelope(TitleOut),
    ),
    post=extend_schema(
        operation_id="titles_create",
        tags=TAGS,
        summary=_("Add a title"),
        request=TitleIn,
        responses={201: TitleOut},
        examples=[
            OpenApiExample(
                "title", {"name": "云岭科技集团有限公司", "tax_number": "91330106MA2B1K3X5T"}, request_only=True
            )
        ],
    ),
)
class Titles(PayerView):
    """To whom invoices are made out."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(LinkQuery(data=request.query_params.dict()))
        payer = self.payer(query.get("relationship"), Point.REQUEST_INVOICE)
        return self.listing(Title.objects.usable().filter(account=payer), TitleOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the title."""
        asked = checked(TitleIn(data=request.data))

        def act() -> Outcome:
            title = add_title(
                actor=self.actor, account=self.account, buyer=buyer_of(asked), is_default=asked["is_default"]
            )
            return 201, dict(TitleOut(title).data)

        return self.once(self.memory, act)


@extend_schema_view(
    delete=extend_schema(
        operation_id="titles_archive",
        tags=TAGS,
        summary=_("Put a title away"),
        description=_("It cannot be chosen any more; requests that were sent keep it."),
        responses={200: TitleOut},
    )
)
class OneTitle(InvoicesView):
    """One of them."""

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200 with what was put away."""
        if not Title.objects.filter(account=self.account, pk=pk).exists():
            raise NotFound()

        def act() -> Outcome:
            return 200, dict(TitleOut(archive_title(actor=self.actor, title_id=pk)).data)

        return self.once(self.memory, act)


@extend_schema_view(
    get=extend_schema(
        operation_id="invoice_requests_list",
        tags=TAGS,
        summary=_("List invoice requests"),
        description=_("For the account, and those that it sent on behalf of members; the latest first."),
        parameters=[RequestQuery],
        responses=envelope(RequestOut),
    ),
    post=extend_schema(
        operation_id="invoice_requests_create",
        tags=TAGS,
        summary=_("Request an invoice"),
        description=_(
            "Over amounts that one payer paid, made out to one of its titles. Refunds and corrections of the same tax "
            "items are taken off. Small requests are issued at once; large ones wait for our support."
        ),
        request=RequestIn,
        responses={201: WholeRequestOut},
        examples=[
            OpenApiExample(
                "request", {"items": [1, 2], "title": 1, "kind": "ordinary", "expected": "106.00"}, request_only=True
            )
        ],
    ),
)
class Requests(PayerView):
    """What was asked for."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(RequestQuery(data=request.query_params.dict()))
        rows = InvoiceRequest.objects.visible_to(self.account).select_related("account", "asked_by")
        if query.get("state") == UNDER_WAY:
            rows = rows.under_way()
        elif "state" in query:
            rows = rows.filter(state=query["state"])
        return self.listing(rows, RequestOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the request."""
        asked = checked(RequestIn(data=request.data))
        payer = self.payer(asked.get("relationship"), Point.REQUEST_INVOICE)
        names = ("kind", "email", "remark", "expected")
        wish = Wish(
            item_ids=asked["items"], title_id=asked["title"], **{name: asked[name] for name in names if name in asked}
        )

        def act() -> Outcome:
            done = submit_request(
                actor=self.actor,
                account=payer,
                wish=wish,
                key=self.ledger_key,
                through=asked.get("relationship"),
            )
            return 201, _shown(self.account, done.pk)

        return self.once(self.memory, act)


@extend_schema_view(
    get=extend_schema(
        operation_id="invoice_requests_read", tags=TAGS, summary=_("Read an invoice request"), responses=WholeRequestOut
    ),
    delete=extend_schema(
        operation_id="invoice_requests_cancel",
        tags=TAGS,
        summary=_("Cancel an invoice request"),
        description=_("While it waits for our support. What it covered can be requested again."),
        responses={200: WholeRequestOut},
    ),
)
class OneRequest(InvoicesView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now. A member sees in its log that somebody looked."""
        seen = seen_request(self.account, pk)
        if seen.link is not None:
            note_look(actor=self.actor, relationship=seen.link, page="invoices", point=Point.VIEW_INVOICES)
        return Response(WholeRequestOut(seen.request).data)

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """200; the body says that it is cancelled."""

        def act() -> Outcome:
            cancel_request(actor=self.actor, request_id=pk, account=self.account)
            return 200, _shown(self.account, pk)

        return self.once(self.memory, act)


def _shown(account: Account, pk: int) -> dict[str, Any]:
    """Freshly read."""
    return dict(WholeRequestOut(seen_request(account, pk).request).data)
