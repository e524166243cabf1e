"""Letters about companies, and who gets them."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.events import subscribe
from accounts.letters.base import Letter, fact, facts, letter
from accounts.letters.news import News
from accounts.models import Account
from accounts.notifications import MAIL_AND_CENTRE, Audience, Notice, owners_of, tell
from kiscloud.models import Company
from kiscloud.services.companies import NAME_JOB
from kiscloud.services.limits import verification_of


def administrators(news: News) -> Audience:
    """The company's administrators, who own its account."""
    account = news.event.account
    assert isinstance(account, Account)  # noqa: S101
    return Audience(owners_of(account), account)


def register() -> None:
    """People are told, and a verification gives a company its name, from now on."""
    subscribe("certification.approved", NAME_JOB)
    tell(Notice("company.verify_soon", "company_to_verify", administrators, MAIL_AND_CENTRE))


@letter
def company_to_verify(news: News) -> Letter:
    """What becomes of a company that is not verified, and by when."""
    company = news.subject
    assert isinstance(company, Company)  # noqa: S101
    standing = verification_of(company=company, now=news.event.at)
    words = {"company": company.name, "day": news.event.facts["day"]}
    if standing.late:
        subject = _("“%(company)s” is not verified: some things are not possible now") % words
        says = _("New account sets, new people and restores are not possible until the company is verified.")
    else:
        subject = _("Please verify “%(company)s” by %(day)s") % words
        says = _("After that day no account sets and people can be added until the company is verified.")
    last = f"{timezone.localtime(standing.opens_until):%Y-%m-%d}" if standing.opens_until else "—"
    return Letter(
        subject=subject,
        says=(says, _("Backups are possible at any time. Once it is verified everything works again at once.")),
        facts=facts(
            fact(_("Company"), company.name),
            fact(_("To be verified by"), news.event.facts["day"]),
            fact(_("Account sets open until"), last),
        ),
        button=_("Verify the company"),
        page=reverse("kiscloud:company-list"),
        void=standing.verified,
    )
