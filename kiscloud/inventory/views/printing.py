"""A stock document as PDF."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.views.files import as_pdf
from kiscloud.inventory import printed
from kiscloud.inventory.views.documents import document_of
from kiscloud.inventory.views.doors import in_stock


@require_safe
@in_stock(Right.STOCK_VIEW)
def one(_request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """The document on its sheet."""
    document = document_of(place, pk)
    lines = list(document.lines.select_related("good").order_by("place"))
    name = str(document) if document.number else f"{document.pk}"
    return as_pdf(printed.draw([printed.Sheet(place.books.company, document, lines)]), name)
