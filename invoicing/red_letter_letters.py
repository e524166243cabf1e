"""What the two sides of an invoice are told about its red letters: that they must answer, and what came of them."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.letters.base import Fact, Letter, fact, facts, letter
from accounts.letters.news import News
from accounts.notifications import CENTRE, MAIL_AND_CENTRE, Audience, Notice, owners_of, tell
from invoicing.models import RedLetter
from invoicing.sides import buyer_account, seller_account

State = RedLetter.State


def _letter(news: News) -> RedLetter:
    found = news.subject
    assert isinstance(found, RedLetter)  # noqa: S101
    return found


def the_asked_side(news: News) -> Audience:
    """The owners of the account that has to answer; staff see in their queue what the vendor has to."""
    asked = {State.WAITS_FOR_BUYER: _buyer, State.WAITS_FOR_SELLER: _seller}.get(State(_letter(news).state))
    return asked(news) if asked is not None else Audience(())


def the_asking_side(news: News) -> Audience:
    """The owners of the account that began the letter."""
    return _buyer(news) if _letter(news).side == RedLetter.Side.BUYER else _seller(news)


def the_answering_side(news: News) -> Audience:
    """The owners of the account that need not answer any more."""
    return _seller(news) if _letter(news).side == RedLetter.Side.BUYER else _buyer(news)


def the_payer(news: News) -> Audience:
    """The owners of the account whose refund it is."""
    account = news.event.account
    return Audience(owners_of(account), account) if account is not None else Audience(())


def _buyer(news: News) -> Audience:
    account = buyer_account(_letter(news).invoice)
    return Audience(owners_of(account), account) if account is not None else Audience(())


def _seller(news: News) -> Audience:
    account = seller_account(_letter(news).invoice)
    return Audience(owners_of(account), account) if account is not None else Audience(())


def register() -> None:
    """People are told from now on."""
    tell(
        Notice("red_letter.begun", "red_letter_asked", the_asked_side, MAIL_AND_CENTRE),
        Notice("red_letter.confirmed", "red_letter_ended", the_asking_side, MAIL_AND_CENTRE),
        Notice("red_letter.refused", "red_letter_ended", the_asking_side, MAIL_AND_CENTRE),
        Notice("red_letter.withdrawn", "red_letter_ended", the_answering_side, CENTRE),
        Notice("red_letter.impossible", "red_letter_impossible", the_payer, CENTRE),
        Notice("red_letter.voided", "red_letter_ended", _buyer, MAIL_AND_CENTRE),
        Notice("red_letter.voided", "red_letter_ended", _seller, MAIL_AND_CENTRE),
        Notice("red_letter.lapsed", "red_letter_ended", _buyer, MAIL_AND_CENTRE),
        Notice("red_letter.lapsed", "red_letter_ended", _seller, MAIL_AND_CENTRE),
    )


@letter
def red_letter_asked(news: News) -> Letter:
    """The other side is asked for its word: the buyer that has used the invoice, or the seller."""
    found = _letter(news)
    of_buyer = _(
        "You have deducted or booked it, so the seller needs your word. Without an answer the red letter is "
        "void and the invoice stays as it is."
    )
    of_seller = _(
        "Its buyer asks you to take it back. Without an answer the red letter is void and the invoice stays as it is."
    )
    until = f"{timezone.localtime(found.expires_at):%Y-%m-%d %H:%M}"
    return Letter(
        subject=_("The invoice %(blue)s is to be taken back: please confirm until %(until)s")
        % {"blue": found.invoice.number, "until": until},
        says=(of_buyer if found.state == State.WAITS_FOR_BUYER else of_seller,),
        facts=_facts(found),
        button=_("Look at it"),
        page=reverse("invoicing:red-letter-detail", args=[found.pk]),
    )


@letter
def red_letter_ended(news: News) -> Letter:
    """What came of it."""
    found = _letter(news)
    agreed = news.event.kind == "red_letter.confirmed"
    subjects = {
        "red_letter.confirmed": _("The red letter over invoice %(blue)s was confirmed"),
        "red_letter.refused": _("The red letter over invoice %(blue)s was refused"),
        "red_letter.lapsed": _("The red letter over invoice %(blue)s was not confirmed in time"),
        "red_letter.withdrawn": _("The red letter over invoice %(blue)s was withdrawn: you need not answer"),
    }
    subject = subjects.get(news.event.kind, _("The red letter over invoice %(blue)s is void"))
    stays = _("The invoice stays as it is. Begin a new red letter if it is still to be taken back.")
    says = [_("Its red invoice is being issued.") if agreed else stays, str(news.event.facts.get("reason") or "")]
    return Letter(
        subject=subject % {"blue": found.invoice.number},
        says=tuple(part for part in says if part),
        facts=_facts(found),
        button=_("Look at it"),
        page=reverse("invoicing:red-letter-detail", args=[found.pk]),
    )


@letter
def red_letter_impossible(news: News) -> Letter:
    """No invoice has so much left as was refunded: the next one is smaller by it."""
    words = {"order": news.event.facts["order"]}
    return Letter(
        subject=_("The refund for order #%(order)s is taken off your next invoice") % words,
        says=(_("No issued invoice has so much left that a red invoice over the refund would fit."),),
        facts=facts(fact(_("Refund"), _("%(amount)s yuan") % {"amount": news.event.facts["total"]})),
        button=_("Look at what can be invoiced"),
        page=reverse("invoicing:request-create"),
    )


def _facts(found: RedLetter) -> tuple[Fact, ...]:
    return facts(
        fact(_("Red letter"), found.number),
        fact(_("Invoice"), found.invoice.number),
        fact(_("Reason"), found.get_reason_display()),
        fact(_("Taken back, with tax"), _("%(amount)s yuan") % {"amount": f"{found.amount + found.tax:,.2f}"}),
    )
