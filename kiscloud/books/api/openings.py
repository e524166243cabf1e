"""Opening balances by the API."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import Outcome, checked
from config.errors import InputError
from kiscloud.books.api.base import TAGS, BooksView
from kiscloud.books.api.inputs import OpeningsIn
from kiscloud.books.months import worded
from kiscloud.books.serializers import OpeningsOut
from kiscloud.books.services.openings import (
    ZERO,
    Key,
    Opening,
    enter_openings,
    finish_openings,
    opening_sums,
    resume_openings,
    stored_openings,
)
from kiscloud.books.services.people import Place

EXAMPLE = {
    "openings": [{"subject": "1002", "balance": "5000.00"}, {"subject": "1122", "item": "C001", "balance": "800.00"}]
}


def shown(place: Place) -> dict[str, Any]:
    """What stands there now, and whether it is finished."""
    debit, credit = opening_sums(account_set=place.account_set)
    facts = {
        "month": worded(place.books.start_month),
        "opened_at": place.books.opened_at,
        "debit": debit,
        "credit": credit,
        "openings": stored_openings(books=place.books),
    }
    return dict(OpeningsOut(facts).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="books_openings_read",
        tags=TAGS,
        summary=_("Read the opening balances"),
        description=_("Each on its subject's own side; those at nought are left out."),
        responses=OpeningsOut,
    ),
    post=extend_schema(
        operation_id="books_openings_enter",
        tags=TAGS,
        summary=_("Enter the opening balances"),
        description=_("All of them: subjects that are not named begin at nought. They need not balance yet."),
        request=OpeningsIn,
        responses=OpeningsOut,
        examples=[OpenApiExample("openings", EXAMPLE, request_only=True)],
    ),
)
class Openings(BooksView):
    """All of them at once."""

    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        """As they stand."""
        return Response(shown(self.place(number)))

    def post(self, request: Request, number: str) -> Response:
        """As they are now."""

        def act() -> Outcome:
            place = self.place(number)
            openings = _typed(checked(OpeningsIn(data=request.data))["openings"])
            enter_openings(actor=self.actor, account_set=place.account_set, openings=openings)
            return 200, shown(self.place(number))

        return self.once(self.memory, act)


def _typed(asked: Sequence[Mapping[str, Any]]) -> dict[Key, Opening]:
    """By subject and item, each once. Raises InputError."""
    found: dict[Key, Opening] = {}
    for one in asked:
        key = (one["subject"], one["item"])
        if key in found:
            raise InputError("openings", _("%(subject)s stands there twice."), subject=" ".join(key).strip())
        found[key] = Opening(one["balance"], one["year_debit"], one["year_credit"], one["quantity"] or ZERO)
    return found


class OpeningsAct(BooksView):
    """One act with them."""

    service: ClassVar[Callable[..., None]]

    def post(self, request: Request, number: str) -> Response:  # noqa: ARG002
        """As they are now."""
        service: Any = type(self).service

        def act() -> Outcome:
            service(actor=self.actor, account_set=self.place(number).account_set)
            return 200, shown(self.place(number))

        return self.once(self.memory, act)


def _described(name: str, summary: Any, description: Any) -> Any:
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"books_openings_{name}",
            tags=TAGS,
            summary=summary,
            description=description,
            request=None,
            responses=OpeningsOut,
        )
    )


@_described("finish", _("Finish the opening balances"), _("The books are open: vouchers can be posted from now on."))
class Finish(OpeningsAct):
    """The books are open."""

    service = staticmethod(finish_openings)


@_described("resume", _("Take up the opening balances again"), _("Only as long as nothing was posted."))
class Resume(OpeningsAct):
    """They can be entered again."""

    service = staticmethod(resume_openings)
