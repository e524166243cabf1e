"""Which sets a client may enter, and tickets for them (S2.10, S13.5, S20.1)."""

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Strict
from config.api.view import checked
from kiscloud.api.client_base import ID_MOST, SELF, TAGS, ClientView
from kiscloud.client_serializers import ClientSetsOut, ClientTicketOut
from kiscloud.services.client_sets import choices_for
from kiscloud.services.tickets import issue_ticket


class TicketIn(Strict):
    """For which set."""

    set = serializers.IntegerField(min_value=1, max_value=ID_MOST)


class Sets(ClientView):
    """The chooser of the client."""

    @extend_schema(
        operation_id="client_sets_list",
        tags=TAGS,
        summary=_("List companies and sets"),
        description=_("Every set to which the person was added, and the demo sets; “hint” says what to do without."),
        responses=ClientSetsOut,
    )
    def get(self, request: Request) -> Response:  # noqa: ARG002
        """All of them."""
        companies = choices_for(user=self.device.user)
        own = any(not choice.company.is_demo for choice in companies)
        hint = "" if own else _now("Ask an administrator of your company to add you to an account set first.")
        last = self.device.last_set_id
        known = {choice.account_set.pk for company in companies for choice in company.sets}
        answer = {"companies": companies, "last_set": last if last in known else None, "hint": hint}
        return Response(ClientSetsOut(answer).data)


class Tickets(ClientView):
    """Ways into a set for another client of the same person."""

    @extend_schema(
        operation_id="client_tickets_create",
        tags=TAGS,
        summary=_("Get a launch ticket"),
        description=_("Good for a minute and for one entry. Tickets that the person got before are void."),
        request=TicketIn,
        responses={201: ClientTicketOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """201 with the ticket."""
        said = checked(TicketIn(data=request.data))
        row, secret = issue_ticket(actor=self.actor, set_id=said["set"])
        return Response(ClientTicketOut({"ticket": secret, "expires_at": row.expires_at}).data, status=201)
