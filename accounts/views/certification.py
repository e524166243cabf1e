"""Real-name verification, from the account's side (S5.5–S5.7, K2.2, K3.1)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET

from accounts.actors import rights_of
from accounts.attempt import attempt
from accounts.company_search import companies_for, looked_up
from accounts.forms.base import typed
from accounts.forms.certification import PUBLIC_REGISTER_URL, EnterpriseForm, IndividualForm
from accounts.guards import needs
from accounts.http import ConsoleRequest
from accounts.models import Certification
from accounts.permissions import Right
from accounts.services.certifications import submit_enterprise, submit_individual
from config.web import page

FILLED = ("name", "credit_code", "legal_representative", "registered_address")


@require_GET
@needs(Right.VIEW)
def status(request: ConsoleRequest) -> HttpResponse:
    """As whom the account is verified, what became of the last application, and what can be done now."""
    last = request.account.certifications.first()
    waiting = last if last and last.state == Certification.State.SUBMITTED else None
    context = {
        "last": last,
        "waiting": waiting,
        "may_apply": not waiting and not request.account.is_enterprise and _may_certify(request),
    }
    return page(request, "accounts/certification/status.html", context)


def _may_certify(request: ConsoleRequest) -> bool:
    return Right.CERTIFY in rights_of(request.actor, request.account)


@needs(Right.CERTIFY)
def enterprise(request: ConsoleRequest) -> HttpResponse:
    """Name and code of the company. The name finds the code, with a script or by its button without one."""
    form = EnterpriseForm(typed(request), initial=_chosen(request))
    tried = attempt(
        request,
        form,
        lambda: submit_enterprise(actor=request.actor, account=request.account, **form.cleaned_data),
    )
    if tried.done:
        return _submitted(request)
    context = {"form": form, "public_register": PUBLIC_REGISTER_URL, **looked_up(request)}
    return page(request, "accounts/certification/enterprise.html", context, status=tried.status)


@sensitive_post_parameters("citizen_id")
@needs(Right.CERTIFY)
def individual(request: ConsoleRequest) -> HttpResponse:
    """A person's name and number. It does not open linking of accounts, and the page says so."""
    form = IndividualForm(typed(request))
    tried = attempt(
        request,
        form,
        lambda: submit_individual(actor=request.actor, account=request.account, **form.cleaned_data),
    )
    if tried.done:
        return _submitted(request)
    return page(request, "accounts/certification/individual.html", {"form": form}, status=tried.status)


@require_GET
@needs(Right.CERTIFY)
def registry_search(request: ConsoleRequest) -> HttpResponse:
    """The companies that the typed text may mean, as a part of the form; a bookmark of it leads to the form."""
    if not request.htmx:
        return redirect("accounts:certification-enterprise")
    return page(
        request, "accounts/certification/enterprise.html", companies_for(request, "name"), part="_companies.html"
    )


def _submitted(request: ConsoleRequest) -> HttpResponse:
    messages.success(request, _("Your application is in. We look at it within one working day."))
    return redirect("accounts:certification")


def _chosen(request: ConsoleRequest) -> dict[str, str]:
    """What a link of the list without a script filled in."""
    return {name: request.GET[name][:200] for name in FILLED if name in request.GET}
