"""Business partners."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import NotFound
from config.paging import paginate
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.inventory.forms.goods import SearchForm
from kiscloud.inventory.forms.partners import PartnerForm
from kiscloud.inventory.models import Partner
from kiscloud.inventory.services.goods import next_code
from kiscloud.inventory.services.partners import add_partner, change_partner, disable_partner
from kiscloud.inventory.views.doors import address, draw, in_stock
from kiscloud.inventory.views.goods import any_of, form_page


@require_safe
@in_stock(Right.STOCK_VIEW)
def listing(request: ConsoleRequest, place: Place) -> HttpResponse:
    """By code."""
    form = SearchForm(request.GET)
    found = Partner.objects.filter(account_set=place.account_set)
    if form.words:
        found = found.filter(any_of(("code__istartswith", "name__icontains"), form.words))
    context = {"filter": form, "page": paginate(found, request, order=("code",)), "narrowed": bool(form.words)}
    return draw(request, place, "inventory/partners/list.html", context, part="_rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
@in_stock(Right.STOCK_ENTER)
def new(request: ConsoleRequest, place: Place) -> HttpResponse:
    """A partner, with a code that is free."""
    form = PartnerForm(request.POST or None, initial={"code": next_code(model=Partner, account_set=place.account_set)})
    return form_page(request, place, form, add_partner, noun="partner", said=_("The business partner is added."))


@require_http_methods(["GET", "HEAD", "POST"])
@in_stock(Right.STOCK_ENTER)
def edit(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """What is said of a partner."""
    partner = partner_of(place, pk)
    form = PartnerForm(request.POST or None, initial=PartnerForm.said_of(partner))
    said = _("The business partner is changed.")
    return form_page(request, place, form, change_partner, noun="partner", said=said, partner=partner)


def partner_of(place: Place, pk: int) -> Partner:
    """The partner of this set. Raises NotFound."""
    found = Partner.objects.filter(account_set=place.account_set, pk=pk).first()
    if found is None:
        raise NotFound()
    return found


@require_POST
@in_stock(Right.STOCK_ENTER)
def act(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Disabled, or enabled again."""
    partner_of(place, pk)
    disabled = request.POST.get("act") == "disable"
    disable_partner(actor=request.actor, account_set=place.account_set, partner_id=pk, disabled=disabled)
    messages.success(request, _("Done."))
    return redirect(address(place, "partner-list"))
