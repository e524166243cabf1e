"""Records of deletions: account sets, and backups of them (S15.6, S16.14)."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.http import ConsoleRequest
from config.nav import NavItem
from config.paging import paginate
from config.web import page
from kiscloud.models import Deletion
from kiscloud.views.doors import company_of, frame


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """When, by whom, what, confirmed with whose phone, on which server."""
    company = company_of(request, pk)
    kind = request.GET.get("kind", "")
    kind = kind if kind in Deletion.Kind.values else Deletion.Kind.SET
    own = reverse("kiscloud:deletion-list", args=[pk])
    kinds = [NavItem(str(label), f"{own}?kind={key}", current=key == kind) for key, label in Deletion.Kind.choices]
    rows = company.deletions.filter(kind=kind).select_related("deleted_by")
    context = {**frame(company, here="deletions"), "kinds": kinds, "page": paginate(rows, request, order=("-id",))}
    return page(request, "kiscloud/deletions/list.html", context)
