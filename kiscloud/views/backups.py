"""Backups of a product's sets: the three lists, making, fetching, deleting, restoring (S16, S17)."""

from typing import Any, Final

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempt import attempt
from accounts.clearance import needs_code
from accounts.forms.base import typed
from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode, User
from config.errors import DomainError, NotAllowed, NotFound
from config.nav import NavItem
from config.paging import paginate
from config.web import page
from kiscloud import policy
from kiscloud.backup_reports import chosen_ids, contents_of, drive_of, hindrances, kind_of, listed, restorable
from kiscloud.forms.backups import RestoreForm
from kiscloud.models import AccountSet, Backup
from kiscloud.product_reports import shown
from kiscloud.services.archives import bound_to as bound_to_archive
from kiscloud.services.archives import open_archive
from kiscloud.services.backup_alarms import sentence_of, troubled
from kiscloud.services.backup_files import bound_to, delete_backups, may_delete_without_code, open_backup
from kiscloud.services.backups import start_backup
from kiscloud.services.restores import start_restore
from kiscloud.upgrades import PATHS
from kiscloud.views.doors import company_of, frame, subscription_of

Purpose = OneTimeCode.Purpose
TROUBLES_SHOWN: Final = 10


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Those of one product (S16.6), by where they come from (S16.4, S16.5)."""
    product, kind = subscription_of(request, pk), kind_of(request.GET.get("kind", ""))
    own = reverse("kiscloud:backup-list", args=[pk])
    context = {
        **frame(product.company, here="products"),
        "product": product,
        "row": shown(product),
        "kinds": [NavItem(str(one.label), f"{own}?kind={one.value}", current=one == kind) for one in Backup.Kind],
        "kind": kind,
        "page": paginate(listed(product, kind), request, order=("-id",)),
        "drive": drive_of(product.company),
        "most": policy.BACKUPS_MAX,
        "kept": policy.AUTOMATIC_KEPT,
        "upgrades": product.edition in PATHS,
        "troubles": [(one.name, sentence_of(account_set=one)) for one in troubled(product=product)[:TROUBLES_SHOWN]],
    }
    return page(request, "kiscloud/backups/list.html", context, part="_rows.html")


@require_safe
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What is in it, and what keeps it from being restored (S17.12)."""
    backup = _backup(pk)
    product = subscription_of(request, backup.subscription_id)
    found = contents_of(backup)
    context = {
        **frame(product.company, here="products"),
        "product": product,
        "row": shown(product),
        "backup": backup,
        "part": found.part if found else None,
        "counts": found.counts if found else [],
        "reasons": hindrances(backup, product, at=timezone.now()) if backup.state == Backup.State.SUCCESS else [],
    }
    return page(request, "kiscloud/backups/detail.html", context)


@require_POST
def start(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A backup of the set begins, and the list shows it (S16.1)."""
    account_set = AccountSet.objects.standing().select_related("subscription").filter(pk=pk).first()
    if account_set is None:
        raise NotFound()
    company_of(request, account_set.subscription.company_id)
    try:
        start_backup(actor=request.actor, set_id=pk)
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}")
    else:
        messages.success(request, _("The backup has begun. Reload the list to see when it is complete."))
    return redirect("kiscloud:backup-list", account_set.subscription_id)


def _of_address(request: ConsoleRequest, *, pk: int) -> str:
    company_of(request, _backup(pk).company_id)
    return bound_to(ids=[pk], user=request.user)


def _founder_of_backup(request: ConsoleRequest, *, pk: int) -> User:
    return company_of(request, _backup(pk).company_id).founder


@require_POST
@needs_code(Purpose.DOWNLOAD_BACKUP, _of_address, _founder_of_backup)
def download(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The file, as a ZIP (S16.11)."""
    try:
        backup, file = open_backup(actor=request.actor, backup_id=pk)
    except FileNotFoundError:
        raise NotFound() from None
    return _answer(file, f"{backup.set_number}-{backup.created_at:%Y%m%d-%H%M}.zip")


def _of_ticked(request: ConsoleRequest, *, pk: int) -> str:
    subscription_of(request, pk)
    return bound_to(ids=chosen_ids(request.POST), user=request.user)


def _founder(request: ConsoleRequest, *, pk: int) -> User:
    return subscription_of(request, pk).company.founder


@require_POST
def delete(request: ConsoleRequest, pk: int) -> HttpResponse:
    """One, or the ticked ones with one code (S16.12, S16.17–S16.19)."""
    product, ids = subscription_of(request, pk), chosen_ids(request.POST)
    of_product = Backup.objects.standing().filter(pk__in=ids, subscription=product)
    if not ids:
        messages.error(request, _("Tick at least one backup."))
        return redirect("kiscloud:backup-list", pk)
    if of_product.count() != len(ids):
        raise NotFound()
    act = _delete if may_delete_without_code(ids=ids) else _delete_with_code
    return act(request, pk=pk)


def _delete(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    kind = kind_of(request.POST.get("kind", ""))
    back = reverse("kiscloud:backup-list", args=[pk], query={"kind": kind.value})
    try:
        count = delete_backups(actor=request.actor, backup_ids=chosen_ids(request.POST))
    except (NotFound, NotAllowed):
        raise
    except DomainError as error:
        messages.error(request, f"{error} {error.hint}")
    else:
        done = ngettext("%(count)s backup was deleted.", "%(count)s backups were deleted.", count)
        messages.success(request, done % {"count": count})
    return redirect(back)


_delete_with_code = needs_code(Purpose.DELETE_BACKUP, _of_ticked, _founder)(_delete)


@require_http_methods(["GET", "POST"])
def restore(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A new set from a backup, beside those that are there (S17)."""
    product = subscription_of(request, pk)
    choices = restorable(product)
    form = RestoreForm(typed(request), backups=choices, initial={"backup": request.GET.get("backup")})

    def act() -> AccountSet:
        asked: dict[str, Any] = form.cleaned_data
        return start_restore(actor=request.actor, subscription_id=pk, backup_id=asked["backup"], name=asked["name"])

    tried = attempt(request, form, act)
    if tried.result is not None:
        messages.success(request, _("“%(set)s” is being restored.") % {"set": tried.result.name})
        return redirect("kiscloud:product-detail", pk)
    context = {
        **frame(product.company, here="products"),
        "product": product,
        "row": shown(product),
        "form": form,
        "choices": choices,
    }
    return page(request, "kiscloud/backups/restore.html", context, status=tried.status)


def _of_product(request: ConsoleRequest, *, pk: int) -> str:
    subscription_of(request, pk)
    return bound_to_archive(subscription_id=pk, user=request.user)


@require_safe
def archive(request: ConsoleRequest, pk: int) -> HttpResponse:
    """What was kept before the data was deleted (C9)."""
    product = subscription_of(request, pk)
    found = getattr(product, "archive", None)
    if found is None or product.purged_at is None:
        raise NotFound()
    context = {
        **frame(product.company, here="products"),
        "product": product,
        "row": shown(product),
        "archive": found,
        "sets": found.manifest["sets"],
    }
    return page(request, "kiscloud/backups/archive.html", context)


@require_POST
@needs_code(Purpose.DOWNLOAD_BACKUP, _of_product, _founder)
def fetch_archive(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The file, as a ZIP."""
    try:
        found, file = open_archive(actor=request.actor, subscription_id=pk)
    except FileNotFoundError:
        raise NotFound() from None
    return _answer(file, f"archive-{pk}-{found.created_at:%Y%m%d}.zip")


def _answer(file: Any, name: str) -> HttpResponse:
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/zip")
    response.headers["Cache-Control"] = "no-store"
    return response  # type: ignore[return-value]  # streamed, which the guards' type does not know


def _backup(pk: int) -> Backup:
    found = Backup.objects.standing().filter(pk=pk).first()
    if found is None:
        raise NotFound()
    return found
