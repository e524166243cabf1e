"""Voucher templates: listed, made of a voucher, renamed, deleted."""

from django.contrib import messages
from django.db.models import Count, Sum
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import ConsoleRequest
from config.errors import DomainError, InputError, NotFound
from config.forms import refuse
from config.paging import paginate
from kiscloud.books.forms.templates import TemplateForm, TemplateName
from kiscloud.books.models import VoucherTemplate
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place
from kiscloud.books.services.templates import delete_template, make_template, rename_template
from kiscloud.books.views.doors import address, draw, in_books
from kiscloud.books.views.vouchers import template_of, voucher_of


@require_safe
@in_books(Right.ENTER)
def listing(request: ConsoleRequest, place: Place) -> HttpResponse:
    """By name."""
    rows = VoucherTemplate.objects.filter(account_set=place.account_set)
    found = rows.annotate(count=Count("lines"), total=Sum("lines__debit"))
    context = {"page": paginate(found, request, order=("name",))}
    return draw(request, place, "books/templates/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.ENTER)
def new(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Of this voucher."""
    voucher = voucher_of(place, pk)
    form = TemplateForm(request.POST or None, initial={"name": voucher.summary})
    if request.method == "POST" and form.is_valid():
        try:
            make_template(actor=request.actor, account_set=place.account_set, voucher_id=pk, **form.cleaned_data)
        except InputError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The template is kept. New vouchers can begin with it."))
            return redirect(address(place, "template-list"))
    context = {"form": form, "voucher": voucher}
    return draw(request, place, "books/templates/form.html", context, status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@in_books(Right.ENTER)
def rename(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Another name."""
    template = template_of(place, pk)
    form = TemplateName(request.POST or None, initial={"name": template.name})
    if request.method == "POST" and form.is_valid():
        try:
            rename_template(actor=request.actor, account_set=place.account_set, template_id=pk, **form.cleaned_data)
        except InputError as error:
            refuse(form, error)
        else:
            messages.success(request, _("The template is renamed."))
            return redirect(address(place, "template-list"))
    context = {"form": form, "template": template}
    return draw(request, place, "books/templates/form.html", context, status=422 if request.method == "POST" else 200)


@require_POST
@in_books(Right.ENTER)
def delete(request: ConsoleRequest, place: Place, pk: int) -> HttpResponse:
    """Gone; vouchers stay."""
    try:
        delete_template(actor=request.actor, account_set=place.account_set, template_id=pk)
    except NotFound:
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}".strip())
    else:
        messages.success(request, _("The template is deleted."))
    return redirect(address(place, "template-list"))
