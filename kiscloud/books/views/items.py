"""Items by which subjects are broken down: the lists, and what stands on each."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, InputError, NotFound
from config.forms import refuse
from config.paging import paginate
from kiscloud.books.forms.reports import ItemsForm
from kiscloud.books.forms.set_up import ItemChange, ItemForm
from kiscloud.books.models import Item, ItemKind
from kiscloud.books.periods import as_choices, months_with_balances
from kiscloud.books.reports.items import item_balances
from kiscloud.books.rights import Right
from kiscloud.books.services.items import add_item, change_item
from kiscloud.books.services.people import Place
from kiscloud.books.views.doors import address, draw, in_books


def kind_asked(request: ConsoleRequest) -> str:
    """The list that the address names; customers if it names none."""
    asked = request.GET.get("kind", "")
    return asked if asked in ItemKind.values else str(ItemKind.CUSTOMER)


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.VIEW)
def items(request: ConsoleRequest, place: Place) -> HttpResponse:
    """One list, and a new one for it."""
    kind = kind_asked(request)
    form = ItemForm(request.POST or None)
    wanted: dict[str, Any] = {"actor": request.actor, "account_set": place.account_set, "kind": kind}
    if request.method == "POST" and form.is_valid():
        try:
            add_item(**wanted, **form.cleaned_data)
        except InputError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The item is added."))
            return redirect(f"{address(place, 'item-list')}?kind={kind}")
    rows = paginate(Item.objects.filter(account_set=place.account_set, kind=kind), request, order=("code",))
    context = {"page": rows, "kind": kind, "kinds": ItemKind.choices, "form": form}
    status = 422 if request.method == "POST" else 200
    return draw(request, place, "books/items/list.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.SET_UP)
def edit_item(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Its name, and whether something new can name it."""
    item = item_of(place, pk)
    form = ItemChange(request.POST or None, initial={"name": item.name, "disabled": item.disabled})
    if request.method == "POST" and form.is_valid():
        try:
            change_item(actor=request.actor, account_set=place.account_set, item_id=pk, **form.cleaned_data)
        except NotFound:
            raise
        except DomainError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The item is changed."))
            return redirect(f"{address(place, 'item-list')}?kind={item.kind}")
    status = 422 if request.method == "POST" else 200
    return draw(request, place, "books/items/form.html", {"form": form, "item": item}, status=status)


def item_of(place: Place, pk: int) -> Item:
    """The item of this set. Raises NotFound."""
    found = Item.objects.filter(account_set=place.account_set, pk=pk).first()
    if found is None:
        raise NotFound()
    return found


@require_safe
@in_books(Right.VIEW)
def balances(request: ConsoleRequest, place: Place) -> HttpResponse:
    """核算项目余额表 of a month."""
    form = ItemsForm(request.GET, books=place.books, months=as_choices(months_with_balances(place.books)))
    waiting = bool(form.cleaned_data.get("waiting"))
    found = item_balances(place.account_set, form.kind_chosen, form.chosen, waiting=waiting)
    context = {"filter": form, "month": form.chosen, "found": found, "kind": form.kind_chosen}
    return draw(request, place, "books/reports/items.html", context, part="_items.html")
