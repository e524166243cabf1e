"""Invitations of the key's account: sent, listed, withdrawn, sent again. They are answered by people, not by keys."""

from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import limits
from accounts.api.base import SIDES_OF_INVITATION, AccountView
from accounts.api.inputs import InvitationIn, InvitationQuery
from accounts.api.schema import envelope
from accounts.models import Invitation
from accounts.models.invitation import InvitationQuerySet
from accounts.serializers import InvitationOut
from accounts.services.invitations import repeat_invitation, send_invitation, withdraw_invitation
from accounts.terms import Terms
from config.api.view import Outcome, checked
from config.errors import InputError

TAGS = ["invitations"]


@extend_schema_view(
    get=extend_schema(
        operation_id="invitations_list",
        tags=TAGS,
        summary=_("List invitations"),
        description=_("Newest first, asked by this account and put to it; changes of permissions included."),
        parameters=[InvitationQuery],
        responses=envelope(InvitationOut),
    ),
    post=extend_schema(
        operation_id="invitations_create",
        tags=TAGS,
        summary=_("Invite an account"),
        description=_("The other account gets a letter and a text with a link that is valid for 48 hours."),
        request=InvitationIn,
        responses={201: InvitationOut},
        examples=[
            OpenApiExample(
                "invitation",
                {"identifier": "chenxi", "kind": "partner", "preset": "view", "remark": "物流伙伴"},
                request_only=True,
            )
        ],
    ),
)
class Invitations(AccountView):
    """The list, and new ones."""

    def get(self, request: Request) -> Response:
        """One page, narrowed as asked."""
        query = checked(InvitationQuery(data=request.query_params.dict()))
        mine = Q(relationship__manager=self.account) | Q(relationship__member=self.account)
        rows = Invitation.objects.filter(mine).select_related(*SIDES_OF_INVITATION)
        if "state" in query:
            rows = _in_state(rows, query["state"])
        if "side" in query:
            rows = rows.filter(Q(**{f"relationship__{query['side']}": self.account}))
        for name in {"purpose", "relationship"} & set(query):
            rows = rows.filter(Q(**{name: query[name]}))
        return self.listing(rows, InvitationOut, limit=query["limit"])

    def post(self, request: Request) -> Response:
        """201 with the invitation; its address in `Location`."""
        try:
            response = self.once(self.memory, lambda: self._send(request))
        except InputError as error:
            if error.field == "identifier":  # whoever tries names is stopped; whoever invites is not
                limits.target_checks(self.account.pk)
            raise
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response

    def _send(self, request: Request) -> Outcome:
        asked = checked(InvitationIn(data=request.data))
        invitation = send_invitation(
            actor=self.actor,
            manager=self.account,
            identifier=asked["identifier"],
            kind=asked["kind"],
            terms=Terms.asked(asked["points"], asked.get("inherits", ())),
            remark=asked.get("remark", ""),
        )
        return 201, shown(self, invitation.pk)


def _in_state(rows: InvitationQuerySet, state: str) -> InvitationQuerySet:
    """As `state_at` would show them: an open one past its time has expired."""
    now = timezone.now()
    if state == Invitation.State.OPEN:
        return rows.filter(state=state, expires_at__gt=now)
    if state == Invitation.State.EXPIRED:
        return rows.filter(Q(state=state) | Q(state=Invitation.State.OPEN, expires_at__lte=now))
    return rows.filter(state=state)


@extend_schema_view(
    get=extend_schema(
        operation_id="invitations_read", tags=TAGS, summary=_("Read an invitation"), responses=InvitationOut
    ),
    delete=extend_schema(
        operation_id="invitations_withdraw",
        tags=TAGS,
        summary=_("Withdraw an invitation"),
        description=_("Its links stop working. The invitation stays in the list as withdrawn."),
        responses={200: InvitationOut},
    ),
)
class OneInvitation(AccountView):
    """One of them."""

    def get(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """As it stands now."""
        return Response(shown(self, pk))

    def delete(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """Withdrawn; the body says so."""
        self.asked(pk)

        def act() -> Outcome:
            withdraw_invitation(actor=self.actor, invitation_id=pk)
            return 200, shown(self, pk)

        return self.once(self.memory, act)


@extend_schema_view(
    post=extend_schema(
        operation_id="invitations_resend",
        tags=TAGS,
        summary=_("Send an invitation again"),
        description=_("New letters with new links; the old links stop working and the deadline stays."),
        request=None,
        responses={200: InvitationOut},
    )
)
class Resending(AccountView):
    """Another letter."""

    def post(self, request: Request, pk: int) -> Response:  # noqa: ARG002
        """The invitation as it stands."""
        self.asked(pk)

        def act() -> Outcome:
            repeat_invitation(actor=self.actor, invitation_id=pk)
            return 200, shown(self, pk)

        return self.once(self.memory, act, before=lambda: limits.resends(pk))


def shown(view: AccountView, pk: int) -> dict[str, Any]:
    """The invitation as the API shows it, freshly read."""
    return dict(InvitationOut(view.invitation(pk), context=view.serializer_context()).data)
