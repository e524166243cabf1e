"""Where a log-in leads (S2.2, S2.3): through the door used last, or to the first steps."""

from dataclasses import dataclass, replace
from typing import cast

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from accounts.actors import rights_of
from accounts.entering import home_behind
from accounts.http import ConsoleRequest
from accounts.models import Account, Certification, Relationship
from accounts.navigation import ACCOUNT, MANAGE, address, home_for, products_for
from accounts.permissions import Right
from accounts.workbench import parts_for
from config.web import page


@dataclass(frozen=True, slots=True)
class NextStep:
    """One of the first steps: done, to be done now, or later. `state` is done, now, wait or later."""

    state: str
    icon: str
    title: str | Promise
    text: str | Promise
    url: str = ""
    action: str | Promise = ""
    right: str = Right.VIEW


@require_GET
def home(request: ConsoleRequest) -> HttpResponse:
    """On through the door, once the account is what it has to be; until then the steps that make it so."""
    account: Account | None = request.account
    if request.actor.through is not None:  # in a member's console: neither doors nor first steps are one's own
        return redirect("accounts:operator-list")
    if found := home_for(request.user, account):
        return redirect(found)
    if account is None:
        return redirect("accounts:workbench") if parts_for(request) else page(request, "accounts/home/no_account.html")
    if account.is_enterprise or Right.CERTIFY not in rights_of(request.actor, account):
        return redirect(home_behind(request.user, account))
    return redirect("accounts:first-steps")


@require_GET
def overview(request: ConsoleRequest) -> HttpResponse:
    """The first steps of an account, and how far it has come."""
    account: Account | None = request.account
    if account is None:
        return redirect("accounts:home")
    rights = rights_of(request.actor, account)
    steps = [_verify(account), _link(account), _bring_people(account)]
    steps = [step if step.right in rights else replace(step, url="") for step in steps]
    context = {
        "steps": steps,
        "done": sum(step.state == "done" for step in steps),
        "first": next((step for step in steps if step.state == "now" and step.url), None),
    }
    return page(request, "accounts/home/first_steps.html", context)


@require_GET
def workbench(request: ConsoleRequest) -> HttpResponse:
    """What this person may use, and nothing of how it is managed (S2.3)."""
    parts, account = parts_for(request), cast("Account | None", request.account)
    if account is None and not parts:
        return redirect("accounts:home")
    open_to = products_for(request.path, rights_of(request.actor, account)) if account is not None else []
    apps = [app for app in open_to if app.key not in (ACCOUNT, MANAGE)]
    return page(request, "accounts/home/workbench.html", {"apps": apps, "parts": parts})


def _verify(account: Account) -> NextStep:
    title = _("Verify your company")
    if account.is_enterprise:
        return NextStep("done", "badge-check", title, _("Your account is verified as an enterprise."))
    url = address("accounts:certification")
    last = account.certifications.first()
    if last and last.state == Certification.State.SUBMITTED:
        text = _("Your application is being reviewed. You get a message when it is decided.")
        return NextStep("wait", "badge-check", title, text, url, _("See the application"))
    if last and last.state == Certification.State.REJECTED and last.kind == Certification.Kind.ENTERPRISE:
        text = _("Your last application was not accepted. Read why, correct it and send it again.")
        return NextStep("now", "badge-check", title, text, url, _("Read the reason"))
    text = _("With the name and the credit code of your company. Everything that links accounts begins here.")
    return NextStep("now", "badge-check", title, text, url, _("Verify now"))


def _link(account: Account) -> NextStep:
    title, url = _("Link accounts"), address("accounts:member-list")
    if not account.is_enterprise:
        return NextStep("later", "link", title, _("Possible as soon as your company is verified."))
    if Relationship.objects.visible_to(account).exists():
        return NextStep("done", "link", title, _("You have linked accounts."), url, _("Open"), Right.SEE_FINANCE)
    text = _("Invite the accounts of your group or of your partners, or create new ones for subsidiaries.")
    return NextStep("now", "link", title, text, url, _("Link an account"), Right.MANAGE_LINKS)


def _bring_people(account: Account) -> NextStep:
    title = _("Bring in colleagues")
    text = _("Give finance staff and colleagues a role, so that nobody has to share a password.")
    if account.operators.count() > 1:
        text, url = _("Several people work in this account."), address("accounts:operator-list")
        return NextStep("done", "users", title, text, url, _("Open"), Right.MANAGE_OPERATORS)
    url = address("accounts:operator-add")
    return NextStep("now", "users", title, text, url, _("Add a colleague"), Right.MANAGE_OPERATORS)
