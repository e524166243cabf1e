"""The parameters of the books: to look at, and for administrators of the set to change what can be changed."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.http import ConsoleRequest
from kiscloud.books.forms.set_up import ParametersForm
from kiscloud.books.months import worded
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.services.set_up import require_audits
from kiscloud.books.views.doors import address, draw, in_books


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.VIEW)
def parameters(request: ConsoleRequest, place: Place) -> HttpResponse:
    """Whose books these are and how they are kept."""
    books = place.books
    form = ParametersForm(request.POST or None, initial={"audit_first": books.audit_first})
    if request.method == "POST":
        wanted = form.is_valid() and form.cleaned_data["audit_first"]
        require_audits(actor=request.actor, account_set=place.account_set, audit_first=wanted)
        messages.success(request, _("The parameters are changed."))
        return redirect(address(place, "parameters"))
    context = {"form": form, "facts": _facts(place)}
    return draw(request, place, "books/parameters/form.html", context)


def _facts(place: Place) -> list[tuple[str, object]]:
    books = place.books
    audits = (_("Vouchers are audited before they are posted"), _("Yes") if books.audit_first else _("No"))
    return [
        (_("Company name"), books.company),
        (_("Taxpayer"), books.get_tax_kind_display()),
        (_("Chart of subjects"), books.get_template_display()),
        (_("Digits of each level"), "-".join(map(str, books.code_lengths))),
        (_("First period"), worded(books.start_month)),
        (_("Current period"), worded(books.month)),
        *([] if place.is_admin else [audits]),  # administrators have it in the form
    ]
