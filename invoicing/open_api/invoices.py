"""Issuing invoices and asking what became of them."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import InputError
from invoicing.models import IssueOrder, TaxItem
from invoicing.open_api.base import ClientView
from invoicing.open_api.envelope import Faults, answer
from invoicing.open_api.shapes import IssueIn, OrderOut
from invoicing.open_api.wire import faults_of, order_data, read_wanted
from invoicing.services.open_invoices import FaceWrong, find_order, issue_invoice


class Issue(ClientView):
    """Encrypted, since it holds the caller's customers."""

    @extend_schema(
        operation_id="invoice_create",
        tags=["invoices"],
        summary=_("Issue an invoice"),
        description=_(
            "Send base64(AES-128-ECB(JSON, encrypt key)) as the whole body. The invoice is issued in the background: "
            "ask by its serial until the status is 2 (issued) or 3 (refused). The same serial with the same content "
            "again is the same invoice, and counted once; a refused one is not counted and may be sent again."
        ),
        request=IssueIn,
        responses={200: OrderOut},
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """200 with the order."""
        body = self.sealed_body()
        wanted = read_wanted(body, _class_names())
        try:
            order = issue_invoice(client=self.client, face=wanted.face, serial=wanted.serial, email=wanted.email)
        except FaceWrong as error:
            raise Faults(faults_of(error.faults)) from error
        return answer(_told(order))


class Query(ClientView):
    """What became of a serial."""

    @extend_schema(
        operation_id="invoice_query",
        tags=["invoices"],
        summary=_("Ask what became of an invoice"),
        parameters=[
            OpenApiParameter("taxNo", str, required=True, description=str(_("The seller's tax number."))),
            OpenApiParameter("serialNo", str, required=True),
            OpenApiParameter(
                "fpdk_type", str, description=str(_("Taken from other systems; it changes nothing here."))
            ),
        ],
        responses={200: OrderOut},
    )
    def get(self, request: Request) -> Response:
        """200 with the order."""
        order, invoice = find_order(
            tenant=self.tenant, tax_number=asked(request, "taxNo"), serial=asked(request, "serialNo")
        )
        return answer(order_data(order, invoice))


def asked(request: Request, name: str, *, most: int = 50) -> str:
    """What the address asks for, or the fault at its name."""
    text = str(request.query_params.get(name, "")).strip()
    if not text or len(text) > most or "\x00" in text:
        raise InputError(name, _("Send 1 to %(most)s characters in the address."), most=most)
    return text


def _class_names() -> dict[str, str]:
    """Short names of the tax classes that are known here."""
    return dict(TaxItem.objects.values_list("class_code", "class_name"))


def _told(order: IssueOrder) -> dict[str, Any]:
    return order_data(order, getattr(order, "invoice", None))
