"""The end of a period by the API: what must hold, carrying over, closing gaps, closing and opening again."""

from collections.abc import Callable
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from config.api.view import Outcome, checked
from kiscloud.books.api.base import TAGS, BooksView
from kiscloud.books.api.inputs import CarryIn
from kiscloud.books.months import worded
from kiscloud.books.serializers import BookVoucherOut, CarriedOut, ChecksOut, CurrentPeriodOut, RenumberedOut
from kiscloud.books.services.closing import (
    carry_over,
    carry_over_year,
    checks_of,
    close_period,
    renumber,
    reopen_period,
)


@extend_schema_view(
    get=extend_schema(
        operation_id="books_periods_checks",
        tags=TAGS,
        summary=_("Read what must hold before the period closes"),
        description=_("Of the current period, in the order in which one does it."),
        responses=ChecksOut,
    )
)
class Checks(BooksView):
    """Of the current period."""

    def get(self, request: Request, number: str) -> Response:  # noqa: ARG002
        """Each with its sentence."""
        place = self.place(number)
        checks = checks_of(account_set=place.account_set, books=place.books)
        facts = {"month": worded(place.books.month), "ready": all(check.holds for check in checks), "checks": checks}
        return Response(ChecksOut(facts).data)


class PeriodAct(BooksView):
    """One act with the current period; the subclass says which, and how it is answered."""

    service: ClassVar[Callable[..., Any]]
    answer: ClassVar[int] = 200

    def post(self, request: Request, number: str) -> Response:
        """What came of it."""
        service: Any = type(self).service

        def act() -> Outcome:
            place = self.place(number)
            wanted = self.wanted(request)
            return self.answer, self.told(service(actor=self.actor, account_set=place.account_set, **wanted))

        return self.once(self.memory, act)

    def wanted(self, request: Request) -> dict[str, Any]:  # noqa: ARG002
        """What the service takes beside actor and set."""
        return {}

    def told(self, done: Any) -> dict[str, Any]:
        """The current period, which closing and opening again answer."""
        return dict(CurrentPeriodOut({"month": worded(done)}).data)


def _described(name: str, summary: Any, description: Any, shape: Any, *, body: Any = None, status: int = 200) -> Any:
    return extend_schema_view(
        post=extend_schema(
            operation_id=f"books_periods_{name}",
            tags=TAGS,
            summary=summary,
            description=description,
            request=body,
            responses={status: shape},
        )
    )


@_described(
    "carry_over",
    _("Carry over profit and loss"),
    _("Of the current period, all of which is posted. The vouchers wait to be posted."),
    CarriedOut,
    body=CarryIn,
    status=201,
)
class CarryOver(PeriodAct):
    """结转损益."""

    service = staticmethod(carry_over)
    answer = 201

    def wanted(self, request: Request) -> dict[str, Any]:
        """In one voucher or two."""
        return dict(checked(CarryIn(data=request.data)))

    def told(self, done: Any) -> dict[str, Any]:
        """The vouchers, without their lines."""
        return dict(CarriedOut({"vouchers": done}).data)


@_described(
    "carry_over_year",
    _("Carry over the year's profit"),
    _("In December, after profit and loss. The voucher waits to be posted."),
    BookVoucherOut,
    status=201,
)
class CarryOverYear(PeriodAct):
    """结转本年利润."""

    service = staticmethod(carry_over_year)
    answer = 201

    def told(self, done: Any) -> dict[str, Any]:
        """The voucher, without its lines."""
        return dict(BookVoucherOut(done).data)


@_described(
    "renumber",
    _("Close gaps in the voucher numbers"),
    _("Of the current period; posted vouchers keep their numbers."),
    RenumberedOut,
)
class Renumber(PeriodAct):
    """断号整理."""

    service = staticmethod(renumber)

    def told(self, done: Any) -> dict[str, Any]:
        """How many changed."""
        return {"changed": done}


@_described(
    "close",
    _("Close the current period"),
    _("Answers the next one, which is the current one then. Refused as long as one of the checks does not hold."),
    CurrentPeriodOut,
)
class Close(PeriodAct):
    """结账."""

    service = staticmethod(close_period)


@_described(
    "reopen",
    _("Open the last closed period again"),
    _("Administrators of the account set only, and only while nothing is posted in the current period."),
    CurrentPeriodOut,
)
class Reopen(PeriodAct):
    """反结账."""

    service = staticmethod(reopen_period)
