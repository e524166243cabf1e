"""Entering, staying, waiting, leaving (S8, S12, S20.6–S20.10)."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Strict
from config.api.view import checked
from config.errors import NotFound
from kiscloud.api.client_base import ID_MOST, SELF, TAGS, ClientView
from kiscloud.client_serializers import ClientPlaceOut, ClientSeatOut, ClientStandingOut
from kiscloud.models import AccountSet
from kiscloud.services.seats import beat, enter_inventory, enter_set, leave
from kiscloud.services.waits import ask_to_leave, may_use, stop_waiting, wait_for_seat


class WhereIn(Strict):
    """A set, or a product for its inventory app."""

    set = serializers.IntegerField(min_value=1, max_value=ID_MOST, required=False)
    inventory = serializers.IntegerField(
        min_value=1, max_value=ID_MOST, required=False, help_text=_("The number of the product.")
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """One of the two."""
        if len(attrs) != 1:
            raise serializers.ValidationError(_("Name either a set, or a product for its inventory app."))
        return attrs


class BeatIn(Strict):
    """A sign of life."""

    active = serializers.BooleanField(
        required=False, default=True, help_text=_("Whether the person did something since the last one.")
    )


class Seats(ClientView):
    """The way in."""

    @extend_schema(
        operation_id="client_seats_enter",
        tags=TAGS,
        summary=_("Enter"),
        description=_(
            "The same device comes back into its seat; another device of the person takes it over. When all users "
            "are in, the refusal “seats_taken” says who has done nothing for the longest time."
        ),
        request=WhereIn,
        responses={201: ClientSeatOut},
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """201 with the seat."""
        said = checked(WhereIn(data=request.data))
        if "set" in said:
            seat = enter_set(actor=self.actor, set_id=said["set"], device=self.device)
        else:
            seat = enter_inventory(actor=self.actor, subscription_id=said["inventory"], device=self.device)
        return Response(ClientSeatOut(seat).data, status=201)


class OneSeat(ClientView):
    """The way out."""

    @extend_schema(
        operation_id="client_seats_leave",
        tags=TAGS,
        summary=_("Leave"),
        description=_("The seat is free at once. Leaving twice is no error."),
        request=None,
        responses={204: None},
        extensions=SELF,
    )
    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """204."""
        leave(seat_id=pk, device=self.device)
        return Response(status=204)


class Beats(ClientView):
    """Signs of life."""

    @extend_schema(
        operation_id="client_seats_beat",
        tags=TAGS,
        summary=_("Say that the client is still there"),
        description=_("Once a minute. The answer says whether it is still in, and how long it may stay."),
        request=BeatIn,
        responses=ClientStandingOut,
        extensions=SELF,
    )
    def post(self, request: Request, pk: int) -> Response:
        """200 with how it stands."""
        said = checked(BeatIn(data=request.data))
        return Response(ClientStandingOut(beat(seat_id=pk, device=self.device, active=said["active"])).data)


class Requests(ClientView):
    """Asking somebody to leave."""

    @extend_schema(
        operation_id="client_seats_ask",
        tags=TAGS,
        summary=_("Ask somebody to leave"),
        description=_("Whoever has the seat reads it with the next sign of life. Once in ten minutes for each seat."),
        request=None,
        responses={204: None},
        extensions=SELF,
    )
    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """204."""
        ask_to_leave(actor=self.actor, seat_id=pk)
        return Response(status=204)


class Queue(ClientView):
    """Waiting for a seat."""

    @extend_schema(
        operation_id="client_queue_join",
        tags=TAGS,
        summary=_("Wait for a seat"),
        description=_("Call it again every few seconds to keep the place; “free” says when to enter."),
        request=WhereIn,
        responses=ClientPlaceOut,
        extensions=SELF,
    )
    def post(self, request: Request) -> Response:
        """200 with the place."""
        product_id, account_set = self._where(checked(WhereIn(data=request.data)))
        place = wait_for_seat(actor=self.actor, product_id=product_id, account_set=account_set)
        return Response(ClientPlaceOut(place).data)

    @extend_schema(
        operation_id="client_queue_leave",
        tags=TAGS,
        summary=_("Wait no longer"),
        request=WhereIn,
        responses={204: None},
        extensions=SELF,
    )
    def delete(self, request: Request) -> Response:
        """204."""
        product_id, account_set = self._where(checked(WhereIn(data=request.data)))
        stop_waiting(actor=self.actor, product_id=product_id, account_set=account_set)
        return Response(status=204)

    def _where(self, said: Mapping[str, Any]) -> tuple[int, AccountSet | None]:
        """Product and set, of those that the person may enter; others do not exist."""
        user = self.device.user
        if "set" in said:
            account_set = AccountSet.objects.seen_by(user).filter(pk=said["set"]).first()
            if account_set is None:
                raise NotFound()
            return account_set.subscription_id, account_set
        if not may_use(user=user, product_id=said["inventory"]):
            raise NotFound()
        return said["inventory"], None
