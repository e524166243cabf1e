"""Letters that bring an issued invoice: with a link that needs no log-in, for whoever shall have it."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters.base import Drawn, Letter, fact, facts, letter
from accounts.letters.news import News
from accounts.models import Account
from accounts.notifications import CENTRE, Audience, Notice, Registered, Way, owners_of, tell
from config.sealing import unseal
from invoicing.invoice_links import draw_link
from invoicing.models import Invoice
from invoicing.policy import LINK_LIFE
from invoicing.services.invoices import MAILBOX
from invoicing.sides import account_of


def receiver(news: News) -> Audience:
    """The mailbox that was named when it was ordered; without one the owners, if it is for their spending."""
    invoice: Invoice = news.subject
    account = _account(invoice)
    if box := invoice.issue_order.email:
        return Audience((), account, Registered.FIRST, box=box)
    return Audience(owners_of(account), account) if invoice.account_id is not None else Audience(())


def owners(news: News) -> Audience:
    """The owners of the account for whose spending it is; business systems issue too many to be told of each."""
    invoice: Invoice = news.subject
    return Audience(owners_of(invoice.account), invoice.account) if invoice.account is not None else Audience(())


def asked_for(news: News) -> Audience:
    """The mailbox that somebody typed."""
    box = unseal(str(news.event.facts.get("mailbox", "")), purpose=MAILBOX) or ""
    return Audience((), news.event.account, Registered.FIRST, box=box)


def register() -> None:
    """People are told from now on."""
    tell(
        Notice("invoice.issued", "invoice_issued", receiver, Way.MAIL),
        Notice("invoice.issued", "invoice_issued", owners, CENTRE),
        Notice("invoice.reversed", "invoice_issued", receiver, Way.MAIL),
        Notice("invoice.reversed", "invoice_issued", owners, CENTRE),
        Notice("invoice.sent", "invoice_issued", asked_for, Way.MAIL),
    )


def _account(invoice: Invoice) -> Account:
    account = account_of(invoice)
    assert account is not None  # noqa: S101
    return account


@letter
def invoice_issued(news: News) -> Letter:
    """The invoice by its number and amount, and where its files are."""
    invoice: Invoice = news.subject
    words = {"number": invoice.number, "seller": invoice.seller_name, "days": LINK_LIFE.days}
    subject, says, red = _("Your invoice %(number)s of %(seller)s"), [], invoice.reverses
    if red is not None:
        subject = _("The red invoice %(number)s of %(seller)s")
        says = [_("It takes back all or a part of the invoice named below.")]
    link = _("The link shows it and gives its PDF and XML files. It works for %(days)s days, without a log-in.")
    return Letter(
        subject=subject % words,
        says=(*says, link % words),
        facts=facts(
            fact(_("Invoice number"), invoice.number),
            fact(_("Kind"), invoice.get_kind_display()),
            fact(_("Takes back"), red.number) if red is not None else None,
            fact(_("Buyer"), invoice.buyer_name),
            fact(_("Total with tax"), _("%(amount)s yuan") % {"amount": f"{invoice.total:,.2f}"}),
        ),
        button=_("Open the invoice"),
        page=reverse("invoicing:invoice-detail", args=[invoice.pk]),
        idle=_("Pass the link on only to people who may see this invoice."),
        draws=lambda _reference: Drawn(draw_link(invoice)),
    )
