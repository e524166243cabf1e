"""Letters about change requests, and who gets them: who asked, and the other side where two accounts are concerned."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.events import subscribe
from accounts.letters.base import Fact, Letter, asker, fact, facts, letter, shown
from accounts.letters.news import News
from accounts.notifications import CENTRE, MAIL_AND_CENTRE, Audience, Notice, owners_of, tell
from invoicing.models import ChangeRequest
from invoicing.services.change_answers import FOLLOWED, JOB

Kind, State = ChangeRequest.Kind, ChangeRequest.State


def who_asked(news: News) -> Audience:
    """The owners of the account that asked."""
    change: ChangeRequest = news.subject
    return Audience(owners_of(change.account), change.account)


def other_side(news: News) -> Audience:
    """The owners of the other account, where there is one."""
    other = news.subject.other_account
    return Audience(owners_of(other) if other else (), other)


def register() -> None:
    """Requests go on with the orders of their fees, and people are told, from now on."""
    for kind in FOLLOWED:
        subscribe(kind, JOB)
    tell(
        Notice("change_request.asked", "change_asked", who_asked, MAIL_AND_CENTRE),
        Notice("change_request.asked", "change_to_agree", other_side, MAIL_AND_CENTRE),
        Notice("change_request.agreed", "change_in_review", who_asked, CENTRE),
        Notice("change_request.paid", "change_in_review", who_asked, CENTRE),
        Notice("change_request.waived", "change_in_review", who_asked, MAIL_AND_CENTRE),
        Notice("change_request.declined", "change_declined", who_asked, MAIL_AND_CENTRE),
        Notice("change_request.withdrawn", "change_over", other_side, CENTRE),
        Notice("change_request.fell", "change_over", who_asked, MAIL_AND_CENTRE),
        Notice("change_request.lapsed", "change_over", who_asked, MAIL_AND_CENTRE),
        Notice("change_request.lapsed", "change_over", other_side, CENTRE),
        Notice("change_request.done", "change_done", who_asked, MAIL_AND_CENTRE),
        Notice("change_request.done", "change_done", other_side, MAIL_AND_CENTRE),
        Notice("change_request.rejected", "change_rejected", who_asked, MAIL_AND_CENTRE),
        Notice("change_request.rejected", "change_rejected", other_side, MAIL_AND_CENTRE),
    )


def _about(change: ChangeRequest) -> tuple[Fact | None, ...]:
    taxpayer = change.taxpayer
    return (
        fact(_("Change request"), change, change.get_kind_display()),
        fact(_("Enterprise"), taxpayer.name, taxpayer.tax_number) if taxpayer else None,
        fact(_("Tenant"), change.tenant.name) if change.kind in ChangeRequest.FORMS else None,
        fact(_("New name"), change.new_name) if change.new_name else None,
        fact(_("New tax number"), change.new_tax_number) if change.new_tax_number else None,
        fact(_("New tax device"), change.new_device) if change.new_device else None,
    )


def _between(change: ChangeRequest) -> tuple[Fact | None, ...]:
    """By their numbers: whose tenant the other one is, its owner may not want to tell yet."""
    if change.to_tenant is None:
        return ()
    return (fact(_("From tenant"), change.tenant.number), fact(_("To tenant"), change.to_tenant.number))


def _letter(change: ChangeRequest, subject: str, *says: str, more: tuple[Fact | None, ...] = ()) -> Letter:
    return Letter(
        subject=subject % {"name": change.subject_name},
        says=says,
        facts=facts(*_about(change), *_between(change), *more),
        button=_("Open the request"),
        page=reverse("invoicing:change-detail", args=[change.pk]),
    )


def _next(state: str, amount: str) -> str:
    match state:
        case State.TO_PAY:
            return _("It costs %(amount)s yuan. Pay the order; then our support reviews the request.") % {
                "amount": amount
            }
        case State.TO_AGREE:
            return _("It concerns another account, which has been asked to agree. Then our support reviews it.")
        case _:
            return _("Our support reviews it. You are told as soon as it is answered.")


@letter
def change_asked(news: News) -> Letter:
    """It has arrived, and what comes next: perhaps a fee."""
    change: ChangeRequest = news.subject
    order = change.fee_order
    says = _next(news.event.facts["state"], f"{order.payable:,.2f}" if order else "")
    subject = _("Your change request about %(name)s has arrived")
    if news.event.facts["state"] == State.TO_PAY:
        subject = _("Your change request about %(name)s waits to be paid")
    return _letter(change, subject, says)


@letter
def change_to_agree(news: News) -> Letter:
    """The other side decides: its data would move."""
    change: ChangeRequest = news.subject
    told = (
        _("%(account)s asks that %(name)s moves to another tenant with its entitlements and received invoices.")
        if change.kind == Kind.MOVE
        else _("%(account)s asks that two tenants become one, with all enterprises, entitlements and invoices.")
    )
    return _letter(
        change,
        _("Please decide: a change request about %(name)s"),
        told % {"account": asker(change.account), "name": change.subject_name},
        _("Nothing moves unless you agree and our support approves it. If this means nothing to you, decline it."),
        more=(
            fact(_("Asked by"), shown(change.account)),
            fact(_("Reason"), change.reason),
            fact(_("Answer until"), f"{timezone.localtime(change.answer_until):%Y-%m-%d %H:%M}"),
        ),
    )


@letter
def change_in_review(news: News) -> Letter:
    """One step further."""
    change: ChangeRequest = news.subject
    return _letter(
        change,
        _("Your change request about %(name)s is in review"),
        _("Our support reviews it. You are told as soon as it is answered."),
    )


@letter
def change_declined(news: News) -> Letter:
    """The other account said no."""
    change: ChangeRequest = news.subject
    says = _("The other account has declined it, so nothing moves. Talk to it before you ask again.")
    answer = fact(_("Its answer"), change.answer)
    return _letter(change, _("Your change request about %(name)s was declined"), says, more=(answer,))


@letter
def change_over(news: News) -> Letter:
    """Withdrawn by who asked, ended with its fee, or not answered in time."""
    change: ChangeRequest = news.subject
    says = {
        "change_request.fell": _(
            "The order of its fee was cancelled or given back. Nothing has moved; you can ask again at any time."
        ),
        "change_request.lapsed": _(
            "The other account did not answer it in time. Nothing has moved; it can be asked for again."
        ),
    }
    withdrawn = _("The account that asked has withdrawn it. Nothing has moved and you need not do anything.")
    return _letter(change, _("The change request about %(name)s is over"), says.get(news.event.kind, withdrawn))


@letter
def change_done(news: News) -> Letter:
    """What has moved, and what to do about business systems."""
    change: ChangeRequest = news.subject
    counts = change.result
    moved = (
        fact(_("Enterprises"), counts["enterprises"]),
        fact(_("Entitlements"), counts["entitlements"]) if "entitlements" in counts else None,
        fact(_("Uses left"), counts["uses"]) if "uses" in counts else None,
        fact(_("Received invoices"), counts["received"]) if "received" in counts else None,
        fact(_("Our answer"), change.answer) if change.answer else None,
    )
    return _letter(change, _("The change request about %(name)s is done"), *_what_now(change), more=moved)


def _what_now(change: ChangeRequest) -> tuple[str, ...]:
    match change.kind:
        case Kind.MERGE:
            return (
                _("Both tenants are one now. Issued invoices stay as they are and are still found."),
                _(
                    "The keys of the tenant that ended are blocked: a key stands for one tenant, and two keys could "
                    "not be renewed or withdrawn as one. Set its business systems up with the keys of the other one."
                ),
            )
        case Kind.MOVE:
            return (
                _("The enterprise belongs to the other tenant now. Issued invoices stay as they are."),
                _("Its business systems must use the keys of the new tenant; those of the old one know it no more."),
            )
        case _ if change.replaces_number:
            return (
                _("What is left of the entitlements is on the new tax number now; the old one cannot use it any more."),
                _("What was issued and received under the old tax number stays as it is and is still found."),
            )
        case _:
            return (_("Name and tax device are changed. Tax number and entitlements are as before."),)


@letter
def change_rejected(news: News) -> Letter:
    """Why, and that a fee comes back."""
    change: ChangeRequest = news.subject
    says = [_("Nothing has moved.")]
    if change.fee_order is not None and change.fee_order.paid_at is not None:
        says.append(_("The fee has been given back; vouchers do not come back."))
    answer = fact(_("Our answer"), change.answer)
    return _letter(change, _("The change request about %(name)s was rejected"), *says, more=(answer,))
