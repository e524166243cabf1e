"""Letters about operators and about real-name verification."""

from django.utils.translation import gettext as _

from accounts.letters.base import Letter, Text, asker, fact, facts, labels, letter, one_line, page, shown
from accounts.letters.news import News
from accounts.models import Certification
from accounts.permissions import Role


@letter
def operator_added(news: News) -> Letter:
    """The reader was given a role (S2.7)."""
    operator = news.subject
    account = operator.account
    first = operator.user.activated_at is None
    return Letter(
        subject=_("You can now work in the account of %(account)s") % {"account": asker(account)},
        says=(
            _("%(person)s has made you an operator of this account.")
            % {"person": one_line(news.event.actor_name) or _("System")},
            _("You have no password yet. Set one with a code that is sent to your mobile number.")
            if first
            else _("Log in as usual, and choose the account at the top of the page."),
        ),
        facts=facts(fact(_("Account"), shown(account)), fact(_("Your role"), *labels([operator.role], Role))),
        button=_("Set a password") if first else _("Log in"),
        page=page("password-forgot" if first else "login"),
        idle=_("If you do not know this account, you need not do anything; write to us if it goes on."),
        text=Text("operator_added", {"name": asker(account)}),
    )


@letter
def operator_joined(news: News) -> Letter:
    """Somebody was given a role; for the account's owners."""
    operator = news.subject
    words = {"person": one_line(operator.user), "role": labels([operator.role], Role)[0]}
    return Letter(
        subject=_("%(person)s is a new operator of your account") % words,
        says=(_("%(person)s now has the role “%(role)s”.") % words,),
        facts=facts(
            fact(_("Account"), shown(operator.account)), fact(_("Added by"), news.event.actor_name or _("System"))
        ),
        button=_("See all operators"),
        page=page("operator-list"),
        idle=_("If this is wrong, remove the operator."),
    )


@letter
def role_changed(news: News) -> Letter:
    """The reader has another role."""
    operator = news.subject
    words = {"role": labels([operator.role], Role)[0]}
    return Letter(
        subject=_("Your role is now “%(role)s”") % words,
        says=(_("%(person)s has changed your role.") % {"person": one_line(news.event.actor_name) or _("System")},),
        facts=facts(fact(_("Account"), shown(operator.account))),
        button=_("Open the account"),
        page=page("home"),
    )


def _subject_name(certification: Certification) -> str:
    return one_line(certification.enterprise_name or certification.holder_name)


@letter
def certification_received(news: News) -> Letter:
    """The application has arrived and will be looked at."""
    return Letter(
        subject=_("Your verification is under review"),
        says=(_("We check what you sent us and tell you as soon as it is decided."),),
        facts=facts(
            fact(_("Account"), shown(news.subject.account)), fact(_("To be verified as"), _subject_name(news.subject))
        ),
        button=_("See the application"),
        page=page("certification"),
    )


@letter
def certification_approved(news: News) -> Letter:
    """The account is verified."""
    certification = news.subject
    enterprise = certification.kind == Certification.Kind.ENTERPRISE
    return Letter(
        subject=_("Your account is verified"),
        says=(
            _("You can now link other accounts and be linked.")
            if enterprise
            else _("An account verified as an individual cannot be linked; for that, verify it as an enterprise."),
        ),
        facts=facts(
            fact(_("Account"), shown(certification.account)), fact(_("Verified as"), _subject_name(certification))
        ),
        button=_("Open the account"),
        page=page("certification"),
    )


@letter
def certification_rejected(news: News) -> Letter:
    """The application was not accepted, and why."""
    certification = news.subject
    return Letter(
        subject=_("Your verification was not accepted"),
        says=(_("Please correct what is named here and send the application again."),),
        facts=facts(
            fact(_("Account"), shown(certification.account)),
            fact(_("To be verified as"), _subject_name(certification)),
            fact(_("Reason"), certification.reason),
        ),
        button=_("Correct the application"),
        page=page("certification"),
    )
