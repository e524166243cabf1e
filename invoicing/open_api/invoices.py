"""Issuing invoices, taking them back, and asking what became of them."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import InputError
from invoicing.models import IssueOrder, RedLetter, TaxItem
from invoicing.open_api.base import ClientView
from invoicing.open_api.envelope import Faults, answer
from invoicing.open_api.shapes import IssueIn, OrderOut, RedIn
from invoicing.open_api.telling import letter_data, order_data
from invoicing.open_api.wire import faults_of, is_red, read_red, read_wanted
from invoicing.services.open_invoices import FaceWrong, find_order, issue_invoice, take_back
from invoicing.services.red_letters import Business


class InvoiceView(ClientView):
    """What both ways to a red invoice share."""

    def take_back(self, body: dict[str, Any]) -> Response:
        """The red letter that the body asks for."""
        wanted = read_red(body)
        letter = take_back(
            actor=self.actor,
            business=Business(self.client, wanted.serial, wanted.email),
            tax_number=wanted.seller_tax_number,
            number=wanted.number,
            reason=wanted.reason,
            parts=wanted.parts,
        )
        return answer(told(letter))


class Issue(InvoiceView):
    """Encrypted, since it holds the caller's customers."""

    @extend_schema(
        operation_id="invoice_create",
        tags=["invoices"],
        summary=_("Issue an invoice"),
        description=_(
            "Send base64(AES-128-ECB(JSON, encrypt key)) as the whole body. The invoice is issued in the background: "
            "ask by its serial until the status is 2 (issued) or 3 (refused). The same serial with the same content "
            "again is the same invoice, and counted once; a refused one is not counted and may be sent again. With "
            "type 1 it is a red invoice over the lines that it names, and counts nothing."
        ),
        request=IssueIn,
        responses={200: OrderOut},
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """200 with the order."""
        body = self.sealed_body()
        if is_red(body):
            return self.take_back(body)
        wanted = read_wanted(body, _class_names())
        try:
            order = issue_invoice(client=self.client, face=wanted.face, serial=wanted.serial, email=wanted.email)
        except FaceWrong as error:
            raise Faults(faults_of(error.faults)) from error
        return answer(told(order))


class TakeBack(InvoiceView):
    """All that is left of an invoice; a part of it is taken back by `Issue` with type 1."""

    @extend_schema(
        operation_id="invoice_invalid",
        tags=["invoices"],
        summary=_("Take an invoice back"),
        description=_(
            "A red invoice over all that is left of it. Where the buyer has used the invoice, the buyer is asked "
            "first: redFormState is 02 until it agreed, which it can do for 72 hours."
        ),
        request=RedIn,
        responses={200: OrderOut},
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """200 with the red letter or its order."""
        return self.take_back({**self.body(), "items": None})


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
        tax_number, serial = asked(request, "taxNo"), asked(request, "serialNo")
        return answer(told(find_order(tenant=self.tenant, tax_number=tax_number, serial=serial)))


def told(found: IssueOrder | RedLetter) -> dict[str, Any]:
    """How it stands."""
    return order_data(found) if isinstance(found, IssueOrder) else letter_data(found, timezone.now())


def asked(request: Request, name: str, *, most: int = 50) -> str:
    """What the address asks for, or the fault at its name."""
    text = str(request.query_params.get(name, "")).strip()
    if not text or len(text) > most or "\x00" in text:
        raise InputError(name, _("Send 1 to %(most)s characters in the address."), most=most)
    return text


def _class_names() -> dict[str, str]:
    """Short names of the tax classes that are known here."""
    return dict(TaxItem.objects.values_list("class_code", "class_name"))
