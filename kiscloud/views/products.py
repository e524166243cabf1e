"""Products of a company: the list, and what is done with one (S6–S11)."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.history import moments
from accounts.http import ConsoleRequest
from accounts.models import Event
from config.web import page
from kiscloud import policy
from kiscloud.editions import Edition
from kiscloud.forms.products import ActivateForm, AddForm
from kiscloud.models import Subscription
from kiscloud.product_reports import Shown, days_of, order_pages, rows_of, shown, waiting_keys
from kiscloud.services.activation import activate_product, add_module, update_service
from kiscloud.services.subscriptions import add_product, delete_product, is_verified, try_product
from kiscloud.services.switching import switch_to_private
from kiscloud.views.doors import company_of, frame, subscription_of


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What choosing a company opens (S4.9): its products, and what was bought and waits to be used."""
    company = company_of(request, pk)
    rows, keys = rows_of(company), waiting_keys(company)
    context = {**frame(company, here="products"), "rows": rows, "keys": keys, "grace": policy.GRACE.days}
    return page(request, "kiscloud/products/list.html", context)


@require_http_methods(["GET", "POST"])
def add(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Choose a product, then use it (S6.1)."""
    company = company_of(request, pk)
    form = AddForm(typed(request), initial={"edition": request.GET.get("edition") or Edition.TRADE})
    tried = attempt(
        request,
        form,
        lambda: add_product(actor=request.actor, company_id=pk, edition=form.cleaned_data["edition"]),
    )
    if tried.result is not None:
        messages.success(request, _("%(name)s was added.") % {"name": tried.result.get_edition_display()})
        if serial := request.GET.get("serial", "")[:20]:
            return redirect(reverse("kiscloud:product-activate", args=[tried.result.pk], query={"serial": serial}))
        return redirect("kiscloud:product-detail", tried.result.pk)
    context = {**frame(company, here="products"), "form": form}
    return page(request, "kiscloud/products/add.html", context, status=tried.status)


@require_safe
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """How it stands, until when, and what happened."""
    product = subscription_of(request, pk)
    row = shown(product)
    events = Event.objects.filter(subject_type=Subscription._meta.label_lower, subject_id=pk).order_by("-id")[:30]
    context = {
        **_around(row),
        "days": days_of(row),
        "orders": order_pages(product),
        "moments": moments(events.select_related("account", "counterpart"), viewer=product.company.account),
        "grace": policy.GRACE.days,
    }
    return page(request, "kiscloud/products/detail.html", context)


@require_http_methods(["GET", "POST"])
def activate(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Serial number and CD-Key (S8.1)."""
    product = subscription_of(request, pk)
    form = ActivateForm(typed(request), initial={"serial": request.GET.get("serial", "")[:40]})
    tried = attempt(
        request, form, lambda: activate_product(actor=request.actor, subscription_id=pk, **form.cleaned_data)
    )
    if tried.done:
        messages.success(request, _("%(name)s is activated.") % {"name": product.get_edition_display()})
        return redirect("kiscloud:product-detail", pk)
    context = {**_around(shown(product)), "form": form}
    return page(request, "kiscloud/products/activate.html", context, status=tried.status)


@require_http_methods(["GET", "POST"])
def try_out(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Free, for a while (S7)."""
    product = subscription_of(request, pk)
    period = policy.TRIAL_VERIFIED if is_verified(company=product.company) else policy.TRIAL
    says = [
        _("It runs for %(days)s days, counted from now, with 1 account set and %(users)s users.")
        % {"days": period.days, "users": policy.TRIAL_USERS},
        _("A company tries at most %(most)s products. One that is deleted afterwards still counts.")
        % {"most": policy.TRIAL_PRODUCTS},
    ]
    if period == policy.TRIAL:
        says.append(
            _("Of a verified company it runs for %(days)s days. Verifying later does not make this trial longer.")
            % {"days": policy.TRIAL_VERIFIED.days}
        )
    return _confirm(request, product, try_product, says, label=_("Start the trial"), done=_("The trial has begun."))


@require_http_methods(["GET", "POST"])
def update(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What was bought counts from now on (S10.5, S10.6)."""
    product = subscription_of(request, pk)
    says = [
        _("The new period counts from this moment, whatever is left of the old one."),
        _("Users and account sets are those of the order that was paid."),
    ]
    return _confirm(
        request, product, update_service, says, label=_("Update the service"), done=_("The service is updated.")
    )


@require_http_methods(["GET", "POST"])
def module(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The public-cloud service module that was bought (S18.2)."""
    product = subscription_of(request, pk)
    says = [_("The product can then be switched to the public cloud also after its first year in a private one.")]
    return _confirm(request, product, add_module, says, label=_("Add the module"), done=_("The module was added."))


@require_http_methods(["GET", "POST"])
def switch(request: ConsoleRequest, pk: int) -> HttpResponse:
    """To a private cloud (S18.9)."""
    product = subscription_of(request, pk)
    says = [
        _("Whoever is in one of its account sets is logged off."),
        _(
            "With the first log-in in the private cloud it is in use there. "
            "Its account sets here and their backups stay."
        ),
        _("Take the data along by a backup that is restored in the private cloud."),
    ]
    return _confirm(
        request,
        product,
        switch_to_private,
        says,
        label=_("Switch to a private cloud"),
        done=_("It changes with the next log-in."),
    )


@require_http_methods(["GET", "POST"])
def delete(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Off the list (S11)."""
    product = subscription_of(request, pk)
    says = [_("It leaves the list of products.")]
    if product.tried_at is not None:
        says.append(_("Its trial stays counted: no other product can be tried in its place."))
    return _confirm(
        request,
        product,
        delete_product,
        says,
        label=_("Delete"),
        done=_("%(name)s was deleted.") % {"name": product.get_edition_display()},
        danger=True,
        stays=False,
    )


def _confirm(
    request: ConsoleRequest,
    product: Subscription,
    act: Callable[..., object],
    says: list[str],
    *,
    label: str,
    done: str,
    danger: bool = False,
    stays: bool = True,
) -> HttpResponse:
    """What will follow, and the button."""
    form = forms.Form(typed(request))
    tried = attempt(request, form, lambda: act(actor=request.actor, subscription_id=product.pk))
    if tried.done:
        messages.success(request, done)
        if stays:
            return redirect("kiscloud:product-detail", product.pk)
        return redirect("kiscloud:company-detail", product.company_id)
    context = {**_around(shown(product)), "form": form, "says": says, "label": label, "danger": danger}
    return page(request, "kiscloud/products/confirm.html", context, status=tried.status)


def _around(row: Shown) -> dict[str, Any]:
    return {**frame(row.product.company, here="products"), "row": row, "product": row.product}
