"""Vouchers as PDF: one, or all that the list's filter shows."""

from collections.abc import Sequence

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError
from kiscloud.books import printed
from kiscloud.books.finding import find_vouchers
from kiscloud.books.forms.vouchers import VoucherFilter
from kiscloud.books.models import Line, Voucher
from kiscloud.books.naming import full_names
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.views.doors import in_books
from kiscloud.books.views.files import as_pdf
from kiscloud.books.views.vouchers import PEOPLE, voucher_of

SHEETS_MAX = 300


class TooManySheets(DomainError):
    """Drawing takes a while and memory."""

    code = "too_many_sheets"
    sentence = _("At most %(most)s vouchers are printed at once.")


@require_safe
@in_books(Right.VIEW)
def one(_request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """The voucher on its sheet."""
    voucher = voucher_of(place, pk)
    return _pdf(place, [voucher], f"{voucher.day:%Y%m}-{voucher.word}-{voucher.number or voucher.pk}")


@require_safe
@in_books(Right.VIEW)
def month(request: ConsoleRequest, place: Place) -> HttpResponse:
    """All that the list's filter (in the address) shows, in the order of their numbers."""
    form = VoucherFilter(request.GET, books=place.books)
    found = find_vouchers(place.account_set, form.asked).exclude(state=Voucher.State.DRAFT).select_related(*PEOPLE)
    vouchers = list(found.order_by("month", "word", "number")[: SHEETS_MAX + 1])
    if len(vouchers) > SHEETS_MAX:
        raise TooManySheets(most=SHEETS_MAX)
    return _pdf(place, vouchers, f"{place.account_set.number}-vouchers")


def _pdf(place: Place, vouchers: Sequence[Voucher], name: str) -> HttpResponse:
    rows = Line.objects.filter(voucher__in=vouchers).select_related("subject", "item").order_by("voucher_id", "place")
    lines: dict[int, list[Line]] = {}
    for row in rows:
        lines.setdefault(row.voucher_id, []).append(row)
    names = full_names(place.account_set)
    sheets = [printed.Sheet(place.books.company, one, lines.get(one.pk, []), names) for one in vouchers]
    return as_pdf(printed.draw(sheets), name)
