"""Dissolving a link: what stands in the way, what will follow, then consent and a code (K8)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.attempt import attempt
from accounts.clearance import needs_code, own_relationship
from accounts.forms.dissolving import DissolveForm
from accounts.guards import needs, seen_by
from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode, Relationship
from accounts.permissions import Right
from accounts.preflight import findings
from accounts.services.relationships import NotInForce, OnlyManagerDissolves, dissolve_relationship
from config.web import page


@require_http_methods(["GET", "POST"])
@needs(Right.MANAGE_LINKS)
def confirm(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Blockers with the shortest way to clear them, consequences, risks (K8.4–K8.6); sent with consent, it goes on."""
    relationship = seen_by(request.account, pk)
    if relationship.manager_id != request.account.pk:
        raise OnlyManagerDissolves()
    if relationship.state == Relationship.State.DISSOLVED:
        messages.info(request, _("This relationship has been dissolved."))
        return redirect("accounts:member-detail", pk)
    if not relationship.is_in_force:
        raise NotInForce()
    found = findings(relationship)
    form = DissolveForm(request.POST if request.method == "POST" else None)
    if any(finding.blocks for finding in found):
        return _page(request, relationship, status=409 if form.is_bound else 200)
    if form.is_bound and form.is_valid():
        return _dissolve(request, pk=pk)
    return _page(request, relationship, form, status=422 if form.is_bound else 200)


@needs_code(OneTimeCode.Purpose.DISSOLVE, own_relationship)
def _dissolve(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    form = DissolveForm(request.POST)
    tried = attempt(request, form, lambda: dissolve_relationship(actor=request.actor, relationship_id=pk))
    if tried.done:
        messages.success(request, _("The relationship has been dissolved. Its permissions ended at once."))
        return redirect("accounts:member-detail", pk)
    return _page(request, seen_by(request.account, pk), form, status=tried.status)


def _page(
    request: ConsoleRequest, relationship: Relationship, form: DissolveForm | None = None, *, status: int = 200
) -> HttpResponse:
    found = findings(relationship)
    context = {
        "relationship": relationship,
        "blockers": [finding for finding in found if finding.blocks],
        "consequences": [finding for finding in found if not finding.blocks],
        "form": form,
    }
    return page(request, "accounts/dissolving/confirm.html", context, status=status)
