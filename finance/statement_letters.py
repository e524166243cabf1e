"""Letters about statements and repayment, and who gets them: the payer, and its managers that may see statements."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters.base import Letter, asker, fact, facts, letter, shown
from accounts.letters.news import News
from accounts.models import Account, Relationship, User
from accounts.notifications import CENTRE, MAIL_AND_CENTRE, Audience, Notice, owners_of, tell
from accounts.permissions import Point, Role
from finance.models import Dispute, RepaymentPlan, Statement


def _statement(news: News) -> Statement:
    subject = news.subject
    found = subject.statement if isinstance(subject, Dispute) else subject
    assert isinstance(found, Statement)  # noqa: S101
    return found


def payer(news: News) -> Audience:
    """The owners of the account whose statement it is."""
    account = _statement(news).account
    return Audience(owners_of(account), account)


def managers(news: News) -> Audience:
    """The owners of the managers that may confirm its statements, or for repayments see them."""
    links = Relationship.objects.in_force().filter(member=_statement(news).account)
    links = links.filter(points__contains=[Point.VIEW_STATEMENTS])
    rows = User.objects.filter(operates__account__in=links.values("manager"), operates__role=Role.OWNER, is_active=True)
    return Audience(tuple(rows.distinct().order_by("pk")))


def planner(news: News) -> Audience:
    """The owners of the account whose plan it is."""
    account: Account = news.subject.account
    return Audience(owners_of(account), account)


def register() -> None:
    """People are told from now on."""
    tell(
        Notice("statement.issued", "statement_issued", payer, MAIL_AND_CENTRE),
        Notice("statement.issued", "statement_issued", managers, CENTRE),
        Notice("statement.confirmed", "statement_confirmed", payer, CENTRE),
        Notice("statement.confirmed", "statement_confirmed", managers, CENTRE),
        Notice("statement.repaid", "statement_repaid", payer, CENTRE),
        Notice("dispute.answered", "dispute_answered", payer, MAIL_AND_CENTRE),
        Notice("dispute.answered", "dispute_answered", managers, CENTRE),
        Notice("plan.completed", "plan_completed", planner, CENTRE),
    )


def _words(news: News) -> dict[str, str]:
    statement = _statement(news)
    return {"month": str(statement), "account": asker(statement.account), "amount": str(news.event.facts["amount"])}


def _page(news: News) -> str:
    return reverse("finance:statement-detail", args=[_statement(news).pk])


@letter
def statement_issued(news: News) -> Letter:
    """A month is over: what it cost and what is left to repay."""
    statement, words = _statement(news), _words(news)
    due = fact(_("To be repaid"), _("%(amount)s yuan") % {"amount": news.event.facts["due"]})
    day = fact(_("Until"), statement.due_on) if statement.due_on and news.event.facts["due"] != "0.00" else None
    return Letter(
        subject=_("The statement of %(month)s of %(account)s is out") % words,
        says=(
            _("Look through it, dispute lines that are wrong, then confirm it. Nothing can be disputed afterwards."),
        ),
        facts=facts(
            fact(_("Account"), shown(statement.account)),
            fact(_("Month's total"), _("%(amount)s yuan") % words),
            due,
            day,
        ),
        button=_("Open the statement"),
        page=_page(news),
    )


@letter
def statement_confirmed(news: News) -> Letter:
    """Its amounts are agreed."""
    statement, words = _statement(news), _words(news)
    return Letter(
        subject=_("The statement of %(month)s of %(account)s is confirmed") % words,
        says=(_("Its amounts are agreed. Later corrections stand on a later statement."),),
        facts=facts(
            fact(_("Account"), shown(statement.account)),
            fact(_("Confirmed by"), news.event.actor_name),
            fact(_("To be repaid"), _("%(amount)s yuan") % {"amount": news.event.facts["due"]}),
        ),
        button=_("Open the statement"),
        page=_page(news),
    )


@letter
def statement_repaid(news: News) -> Letter:
    """Money was paid on it: by the account, by itself, or by a manager."""
    statement, words = _statement(news), _words(news)
    by = news.event.account if news.event.account is not None else statement.account
    return Letter(
        subject=_("%(amount)s yuan of the statement of %(month)s were repaid") % words,
        says=(_("Credit that was repaid can be drawn again."),),
        facts=facts(
            fact(_("Account"), shown(statement.account)),
            fact(_("Paid by"), shown(by)),
            fact(_("Still to be repaid"), _("%(amount)s yuan") % {"amount": news.event.facts["left"]}),
        ),
        button=_("Open the statement"),
        page=_page(news),
    )


@letter
def dispute_answered(news: News) -> Letter:
    """What staff decided, in their words."""
    dispute, words = news.subject, _words(news)
    agreed = dispute.state == Dispute.State.ACCEPTED
    outcome = (
        _("We agree. %(amount)s yuan were credited: first against what the account owes, the rest as cash.")
        if agreed
        else _("We do not agree. The %(amount)s yuan are to be repaid like the rest of the statement.")
    )
    return Letter(
        subject=_("Your dispute in the statement of %(month)s was answered") % words,
        says=(outcome % words,),
        facts=facts(
            fact(_("Account"), shown(_statement(news).account)),
            fact(_("Your reason"), dispute.reason),
            fact(_("Our answer"), dispute.answer),
        ),
        button=_("Open the statement"),
        page=_page(news),
    )


@letter
def plan_completed(news: News) -> Letter:
    """Nothing waits in it any more."""
    plan: RepaymentPlan = news.subject
    words = {"name": plan.name, "amount": str(news.event.facts["amount"])}
    return Letter(
        subject=_("The repayment plan “%(name)s” is completed") % words,
        says=(_("%(amount)s yuan were repaid by it. Every statement in it has ended.") % words,),
        button=_("Open the plan"),
        page=reverse("finance:plan-detail", args=[plan.pk]),
    )
