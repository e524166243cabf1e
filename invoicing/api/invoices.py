"""Issued invoices: the list, one of them, its files."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.base import AccountView
from accounts.api.schema import envelope
from accounts.models.api_key import Scope
from accounts.permissions import Point
from accounts.services.looks import note_look
from config.api.view import checked
from invoicing.api.invoice_inputs import InvoiceQuery
from invoicing.invoice_files import file_of
from invoicing.invoice_reports import Seen, narrowed, of_members, of_systems, own, rows_of, seen_invoice
from invoicing.invoice_serializers import InvoiceOut, WholeInvoiceOut

TAGS = ["invoices"]
FINDERS = {"own": own, "members": of_members, "systems": of_systems}


class InvoicesView(AccountView):
    """Behind a key that may see invoices, or ask for them."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.INVOICES_READ,
        "POST": Scope.INVOICES_WRITE,
        "PATCH": Scope.INVOICES_WRITE,
        "DELETE": Scope.INVOICES_WRITE,
    }

    def seen(self, pk: int) -> Seen:
        """One that the account may see; a member sees in its log that somebody looked."""
        seen = seen_invoice(self.account, pk)
        if seen.link is not None:
            note_look(actor=self.actor, relationship=seen.link, page="invoices", point=Point.VIEW_INVOICES)
        return seen


@extend_schema_view(
    get=extend_schema(
        operation_id="invoices_list",
        tags=TAGS,
        summary=_("List issued invoices"),
        description=_("The latest first; the account's own, its members', or those of its business systems."),
        parameters=[InvoiceQuery],
        responses=envelope(InvoiceOut),
    )
)
class Invoices(InvoicesView):
    """The list."""

    def get(self, request: Request) -> Response:
        """One page."""
        query = checked(InvoiceQuery(data=request.query_params.dict()))
        rows = narrowed(FINDERS[query["of"]](self.account), query).select_related("account")
        return self.listing(rows, InvoiceOut, limit=query["limit"], prepare=rows_of)


@extend_schema_view(
    get=extend_schema(
        operation_id="invoices_read", tags=TAGS, summary=_("Read an issued invoice"), responses=WholeInvoiceOut
    )
)
class OneInvoice(InvoicesView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """With its lines."""
        (row,) = rows_of([self.seen(pk).invoice])
        return Response(WholeInvoiceOut(row).data)


class _Whole(BaseRenderer):
    """A file is answered as it is; the type only lets a caller say that it wants it."""

    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> Any:  # noqa: ARG002
        """Never asked: files are answered whole, refusals as JSON."""
        return JSONRenderer().render(data)


class PdfRenderer(_Whole):
    """For `Accept: application/pdf`."""

    media_type, format = "application/pdf", "pdf"


class XmlRenderer(_Whole):
    """For `Accept: application/xml`."""

    media_type, format = "application/xml", "xml"


@extend_schema_view(
    get=extend_schema(
        operation_id="invoices_pdf",
        tags=TAGS,
        summary=_("The PDF of an invoice"),
        responses={(200, "application/pdf"): OpenApiTypes.BINARY},
    )
)
class InvoicePdf(InvoicesView):
    """As people read it."""

    renderer_classes = [JSONRenderer, PdfRenderer]

    def get(self, request: Request, pk: int) -> HttpResponse:  # noqa: ARG002
        """The platform's own where it gave one."""
        return file_of(self.seen(pk).invoice, "pdf").answer()


@extend_schema_view(
    get=extend_schema(
        operation_id="invoices_xml",
        tags=TAGS,
        summary=_("The XML of an invoice"),
        responses={(200, "application/xml"): OpenApiTypes.BINARY},
    )
)
class InvoiceXml(InvoicesView):
    """As programs read it."""

    renderer_classes = [JSONRenderer, XmlRenderer]

    def get(self, request: Request, pk: int) -> HttpResponse:  # noqa: ARG002
        """The platform's own where it gave one."""
        return file_of(self.seen(pk).invoice, "xml").answer()
