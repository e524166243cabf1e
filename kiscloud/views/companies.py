"""Companies of the person: the way in, the list, what can be added to it, registering, removing, deleting (S4)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from accounts.attempt import attempt
from accounts.clearance import needs_code
from accounts.forms.base import Confirmation, typed
from accounts.http import ConsoleRequest
from config.paging import paginate
from config.web import page
from kiscloud.forms.companies import ChoiceForm, NameForm, RegisterForm
from kiscloud.models import Company
from kiscloud.services.companies import (
    CODE,
    Landing,
    add_companies,
    delete_company,
    landing_of,
    register_company,
    remove_company,
    rename_company,
    require_deletable,
)
from kiscloud.services.limits import verification_of
from kiscloud.views.doors import company_of, frame
from kiscloud.workbench import demo_cards

ORDER = ("name", "id")


@require_safe
def landing(request: ConsoleRequest) -> HttpResponse:
    """On to what fits the person's companies: the list, or what can be added to it (S4.1, S4.2, S4.4, S4.5)."""
    chooses = landing_of(user=request.user) == Landing.CHOOSE
    return redirect("kiscloud:company-to-add" if chooses else "kiscloud:company-list")


@require_safe
def listing(request: ConsoleRequest) -> HttpResponse:
    """The companies that the person has added, and the demo sets of the trial environment (S3.2, S4.5)."""
    rows = paginate(Company.objects.added_by(request.user).with_counts(), request, order=ORDER)
    for company in rows:
        company.verification = verification_of(company=company)  # type: ignore[attr-defined]
    context = {
        "page": rows,
        "landing": landing_of(user=request.user).value,
        "demo_sets": demo_cards(),
    }
    return page(request, "kiscloud/companies/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def to_add(request: ConsoleRequest) -> HttpResponse:
    """Every company that the person administers, to be ticked and confirmed (S4.3, S4.6)."""
    offered = Company.objects.to_add_by(request.user)
    form = ChoiceForm(typed(request), offered=offered)
    tried = attempt(
        request,
        form,
        lambda: add_companies(actor=request.actor, company_ids=form.cleaned_data["companies"]),
    )
    if tried.result is not None:
        told = ngettext("%(count)s company was added.", "%(count)s companies were added.", tried.result)
        messages.success(request, told % {"count": tried.result})
        return redirect("kiscloud:company-list")
    context = {"form": form, "page": paginate(offered.with_counts(), request, order=ORDER)}
    return page(request, "kiscloud/companies/to_add.html", context, status=tried.status)


@require_http_methods(["GET", "HEAD", "POST"])
def register(request: ConsoleRequest) -> HttpResponse:
    """A new company, which then waits to be added (S4.2)."""
    form = RegisterForm(typed(request))
    tried = attempt(request, form, lambda: register_company(actor=request.actor, **form.cleaned_data))
    if tried.result is not None:
        told = _("“%(company)s” is registered. Tick it and confirm to add it to your companies.")
        messages.success(request, told % {"company": tried.result.name})
        return redirect("kiscloud:company-to-add")
    return page(request, "kiscloud/companies/register.html", {"form": form}, status=tried.status)


@require_http_methods(["GET", "HEAD", "POST"])
def about(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Who the company is and who runs it; as long as it is not verified, another name for it."""
    company = company_of(request, pk)
    form = NameForm(typed(request), initial={"name": company.name})
    tried = attempt(request, form, lambda: rename_company(actor=request.actor, company_id=pk, **form.cleaned_data))
    if tried.done:
        messages.success(request, _("The name is changed."))
        return redirect("kiscloud:company-about", pk)
    people = company.members.filter(left_at=None)
    context = {
        **frame(company, here="about"),
        "form": form,
        "admins": people.filter(is_admin=True).select_related("user"),
        "people": people.count(),
    }
    return page(request, "kiscloud/companies/about.html", context, status=tried.status)


@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Asks first; then the company is off the list and can be added again (S4.7, S4.8)."""
    company = company_of(request, pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: remove_company(actor=request.actor, company_id=pk))
    if tried.done:
        messages.success(request, _("“%(company)s” is off your companies.") % {"company": company.name})
        return redirect("kiscloud:company-to-add")
    context = {**frame(company, here=""), "form": form}
    return page(request, "kiscloud/companies/remove.html", context, status=tried.status)


def _deletable(request: ConsoleRequest, *, pk: int) -> str:
    """Binds the code to a company that can be deleted by this person; before that, nobody is asked for one."""
    company = company_of(request, pk)
    require_deletable(user=request.user, company=company)
    return f"company:{company.pk}"


@require_http_methods(["GET", "HEAD", "POST"])
@needs_code(CODE, _deletable)
def delete(request: ConsoleRequest, pk: int) -> HttpResponse:
    """With a code, and after a last question, the company is gone (S4.7, Q-6)."""
    company = company_of(request, pk)
    form = Confirmation(typed(request))
    tried = attempt(request, form, lambda: delete_company(actor=request.actor, company_id=pk))
    if tried.done:
        messages.success(request, _("“%(company)s” is deleted.") % {"company": company.name})
        return redirect("kiscloud:company-to-add")
    context = {**frame(company, here=""), "form": form}
    return page(request, "kiscloud/companies/delete.html", context, status=tried.status)
