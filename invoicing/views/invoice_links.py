"""What the link of a letter opens, without a log-in: one invoice and its files."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from config.web import client_address, page
from invoicing import limits
from invoicing.invoice_files import file_of
from invoicing.invoice_links import open_link
from invoicing.views.invoices import face_context


@login_not_required
@require_safe
def show(request: HttpRequest, token: str) -> HttpResponse:
    """The face and its files."""
    limits.link_opens(client_address(request))
    invoice = open_link(token)
    context = {**face_context(invoice), "token": token}
    return page(request, "invoicing/issued/link.html", context)


@login_not_required
@require_safe
def fetch(request: HttpRequest, token: str, form: str) -> HttpResponse:
    """One of its files."""
    limits.link_opens(client_address(request))
    return file_of(open_link(token), form).answer()
