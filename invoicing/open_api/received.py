"""Received invoices: collected, listed, put to use, verified."""

import re
from typing import Any, Final

from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from config.errors import DomainError, InputError, NotFound
from invoicing import policy
from invoicing.models import ReceivedInvoice, Taxpayer
from invoicing.models.received import Check, UsageState
from invoicing.open_api.base import ClientView
from invoicing.open_api.codes import OK, code_of
from invoicing.open_api.envelope import answer
from invoicing.open_api.invoices import asked
from invoicing.open_api.reading import Reading
from invoicing.open_api.received_shapes import (
    CheckIn,
    CheckOut,
    CollectIn,
    CollectOut,
    ReceivedOut,
    UsageOut,
    UseIn,
)
from invoicing.open_api.received_wire import NAMES, read_row
from invoicing.open_api.telling import received_data
from invoicing.received_rows import ReceivedRow
from invoicing.services.consuming import NotBound
from invoicing.services.received import Outcome, RowWrong, collect_invoices, set_usage
from invoicing.services.verification import Asked, verify_invoice

MOST_ID: Final = 2**63
_NUMBER: Final = re.compile(r"[0-9]{8}|[0-9]{20}", re.ASCII)
_CODE: Final = re.compile(r"([0-9]{10}|[0-9]{12})?", re.ASCII)


class Collect(ClientView):
    """Pushed by the business system."""

    @extend_schema(
        operation_id="received_collect",
        tags=["received"],
        summary=_("Collect received invoices"),
        description=_(
            "Each invoice is kept once and counted once for its buyer, who is an enterprise of the tenant. Good ones "
            "are kept even where others are refused."
        ),
        request=CollectIn,
        responses={200: CollectOut},
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """200 with what became of each."""
        reading = Reading(self.body())
        rows = [read_row(item) for item in reading.items("invoices", most=policy.COLLECTED_PER_CALL)]
        reading.raise_faults()
        source = ReceivedInvoice.Source.PUSH
        whole = [row for row in rows if row is not None]
        outcomes = collect_invoices(actor=self.actor, tenant=self.tenant, rows=whole, source=source)
        return answer([_became(row, outcome) for row, outcome in zip(whole, outcomes, strict=True)])


class Received(ClientView):
    """What was collected."""

    @extend_schema(
        operation_id="received_list",
        tags=["received"],
        summary=_("List received invoices"),
        parameters=[
            OpenApiParameter("taxNo", str, description=str(_("Of the buyer; without it those of all enterprises."))),
            OpenApiParameter("expendStatus", str, enum=UsageState.values),
            OpenApiParameter("checkStatus", str, enum=Check.values),
            OpenApiParameter("after", str, description=str(_("“next” of the page before."))),
        ],
        responses={200: ReceivedOut},
    )
    def get(self, request: Request) -> Response:
        """200 with a page, newest first."""
        rows = ReceivedInvoice.objects.filter(tenant=self.tenant).select_related("taxpayer").order_by("-pk")
        if "taxNo" in request.query_params:
            rows = rows.filter(taxpayer__tax_number=bound(self, asked(request, "taxNo")).tax_number)
        if "expendStatus" in request.query_params:
            rows = rows.filter(usage=_one_of(request, "expendStatus", UsageState.values))
        if "checkStatus" in request.query_params:
            rows = rows.filter(check_state=_one_of(request, "checkStatus", Check.values))
        if "after" in request.query_params:
            rows = rows.filter(pk__lt=_place(request))
        found = list(rows[: policy.COLLECTED_PER_CALL + 1])
        page = found[: policy.COLLECTED_PER_CALL]
        return answer(
            {
                "invoices": [received_data(one) for one in page],
                "next": str(page[-1].pk) if len(found) > len(page) else "",
            }
        )


class Usage(ClientView):
    """What is done with them."""

    @extend_schema(
        operation_id="received_usage",
        tags=["received"],
        summary=_("Set what is done with received invoices"),
        description=_("For all of them or, where one cannot be moved, for none. 1 → 30 → 60 → 65, from 30 back to 1."),
        request=UseIn,
        responses={200: UsageOut},
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """200 with the invoices."""
        reading = Reading(self.body())
        usage = reading.choice("expendStatus", {value: value for value in UsageState.values}) or ""
        items = reading.items("invoices", most=policy.COLLECTED_PER_CALL)
        keys = {(item.text("invoiceCode", most=12), item.text("invoiceNo", needed=True, most=20)) for item in items}
        reading.raise_faults()
        invoices = set_usage(actor=self.actor, account=self.tenant.account, ids=self._ids(keys), usage=usage)
        return answer([received_data(one) for one in invoices])

    def _ids(self, keys: set[tuple[str, str]]) -> list[int]:
        wanted = Q(pk=0)
        for code, number in keys:
            wanted |= Q(code=code, number=number)
        found = list(ReceivedInvoice.objects.filter(wanted, tenant=self.tenant).values_list("pk", flat=True))
        if len(found) < len(keys):
            raise NotFound(_("At least one of these invoices was not collected in this tenant."))
        return found


class Verify(ClientView):
    """Asks the tax authority."""

    @extend_schema(
        operation_id="received_verify",
        tags=["received"],
        summary=_("Verify an invoice"),
        description=_(
            "From the day after it was issued, for five years, five times a day. The first answer of a day is one use "
            "of the tax number's entitlement; without an answer nothing is counted."
        ),
        request=CheckIn,
        responses={200: CheckOut},
    )
    def post(self, request: Request) -> Response:  # noqa: ARG002
        """200 with what the authority says."""
        said = verify_invoice(actor=self.actor, tenant=self.tenant, asked=_asked(Reading(self.body())))
        return answer({"result": said.verdict.value, "checksLeft": said.left})


def bound(view: ClientView, tax_number: str) -> Taxpayer:
    """The tenant's enterprise with this number, or NotBound."""
    found = Taxpayer.objects.bound().filter(tenant=view.tenant, tax_number=tax_number).first()
    if found is None:
        raise NotBound(tax_number=tax_number)
    return found


def _became(row: ReceivedRow, outcome: Outcome) -> dict[str, Any]:
    error = outcome.error
    faults = [(NAMES.get(name, name), text) for name, text in error.problems] if isinstance(error, RowWrong) else []
    return {
        "invoiceCode": row.code,
        "invoiceNo": row.number,
        "result": outcome.became.value,
        "errcode": _errcode(error),
        "description": str(error) if error is not None else "",
        "faults": [{"field": name, "message": text} for name, text in faults],
    }


def _errcode(error: DomainError | None) -> str:
    return OK if error is None else code_of(error).number


def _asked(reading: Reading) -> Asked:
    number, code = reading.text("invoiceNo", needed=True, most=20), reading.text("invoiceCode", most=12)
    tax_number, issued_on = reading.text("taxNo", needed=True, most=20), reading.day("invoiceDate")
    total = reading.number("totalAmount", needed=True)
    if number and not _NUMBER.fullmatch(number):
        reading.fault("invoiceNo", _("The number has 20 digits, or 8 beside a code."))
    if not _CODE.fullmatch(code) or bool(code) != (len(number) == 8):
        reading.fault("invoiceCode", _("The code has 10 or 12 digits, for invoices with a number of 8."))
    reading.raise_faults()
    assert issued_on is not None and total is not None  # noqa: S101, PT018  (else there are faults)
    return Asked(tax_number, number, issued_on, total, code)


def _one_of(request: Request, name: str, values: list[str]) -> str:
    value = asked(request, name)
    if value not in values:
        raise InputError(name, _("This is one of %(codes)s."), codes=", ".join(values))
    return value


def _place(request: Request) -> int:
    text = asked(request, "after")
    if not (text.isascii() and text.isdigit() and int(text) < MOST_ID):
        raise InputError("after", _("Send “next” of the page before, as it was given."))
    return int(text)
