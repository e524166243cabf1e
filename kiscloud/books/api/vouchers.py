"""Vouchers by the API: listed, entered, changed, deleted."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.schema import envelope
from config.api.view import Outcome, checked
from config.errors import NotFound
from kiscloud.books.api.base import TAGS, BooksView
from kiscloud.books.api.inputs import BookVoucherIn, VoucherQuery, typed
from kiscloud.books.finding import find_vouchers
from kiscloud.books.models import Voucher
from kiscloud.books.rights import Right
from kiscloud.books.serializers import BookVoucherOut, WholeBookVoucherOut
from kiscloud.books.services.people import Place
from kiscloud.books.services.vouchers import delete_voucher, save_voucher

PEOPLE = ("maker", "auditor", "poster")
EXAMPLE = {
    "day": "2026-03-05",
    "attachments": 1,
    "lines": [
        {"summary": "收到投资款", "subject": "1002", "debit": "100000.00"},
        {"subject": "3001", "credit": "100000.00"},
    ],
}


def shown(place: Place, pk: int) -> dict[str, Any]:
    """A voucher of the set with its lines, freshly read. Raises NotFound."""
    rows = (
        Voucher.objects.of(place.account_set).select_related(*PEOPLE).prefetch_related("lines__subject", "lines__item")
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return dict(WholeBookVoucherOut(found).data)


@extend_schema_view(
    get=extend_schema(
        operation_id="books_vouchers_list",
        tags=TAGS,
        summary=_("List vouchers"),
        description=_("The latest day first, without their lines."),
        parameters=[VoucherQuery],
        responses=envelope(BookVoucherOut),
    ),
    post=extend_schema(
        operation_id="books_vouchers_create",
        tags=TAGS,
        summary=_("Enter a voucher"),
        description=_("It is numbered and waits to be audited, or is kept as a draft."),
        request=BookVoucherIn,
        responses={201: WholeBookVoucherOut},
        examples=[OpenApiExample("voucher", EXAMPLE, request_only=True)],
    ),
)
class Vouchers(BooksView):
    """The list, and new ones."""

    def get(self, request: Request, number: str) -> Response:
        """One page."""
        query = checked(VoucherQuery(data=request.query_params.dict()))
        rows = find_vouchers(self.place(number).account_set, query).select_related(*PEOPLE)
        return self.listing(rows, BookVoucherOut, limit=query["limit"], order=("-day", "-id"))

    def post(self, request: Request, number: str) -> Response:
        """201 with the voucher; its address in `Location`."""
        response = self.once(self.memory, lambda: _saved(self, request, number))
        response.headers["Location"] = request.build_absolute_uri(f"{response.data['id']}/")
        return response


@extend_schema_view(
    get=extend_schema(
        operation_id="books_vouchers_read", tags=TAGS, summary=_("Read a voucher"), responses=WholeBookVoucherOut
    ),
    patch=extend_schema(
        operation_id="books_vouchers_change",
        tags=TAGS,
        summary=_("Change a voucher"),
        description=_("Head and lines are replaced. Only drafts and vouchers that nobody audited can be changed."),
        request=BookVoucherIn,
        responses=WholeBookVoucherOut,
        examples=[OpenApiExample("voucher", EXAMPLE, request_only=True)],
    ),
    delete=extend_schema(
        operation_id="books_vouchers_delete",
        tags=TAGS,
        summary=_("Delete a voucher"),
        description=_("Only drafts and vouchers that nobody audited. Answers what it was."),
        request=None,
        responses={200: WholeBookVoucherOut},
    ),
)
class OneVoucher(BooksView):
    """One of them."""

    def get(self, request: Request, number: str, pk: int) -> Response:  # noqa: ARG002
        """With its lines."""
        return Response(shown(self.place(number), pk))

    def patch(self, request: Request, number: str, pk: int) -> Response:
        """200 with what it is now."""
        return self.once(self.memory, lambda: _saved(self, request, number, pk))

    def delete(self, request: Request, number: str, pk: int) -> Response:  # noqa: ARG002
        """200 with what it was."""

        def act() -> Outcome:
            place = self.place(number, Right.VOID)
            before = shown(place, pk)
            delete_voucher(actor=self.actor, account_set=place.account_set, voucher_id=pk)
            return 200, before

        return self.once(self.memory, act)


def _saved(view: BooksView, request: Request, number: str, pk: int | None = None) -> Outcome:
    place = view.place(number, Right.ENTER)
    asked = checked(BookVoucherIn(data=request.data))
    header, entries = typed(asked)
    saved = save_voucher(
        actor=view.actor,
        account_set=place.account_set,
        header=header,
        entries=entries,
        voucher_id=pk,
        draft=asked["draft"],
    )
    return (201 if pk is None else 200), shown(place, saved.pk)
