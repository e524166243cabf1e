"""Goods with what is on hand of each."""

from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import F, Model, Q
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, NotFound
from config.forms import refuse
from config.paging import paginate
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.inventory.forms.goods import GoodFilter, GoodForm
from kiscloud.inventory.models import Good
from kiscloud.inventory.reports.figures import stock_value
from kiscloud.inventory.services.goods import add_good, change_good, disable_good, next_code
from kiscloud.inventory.views.doors import address, draw, in_stock


@require_safe
@in_stock(Right.STOCK_VIEW)
def listing(request: ConsoleRequest, place: Place) -> HttpResponse:
    """By code, with stock on hand and its value."""
    form = GoodFilter(request.GET)
    found = Good.objects.filter(account_set=place.account_set).select_related("stock")
    if form.words:
        names = ("code__istartswith", "name__icontains", "specification__icontains")
        found = found.filter(any_of(names, form.words))
    if form.only_low:
        found = found.filter(stock__quantity__lt=F("least"), disabled=False)
    value, count = stock_value(place.account_set)
    context = {
        "filter": form,
        "page": paginate(found, request, order=("code",)),
        "narrowed": bool(form.words or form.only_low),
        "value": value,
        "count": count,
    }
    return draw(request, place, "inventory/goods/list.html", context, part="_rows.html")


def any_of(names: tuple[str, ...], words: str) -> Q:
    """One of these holds the words."""
    wanted = Q()
    for name in names:
        wanted |= Q(**{name: words})
    return wanted


@require_http_methods(["GET", "HEAD", "POST"])
@in_stock(Right.STOCK_ENTER)
def new(request: ConsoleRequest, place: Place) -> HttpResponse:
    """A good, with a code that is free."""
    form = GoodForm(request.POST or None, initial={"code": next_code(model=Good, account_set=place.account_set)})
    return form_page(request, place, form, add_good, noun="good", said=_("The good is added."))


@require_http_methods(["GET", "HEAD", "POST"])
@in_stock(Right.STOCK_ENTER)
def edit(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """What is said of a good."""
    good = good_of(place, pk)
    form = GoodForm(request.POST or None, initial=GoodForm.said_of(good))
    return form_page(request, place, form, change_good, noun="good", said=_("The good is changed."), good=good)


def form_page(
    request: ConsoleRequest, place: Place, form: Any, service: Any, *, noun: str, said: str, **row: Model
) -> HttpResponse:
    """The page of a form for a new row or one that is there; then the list, or the form again (`act=next`)."""
    status = 200
    if request.method == "POST":
        status = 422
        wanted: dict[str, Any] = {"actor": request.actor, "account_set": place.account_set}
        wanted |= {f"{name}_id": one.pk for name, one in row.items()}
        if form.is_valid() and _did(form, service, **wanted, facts=form.facts):
            messages.success(request, said)
            return redirect(address(place, f"{noun}-{'new' if request.POST.get('act') == 'next' else 'list'}"))
    template = f"inventory/{noun}s/form.html"
    return draw(request, place, template, {"form": form, **row}, status=status)


def _did(form: forms.Form, service: Any, **wanted: Any) -> bool:
    """Whether the service did it; if not, the form says why."""
    try:
        service(**wanted)
    except NotFound:
        raise
    except DomainError as error:
        refuse(form, error)
        return False
    return True


def good_of(place: Place, pk: int) -> Good:
    """The good of this set. Raises NotFound."""
    found = Good.objects.filter(account_set=place.account_set, pk=pk).select_related("stock", "account_set").first()
    if found is None:
        raise NotFound()
    return found


@require_POST
@in_stock(Right.STOCK_ENTER)
def act(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Disabled, or enabled again."""
    good_of(place, pk)
    disabled = request.POST.get("act") == "disable"
    disable_good(actor=request.actor, account_set=place.account_set, good_id=pk, disabled=disabled)
    messages.success(request, _("Done."))
    return redirect(address(place, "good-list"))
