"""Dissolving a link: what stands in the way, what will follow, then consent and a code (K8)."""

from collections.abc import Sequence

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
from accounts.preflight import Finding, digest
from accounts.services.relationships import (
    NotInForce,
    OnlyManagerDissolves,
    dissolve_relationship,
    rehearse_dissolution,
)
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
    found = rehearse_dissolution(actor=request.actor, relationship_id=pk)
    sent = request.method == "POST"
    if any(finding.blocks for finding in found):
        return _page(request, relationship, found, status=409 if sent else 200)
    form = DissolveForm(request.POST) if sent else DissolveForm(initial={"seen": digest(found)})
    if not sent:
        return _page(request, relationship, found, form)
    return _dissolve(request, pk=pk) if form.is_valid() else _anew(request, pk, form, status=422)


@needs_code(OneTimeCode.Purpose.DISSOLVE, own_relationship)
def _dissolve(request: ConsoleRequest, *, pk: int) -> HttpResponse:
    form = DissolveForm(request.POST)
    seen = str(form.data.get("seen", ""))
    tried = attempt(request, form, lambda: dissolve_relationship(actor=request.actor, relationship_id=pk, seen=seen))
    if tried.done:
        messages.success(request, _("The relationship has been dissolved. Its permissions ended at once."))
        return redirect("accounts:member-detail", pk)
    return _anew(request, pk, form, status=tried.status)


def _anew(request: ConsoleRequest, pk: int, refused: DissolveForm, *, status: int) -> HttpResponse:
    """The facts as they are now, to be read and ticked again, with what stood in the way."""
    relationship = seen_by(request.account, pk)
    found = rehearse_dissolution(actor=request.actor, relationship_id=pk)
    form = DissolveForm({"seen": digest(found)})
    form.errors.clear()
    for field, errors in refused.errors.items():
        form.add_error(field if field == "understood" else None, [str(error) for error in errors])
    return _page(request, relationship, found, form, status=status)


def _page(
    request: ConsoleRequest,
    relationship: Relationship,
    found: Sequence[Finding],
    form: DissolveForm | None = None,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "relationship": relationship,
        "blockers": [finding for finding in found if finding.blocks],
        "consequences": [finding for finding in found if not finding.blocks],
        "form": form,
    }
    return page(request, "accounts/dissolving/confirm.html", context, status=status)
