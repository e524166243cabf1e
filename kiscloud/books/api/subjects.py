"""Subjects, their items and periods by the API."""

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.inputs import Query
from accounts.api.schema import envelope
from config.api.view import checked
from kiscloud.books.api.base import TAGS, BooksView
from kiscloud.books.api.inputs import ItemQuery
from kiscloud.books.models import Item, Period, Subject
from kiscloud.books.serializers import ItemOut, PeriodOut, SubjectOut


@extend_schema_view(
    get=extend_schema(
        operation_id="books_subjects_list",
        tags=TAGS,
        summary=_("List the subjects of a set"),
        description=_("In the order of their codes."),
        parameters=[Query],
        responses=envelope(SubjectOut),
    )
)
class Subjects(BooksView):
    """The chart."""

    def get(self, request: Request, number: str) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Subject.objects.filter(account_set=self.place(number).account_set)
        return self.listing(rows, SubjectOut, limit=query["limit"], order=("code",))


@extend_schema_view(
    get=extend_schema(
        operation_id="books_periods_list",
        tags=TAGS,
        summary=_("List the periods of a set"),
        description=_("The current one first, then those that are closed."),
        parameters=[Query],
        responses=envelope(PeriodOut),
    )
)
class Periods(BooksView):
    """Months of the books."""

    def get(self, request: Request, number: str) -> Response:
        """One page."""
        query = checked(Query(data=request.query_params.dict()))
        rows = Period.objects.filter(account_set=self.place(number).account_set)
        return self.listing(rows, PeriodOut, limit=query["limit"], order=("-month",))


@extend_schema_view(
    get=extend_schema(
        operation_id="books_items_list",
        tags=TAGS,
        summary=_("List the items of a set"),
        description=_("Customers, suppliers, departments and so on, by which subjects are broken down."),
        parameters=[ItemQuery],
        responses=envelope(ItemOut),
    )
)
class Items(BooksView):
    """What subjects are broken down by."""

    def get(self, request: Request, number: str) -> Response:
        """One page."""
        query = checked(ItemQuery(data=request.query_params.dict()))
        rows = Item.objects.filter(account_set=self.place(number).account_set)
        if "kind" in query:
            rows = rows.filter(kind=query["kind"])
        return self.listing(rows, ItemOut, limit=query["limit"])
