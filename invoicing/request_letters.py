"""Letters about requests and about who asks for invoices, and who gets them."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters.base import Letter, asker, fact, facts, letter, shown
from accounts.letters.news import News
from accounts.models import Account, User
from accounts.notifications import CENTRE, MAIL_AND_CENTRE, Audience, Notice, owners_of, tell
from invoicing.models import InvoiceControl, InvoiceRequest


def _request(news: News) -> InvoiceRequest:
    found = news.subject
    assert isinstance(found, InvoiceRequest)  # noqa: S101
    return found


def who_asked(news: News) -> Audience:
    """Whoever asked, while that person works there, and the owners of the account that asked."""
    request = _request(news)
    return _people(request.asked_by, request.created_by)


def whom_it_is_for(news: News) -> Audience:
    """The owners of the account whose money it covers, where another asked."""
    request = _request(news)
    return Audience(() if request.account_id == request.asked_by_id else owners_of(request.account))


def the_other_side(news: News) -> Audience:
    """The owners of the account that did not do it."""
    other = news.event.counterpart
    return Audience(owners_of(other), other) if other is not None else Audience(())


def _people(account: Account, someone: User | None) -> Audience:
    people = {one.pk: one for one in owners_of(account)}
    if someone is not None and someone.is_active and someone.operates.filter(account=account).exists():
        people[someone.pk] = someone
    return Audience(tuple(people.values()), account)


def register() -> None:
    """People are told from now on."""
    tell(
        Notice("invoice_request.submitted", "invoice_requested_for_you", whom_it_is_for, CENTRE),
        Notice("invoice_request.approved", "invoice_request_approved", who_asked, MAIL_AND_CENTRE),
        Notice("invoice_request.rejected", "invoice_request_rejected", who_asked, MAIL_AND_CENTRE),
        Notice("invoice_request.rejected", "invoice_request_rejected", whom_it_is_for, CENTRE),
        Notice("invoice_control.proposed", "invoice_control_proposed", the_other_side, MAIL_AND_CENTRE),
        Notice("invoice_control.agreed", "invoice_control_answered", the_other_side, CENTRE),
        Notice("invoice_control.refused", "invoice_control_answered", the_other_side, CENTRE),
        Notice("invoice_control.ended", "invoice_control_ended", the_other_side, CENTRE),
    )


def _words(request: InvoiceRequest) -> dict[str, str]:
    return {"number": str(request), "amount": f"{request.amount:,.2f}", "title": request.title["name"]}


def _page(request: InvoiceRequest) -> str:
    return reverse("invoicing:request-detail", args=[request.pk])


@letter
def invoice_requested_for_you(news: News) -> Letter:
    """A manager asked on one's behalf."""
    request = _request(news)
    words = {**_words(request), "manager": asker(request.asked_by)}
    return Letter(
        subject=_("%(manager)s requested an invoice over %(amount)s yuan for your account") % words,
        says=(_("It is made out to your own title. What it covers cannot be invoiced a second time."),),
        facts=facts(
            fact(_("Request"), str(request)), fact(_("Title"), words["title"]), fact(_("Goes to"), request.email or "—")
        ),
        button=_("Open the request"),
        page=_page(request),
    )


@letter
def invoice_request_approved(news: News) -> Letter:
    """Staff looked at it."""
    request = _request(news)
    words = _words(request)
    return Letter(
        subject=_("The invoice request %(number)s over %(amount)s yuan was approved") % words,
        says=(_("The invoice is being issued. You get another letter with the invoice as soon as it is there."),),
        facts=facts(
            fact(_("For"), shown(request.account)),
            fact(_("Title"), words["title"]),
            fact(_("Goes to"), request.email or "—"),
        ),
        button=_("Open the request"),
        page=_page(request),
    )


@letter
def invoice_request_rejected(news: News) -> Letter:
    """With the reason, and what can be done."""
    request = _request(news)
    words = _words(request)
    return Letter(
        subject=_("The invoice request %(number)s over %(amount)s yuan was rejected") % words,
        says=(_("What it covered can be requested again, once the reason is cleared."),),
        facts=facts(
            fact(_("For"), shown(request.account)),
            fact(_("Title"), words["title"]),
            fact(_("Reason"), request.reason),
        ),
        button=_("Open the request"),
        page=_page(request),
    )


def _control(news: News) -> InvoiceControl:
    found = news.subject
    assert isinstance(found, InvoiceControl)  # noqa: S101
    return found


@letter
def invoice_control_proposed(news: News) -> Letter:
    """A manager wants to ask for all invoices."""
    control = _control(news)
    words = {"manager": asker(news.manager)}
    return Letter(
        subject=_("%(manager)s proposes to request all invoices of your account") % words,
        says=(
            _("If you agree, your account no longer requests invoices itself; %(manager)s does, with your title.")
            % words,
            _("Either side can end this at any time. It also ends when the link between the accounts does."),
        ),
        facts=facts(fact(_("Common title"), control.title_name), fact(_("Tax number"), control.tax_number)),
        button=_("Answer"),
        page=reverse("invoicing:control-list"),
        idle=_("If you do nothing, your account goes on requesting its invoices itself."),
    )


@letter
def invoice_control_answered(news: News) -> Letter:
    """What the member said."""
    words = {"member": asker(news.member)}
    agreed = news.event.kind == "invoice_control.agreed"
    subject = (
        _("%(member)s leaves its invoices to you") if agreed else _("%(member)s goes on requesting its invoices itself")
    )
    says = (
        _("You request all of its invoices from now on, with its title.")
        if agreed
        else _("You can request invoices for it as before, and so can it.")
    )
    return Letter(
        subject=subject % words,
        says=(says,),
        facts=facts(fact(_("Account"), shown(news.member))),
        button=_("Open its invoices"),
        page=reverse("invoicing:member-detail", args=[news.relationship.pk]),
    )


@letter
def invoice_control_ended(news: News) -> Letter:
    """Told to whoever did not end it; where the right was lost, to the member."""
    by = news.event.account
    words = {"other": asker(by) if by is not None else "", "member": asker(news.member)}
    return Letter(
        subject=_("Who requests invoices of %(member)s has changed") % words,
        says=(_("%(member)s requests its invoices itself again. Requests that are under way are completed.") % words,),
        facts=facts(fact(_("Account"), shown(news.member)), fact(_("Manager"), shown(news.manager))),
        button=_("Open"),
        page=reverse("invoicing:control-list"),
    )
