"""Letters about an answer: agreed, refused, or not given in time."""

from django.utils.translation import gettext as _

from accounts.letters.base import (
    Fact,
    Letter,
    asker,
    fact,
    facts,
    labels,
    letter,
    member_called,
    member_shown,
    page,
    shown,
)
from accounts.letters.news import News
from accounts.letters.questions import hours
from accounts.permissions import ConsoleRole, Inherit, Point


def _in_force(news: News) -> tuple[Fact | None, ...]:
    """What the member has agreed to; it may have ticked less of the inheritance than was offered (Q-1)."""
    agreed = news.event.facts
    link = news.relationship
    role = news.invitation.console_role
    return (
        fact(_("Permissions in force"), *labels(agreed.get("points", link.points), Point)),
        fact(_("Taken over"), *labels(agreed.get("inherits", link.inherits), Inherit)),
        None if role == ConsoleRole.NONE else fact(_("Console access"), *labels([role], ConsoleRole)),
    )


def _to_manager(news: News, subject: str, says: str, *more: Fact | None, idle: str = "") -> Letter:
    words = {"member": member_called(news), "hours": hours(news)}
    return Letter(
        subject=subject % words,
        says=(says % words,),
        facts=facts(fact(_("Linked account"), member_shown(news)), fact(_("Your account"), shown(news.manager)), *more),
        button=_("Open the linked account"),
        page=page("member-detail", news.relationship.pk),
        idle=idle,
    )


@letter
def linked(news: News) -> Letter:
    """The member agreed; for the manager (K4.7)."""
    return _to_manager(
        news,
        _("%(member)s has accepted your invitation"),
        _("The accounts are linked as of now, and you have the permissions listed here."),
        *_in_force(news),
    )


@letter
def granted(news: News) -> Letter:
    """A receipt for the member: who may see and do what from now on."""
    words = {"asker": asker(news.manager)}
    return Letter(
        subject=_("You have given permissions to %(asker)s") % words,
        says=(
            _(
                "This is your receipt. You can look up at any time what %(asker)s may see and do, and when it looked. "
                "It gets no other permission without your consent. Only %(asker)s can end the link."
            )
            % words,
        ),
        facts=facts(
            fact(_("Given to"), asker(news.manager)),
            fact(_("Its account"), shown(news.manager)),
            fact(_("Your account"), shown(news.member)),
            *_in_force(news),
        ),
        button=_("See what others can see"),
        page=page("manager-list"),
        idle=_("If it was not you who agreed, change your password at once and write to us."),
    )


@letter
def refused(news: News) -> Letter:
    """The member refused to be linked; for the manager (K4.10)."""
    return _to_manager(
        news,
        _("%(member)s has refused your invitation"),
        _("The accounts were not linked. You can invite the account again at any time."),
    )


@letter
def change_accepted(news: News) -> Letter:
    """The member agreed to other permissions; for the manager."""
    return _to_manager(
        news,
        _("%(member)s has agreed to the changed permissions"),
        _("The permissions listed here apply as of now."),
        *_in_force(news),
    )


@letter
def change_refused(news: News) -> Letter:
    """The member did not agree to other permissions; for the manager (K9.4)."""
    return _to_manager(
        news,
        _("%(member)s has refused to change your permissions"),
        _("The permissions stay as they were."),
    )


@letter
def expired(news: News) -> Letter:
    """No answer to an invitation; for the manager (K4.11)."""
    return _to_manager(
        news,
        _("%(member)s has not answered your invitation"),
        _("Nobody answered within %(hours)s hours, which counts as refused. You can invite the account again."),
    )


@letter
def change_expired(news: News) -> Letter:
    """No answer to a change; for the manager (Q-19)."""
    return _to_manager(
        news,
        _("%(member)s has not answered your request"),
        _("Nobody answered within %(hours)s hours. The permissions stay as they were; you can ask again."),
    )
