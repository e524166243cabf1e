"""Upgrading: a set of an earlier product is uploaded, a job converts it, then it is restored (S26.2, Q-11)."""

from django.contrib import messages
from django.forms import BaseForm
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.attempt import attempt
from accounts.forms.base import show
from accounts.http import ConsoleRequest
from config.errors import DomainError
from config.web import page
from kiscloud import limits
from kiscloud.forms.upgrades import UpgradeForm
from kiscloud.product_reports import shown
from kiscloud.services.sent_backups import Sent
from kiscloud.services.upgrades import Found, UpgradeRefused, start_upgrade
from kiscloud.upgrades import PATHS
from kiscloud.views.doors import frame, subscription_of


@require_http_methods(["GET", "POST"])
def upgrade(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The file, and what was found in one that cannot be brought over."""
    product = subscription_of(request, pk)
    form = UpgradeForm(request.POST, request.FILES) if request.method == "POST" else UpgradeForm()
    found: list[Found] = []

    def refused(bound: BaseForm, error: DomainError) -> int:
        if isinstance(error, UpgradeRefused):
            found.append(error.found)
        return show(bound, error)

    def act() -> Sent:
        limits.upgrades(product.company_id)
        return start_upgrade(actor=request.actor, subscription_id=pk, content=form.cleaned_data["file"])

    tried = attempt(request, form, act, shown=refused)
    if tried.result is not None:
        if tried.result.fresh:
            messages.success(request, _("The file has arrived and is being converted."))
        return redirect("kiscloud:backup-detail", tried.result.backup.pk)
    context = {
        **frame(product.company, here="products"),
        "product": product,
        "row": shown(product),
        "form": form,
        "path": PATHS.get(product.edition),
        "found": found[0] if found else None,
    }
    return page(request, "kiscloud/upgrades/upgrade.html", context, status=tried.status)
